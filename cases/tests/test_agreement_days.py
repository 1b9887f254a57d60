"""A day without school for something grave: the day before is proposed, the day after may be chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services.agreements import change_agreement
from cases.tests.scene import Scene
from cases.web.agreement_forms import AgreementForm
from pestzorg.testing.builders import NOW, make_agreement

CHRISTMAS_EVE = date(2025, 12, 24)
BEFORE, AFTER = date(2025, 12, 19), date(2026, 1, 5)

Severity = Callable[[int], Case]


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def send(scene: Scene, client: Client) -> Callable[..., Any]:
    """Post the form of a new agreement for Christmas Eve."""
    client.force_login(scene.teacher)
    url = reverse("cases:agreement-new", args=[scene.case.uuid])
    filled = {
        "what": "Belt de ouders van Noor",
        "owner": "me",
        "when": "",
        "deadline": CHRISTMAS_EVE.isoformat(),
        "responsible_staff": str(scene.teacher.uuid),
    }
    return lambda **values: client.post(url, filled | values)


def choices(form: AgreementForm) -> list[str]:
    return [value for value, _label in form.fields["due"].widget.choices]  # type: ignore[attr-defined]


def test_both_days_are_offered_and_the_one_before_is_chosen(
    scene: Scene, make_severity: Severity, send: Callable[..., Any]
) -> None:
    make_severity(3)
    answer = send()
    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == ["due"]
    assert choices(form) == [BEFORE.isoformat(), AFTER.isoformat()]
    assert form["due"].value() == BEFORE.isoformat()
    assert not scene.case.agreements.exists()


@pytest.mark.parametrize("chosen", [BEFORE, AFTER])
def test_the_chosen_day_counts(
    scene: Scene, make_severity: Severity, send: Callable[..., Any], chosen: date
) -> None:
    make_severity(4)
    assert send(due=chosen.isoformat()).status_code == 302
    agreement = scene.case.agreements.get()
    assert (agreement.deadline_asked, agreement.deadline) == (CHRISTMAS_EVE, chosen)


def test_a_choice_that_another_complaint_interrupts_is_kept(
    make_severity: Severity, send: Callable[..., Any]
) -> None:
    make_severity(3)
    form = send(due=AFTER.isoformat(), what="").context["form"]
    assert list(form.errors) == ["what"]
    assert choices(form) == [BEFORE.isoformat(), AFTER.isoformat()]
    assert form["due"].value() == AFTER.isoformat()


def test_any_other_day_is_asked_about_again(
    make_severity: Severity, send: Callable[..., Any]
) -> None:
    make_severity(3)
    assert list(send(due="2025-12-23").context["form"].errors) == ["due"]


@pytest.mark.parametrize(
    ("severity", "asked", "all_days"),
    [(2, "2025-12-24", ""), (3, "2025-12-18", ""), (3, "2025-12-24", "on"), (3, "2025-11-02", "")],
)
def test_where_there_is_no_choice_nobody_is_asked(
    make_severity: Severity,
    send: Callable[..., Any],
    severity: int,
    asked: str,
    all_days: str,
) -> None:
    make_severity(severity)
    answer = send(deadline=asked, all_days=all_days)
    assert answer.status_code == 302 or list(answer.context["form"].errors) == ["deadline"]


def test_a_chosen_day_stays_when_something_else_changes(
    scene: Scene, make_severity: Severity, client: Client
) -> None:
    agreement = make_agreement(scene.teacher, make_severity(3), deadline=CHRISTMAS_EVE, due=AFTER)
    client.force_login(scene.teacher)
    page = client.get(reverse("cases:agreement-edit", args=[agreement.uuid]))
    posted = {n: page.context["form"][n].value() or "" for n in page.context["form"].fields}
    client.post(page.request["PATH_INFO"], posted | {"helper": "Oma"})
    agreement.refresh_from_db()
    assert (agreement.helper, agreement.deadline) == ("Oma", AFTER)


def test_a_new_day_forgets_the_choice(scene: Scene, make_severity: Severity) -> None:
    agreement = make_agreement(scene.teacher, make_severity(3), deadline=CHRISTMAS_EVE, due=AFTER)
    change_agreement(scene.teacher, agreement, now=NOW, deadline=date(2025, 11, 8))
    assert agreement.deadline == date(2025, 11, 7)


def test_a_day_that_is_no_choice_is_not_taken(scene: Scene, make_severity: Severity) -> None:
    agreement = make_agreement(
        scene.teacher, make_severity(3), deadline=CHRISTMAS_EVE, due=date(2026, 2, 2)
    )
    assert agreement.deadline == BEFORE
