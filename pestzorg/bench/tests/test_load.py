"""The made-up country in the real tables: what the product answers there, and how PostgreSQL finds it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def proof() -> dict[str, Any]:
    """10,000 cases are loaded once, by a process that makes and removes a database of its own."""
    command = [sys.executable, "-m", "pestzorg.bench.tests.proof"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ})
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def test_everybody_sees_what_the_plain_reference_says(proof: dict[str, Any]) -> None:
    assert proof["right"] == []


def test_page_that_forgets_a_condition_is_noticed(proof: dict[str, Any]) -> None:
    assert {name for name, differences in proof["broken"].items() if not differences} == set()


def test_no_question_about_access_reads_everything(proof: dict[str, Any]) -> None:
    assert proof["statements"] > 20
    assert proof["plans"] == []
    assert len(proof["caught"]) == 1  # a filter with OR is found out
