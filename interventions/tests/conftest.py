"""A case in a class that is big enough, whose step 8 said yes; for every test of this app that asks for `run`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cases.tests.conftest import scene
from interventions.protocol import loader
from interventions.tests.methods import folder_with
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


@pytest.fixture
def sixth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A folder of methods of one's own, with one more in it."""
    monkeypatch.setattr(loader, "EDITIONS", folder_with(tmp_path))
    loader.method.cache_clear()
    yield "listening_hour"
    loader.method.cache_clear()
