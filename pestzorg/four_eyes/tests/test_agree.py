"""One asks, another agrees; nobody is their own second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from pestzorg.errors import RuleBroken
from pestzorg.four_eyes.agree import WAITS_FOR, agreed, waiting, withdraw
from pestzorg.four_eyes.models import SecondPerson
from pestzorg.testing.builders import NOW

SUBJECT = uuid4()


@dataclass
class Somebody:
    pk: int


SAMI, FLEUR = Somebody(1), Somebody(2)

pytestmark = pytest.mark.django_db


def test_the_first_asks_and_another_agrees() -> None:
    assert not agreed("lift", SUBJECT, SAMI, NOW)
    assert agreed("lift", SUBJECT, FLEUR, NOW + timedelta(hours=1))
    row = SecondPerson.objects.get()
    assert (row.asked_by_id, row.settled_by_id) == (SAMI.pk, FLEUR.pk)


def test_the_same_person_twice_is_refused_and_the_request_stays() -> None:
    agreed("lift", SUBJECT, SAMI, NOW)
    with pytest.raises(RuleBroken) as refused:
        agreed("lift", SUBJECT, SAMI, NOW)
    assert refused.value.problems[0].code == "same_person"
    assert waiting("lift", SUBJECT, NOW) is not None


def test_agreeing_once_is_used_up() -> None:
    agreed("lift", SUBJECT, SAMI, NOW)
    agreed("lift", SUBJECT, FLEUR, NOW)
    assert not agreed("lift", SUBJECT, FLEUR, NOW)


def test_another_verb_and_another_subject_ask_anew() -> None:
    agreed("lift", SUBJECT, SAMI, NOW)
    assert not agreed("open", SUBJECT, FLEUR, NOW)
    assert not agreed("lift", uuid4(), FLEUR, NOW)


def test_a_request_that_waited_too_long_counts_no_more() -> None:
    agreed("lift", SUBJECT, SAMI, NOW)
    late = NOW + WAITS_FOR
    assert waiting("lift", SUBJECT, late) is None
    assert not agreed("lift", SUBJECT, FLEUR, late)


def test_a_withdrawn_request_waits_for_nobody() -> None:
    agreed("lift", SUBJECT, SAMI, NOW)
    withdraw("lift", SUBJECT, NOW)
    assert waiting("lift", SUBJECT, NOW) is None
    assert not agreed("lift", SUBJECT, FLEUR, NOW)
