"""The plugin that asserts coverage: a branch that nobody took fails the run, before pytest's own last line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pestzorg.tests.whole_rooms import missing_in

CODE = "def smaller(a, b):\n    if a < b:\n        return a\n    return b\n"


@pytest.mark.parametrize(("asked", "said"), [("(1, 2), (2, 1)", ""), ("(1, 2),", "room.py")])
def test_a_branch_that_no_test_takes_is_named(tmp_path: Path, asked: str, said: str) -> None:
    (tmp_path / "room.py").write_text(CODE)
    (tmp_path / "use.py").write_text(
        f"from room import smaller\nfor pair in [{asked}]:\n    smaller(*pair)\n"
    )
    subprocess.run(
        [sys.executable, "-m", "coverage", "run", "--rcfile=", "--branch", "use.py"],
        cwd=tmp_path,
        check=True,
    )
    found = missing_in(["*/room.py"], str(tmp_path / ".coverage"))
    assert said in found
    assert bool(found) == bool(said)


def test_nothing_measured_is_not_everything_covered(tmp_path: Path) -> None:
    assert missing_in(["cases/access/*"], str(tmp_path / ".coverage"))
