"""Closing and aftercare in the API: the same rules as on the pages, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from cases.ceilings import Level
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.callers import post, program, results
from cases.tests.closable import CLOSING_AT, enter, hold_next, make_closable
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement
from pestzorg.testing.clients import signed_in
from schools.services.tokens import issue_token


@pytest.fixture
def after(scene: Scene, at: Any) -> Scene:
    make_closable(scene)
    agreement = make_agreement(scene.coordinator, scene.case, NOW)
    enter(scene, carries_over=[agreement])
    at(CLOSING_AT)
    return scene


def path(scene: Scene, name: str) -> str:
    return f"/api/v1/cases/{scene.case.uuid}/{name}/"


def test_a_closing_is_shown_whole_to_who_works_in_the_case(after: Scene) -> None:
    (row,) = results(signed_in(after.coordinator), path(after, "closings"))
    assert (row["status"], row["pupil_agrees"], row["parents_agree"], row["note"]) == (
        "in_force",
        True,
        "not_involved",
        "",
    )
    assert row["criteria"]["target_safe"] is True
    assert row["carries_over"] == [str(after.case.agreements.get().uuid)]
    assert row["decided_by"]["name"] == after.coordinator.full_name


def test_who_reads_along_sees_no_reasons(after: Scene) -> None:
    share_case(after.coordinator, after.case, after.colleague, Level.VIEW, now=NOW)
    (row,) = results(signed_in(after.colleague), path(after, "closings"))
    hidden = (
        "pupil_agrees",
        "parents_agree",
        "criteria",
        "note",
        "override_reason",
        "ended_reason",
    )
    assert {row[name] for name in hidden} == {None}
    assert row["status"] == "in_force"


def test_the_talks_of_aftercare_are_listed_the_last_first(after: Scene) -> None:
    agreement = after.case.agreements.get()
    hold_next(after, pupil_words="Het gaat.", agreements_reviewed=[agreement])
    rows = results(signed_in(after.coordinator), path(after, "aftercare-checks"))
    assert [(row["weeks"], row["due_on"], row["status"]) for row in rows] == [
        (12, "2026-03-27", "planned"),
        (6, "2026-02-06", "planned"),
        (2, "2026-01-09", "held"),
    ]
    held = rows[-1]
    assert (held["pupil_words"], held["safety_score"], held["verdict"]) == ("Het gaat.", 8, "ok")
    assert held["agreements_reviewed"] == [str(agreement.uuid)]


@pytest.mark.parametrize("name", ["closings", "aftercare-checks"])
def test_who_sees_no_content_finds_neither(after: Scene, name: str) -> None:
    for person in (after.principal, after.colleague):
        assert signed_in(person).get(path(after, name)).status_code == 404


@pytest.mark.parametrize("name", ["closings", "aftercare-checks"])
def test_nothing_is_written_here(after: Scene, name: str) -> None:
    assert post(signed_in(after.coordinator), path(after, name)).status_code == 405
    assert post(signed_in(after.colleague), path(after, name)).status_code == 404


@pytest.mark.parametrize("name", ["closings", "aftercare-checks"])
def test_a_program_reads_what_its_owner_reads_and_no_closed_off_case(
    after: Scene, name: str
) -> None:
    _issued, secret = issue_token(
        after.coordinator, name="report", schools=[after.school], days=30, now=CLOSING_AT
    )
    client = program(secret)
    assert results(client, path(after, name))
    restrict_case(after.coordinator, after.case, now=NOW)
    assert client.get(path(after, name)).status_code == 404


def test_the_case_says_since_when_it_is_in_aftercare(after: Scene) -> None:
    shown = signed_in(after.coordinator).get(f"/api/v1/cases/{after.case.uuid}/").json()
    assert (shown["status"], shown["aftercare_on"], shown["closed_on"]) == (
        "aftercare",
        "2025-12-12",
        None,
    )
