"""Opening pages changes nothing about deadlines and reminders, and a holiday near a deadline is said aloud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Agreement, Case
from cases.tests.scene import Scene
from pestzorg.outbox.models import Mail
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_agreement, make_report, make_talk

WATCHED = (Agreement, Case, DueMoment, Reminder, Mail)


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in WATCHED]


def test_looking_changes_no_deadline_and_no_reminder(
    scene: Scene, client: Client, at: Callable[[datetime], None]
) -> None:
    agreement = make_agreement(scene.coordinator, scene.case)
    talk = make_talk(scene.coordinator, scene.case)
    report = make_report(scene.teacher, scene.school)
    later = NOW + timedelta(days=3)
    sweep(later)
    at(later)
    client.force_login(scene.coordinator)
    before = everything()
    assert all(before), "each of them has something that could change"
    for path in (
        "/",
        "/overview/",
        "/before-holiday/",
        "/handover/",
        f"/cases/{scene.case.uuid}/",
        f"/cases/{report.case.uuid}/",
        f"/agreements/{agreement.uuid}/",
        f"/agreements/{agreement.uuid}/edit/",
        f"/talks/{talk.uuid}/",
        "/account/settings/",
    ):
        assert client.get(path).status_code == 200, path
    assert everything() == before


# deadline, all days, the day that is proposed
NEAR_A_HOLIDAY = [
    ("2026-01-06", "", "19 December"),  # the second school day after Christmas
    ("2025-12-24", "", "19 December"),  # in it
    ("2026-01-08", "", ""),
    ("2025-12-24", "on", ""),  # counts on all days
    ("2025-11-12", "", ""),
]


@pytest.mark.parametrize(("deadline", "all_days", "proposed"), NEAR_A_HOLIDAY)
def test_a_deadline_near_a_holiday_proposes_the_last_school_day_before(
    scene: Scene,
    client: Client,
    at: Callable[[datetime], None],
    deadline: str,
    all_days: str,
    proposed: str,
) -> None:
    at(NOW)
    scene.teacher.language = "en"
    scene.teacher.save()
    client.force_login(scene.teacher)
    url = reverse("cases:agreement-new", args=[scene.case.uuid])
    filled = {
        "what": "Belt de ouders van Noor",
        "owner": "me",
        "when": "",
        "deadline": deadline,
        "all_days": all_days,
        "responsible_staff": str(scene.teacher.uuid),
    }
    page = client.post(url, filled, follow=True).content.decode()
    agreement = scene.case.agreements.get()
    assert agreement.deadline_asked == date.fromisoformat(deadline)
    shown = client.get(f"/agreements/{agreement.uuid}/").content.decode()
    for told in (page, shown):
        assert ("A holiday comes just before" in told) is bool(proposed)
        assert proposed in told
