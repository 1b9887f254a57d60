"""A case in a class that is big enough, whose step 8 said yes; for every test of this app that asks for `run`."""

from __future__ import annotations

from typing import Any

import pytest

from cases.tests.conftest import scene
from interventions.tests.running import Run, decide
from pestzorg.testing.builders import make_pupil

__all__ = ["scene"]

NAMES = ("Lieke", "Tess", "Daan", "Bo", "Finn", "Yara", "Sara", "Mats", "Ilyas")


@pytest.fixture
def run(scene: Any) -> Run:
    pupils = [make_pupil(scene.school_class, name, "Bos") for name in NAMES]
    run = Run(scene, pupils)
    decide(run)
    return run
