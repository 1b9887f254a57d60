"""A pupil who is known by name is one pupil, however often the name is typed."""

from __future__ import annotations

import pytest

from cases.tests.scene import Scene
from cases.tests.test_more_conversations import again, codes
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import make_pupil


def test_a_pupil_who_is_known_by_name_has_one_conversation(scene: Scene) -> None:
    daan = make_pupil(scene.school_class, "Daan", "Smit")
    assert again(scene, target=None, target_name="Sem").target.name == "Sem"
    again(scene, target=None, target_name="Daan")
    for values in (
        {"target_name": "sem "},
        {"target_name": "Noor"},
        {"target_name": str(scene.pupil)},
        {"pupil": daan},
    ):
        with pytest.raises(RuleBroken) as refused:
            again(scene, target=None, **values)
        assert codes(refused) == [("with_whom", "open")]
    assert again(scene, target=None, target_name="Sem B.").target.name == "Sem B."
