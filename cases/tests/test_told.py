"""Whether reminders of an agreement arrive: on the page of the agreement and in the history of the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Agreement
from cases.services.agreements import settle_agreement
from cases.services.conversations import begin_sitting
from cases.tests.scene import Scene
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.queue import abort
from pestzorg.reminders.sweep import sweep
from pestzorg.reminders.told import Status
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_talk
from schools.models import User
from schools.roles import Role

FRIDAY = datetime(2025, 11, 7, 6, 31, tzinfo=UTC)  # 7:31 at school, two school days before Tuesday


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def agreement(scene: Scene) -> Agreement:
    # The talk began, so nothing but the agreement asks for a mail.
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    due = date(2025, 11, 11)
    return make_agreement(scene.teacher, scene.case, what="Bel oma Knaagdier", deadline=due)


def pages(user: User, agreement: Agreement) -> list[str]:
    client = Client()
    client.force_login(user)
    paths = [
        reverse("cases:agreement-page", args=[agreement.uuid]),
        reverse("cases:page", args=[agreement.case.uuid]),
    ]
    return [client.get(path).content.decode() for path in paths]


def statuses(user: User, agreement: Agreement) -> list[Status]:
    client = Client()
    client.force_login(user)
    page = client.get(reverse("cases:agreement-page", args=[agreement.uuid]))
    return [told.status for told in page.context["reminders"]]


def test_before_anything_is_sent_the_days_are_planned(scene: Scene, agreement: Agreement) -> None:
    assert set(statuses(scene.teacher, agreement)) == {Status.PLANNED}
    of_agreement, of_case = pages(scene.teacher, agreement)
    assert "Gepland" in of_agreement
    assert "vrijdag 7 november, 7.30 uur" in of_agreement
    assert of_case.count("Volgende herinnering") == 1


def test_a_sent_reminder_says_to_whom_and_when(
    scene: Scene, agreement: Agreement, at: Callable[[datetime], None]
) -> None:
    at(FRIDAY)
    sweep(FRIDAY)
    assert deliver(FRIDAY).sent == 1
    assert statuses(scene.teacher, agreement)[0] == Status.SENT
    for page in pages(scene.coordinator, agreement):
        assert "Marit de Vries" in page
    of_agreement, of_case = pages(scene.coordinator, agreement)
    assert "Verstuurd" in of_agreement
    assert "Herinnering verstuurd" in of_case


@pytest.mark.parametrize("given_up", [False, True])
def test_one_that_did_not_arrive_says_so(
    scene: Scene, agreement: Agreement, at: Callable[[datetime], None], given_up: bool
) -> None:
    at(FRIDAY)
    sweep(FRIDAY)
    Mail.objects.update(state=State.PARKED, error="SMTPRecipientsRefused 550")
    if given_up:
        abort(Mail.objects.get().uuid, FRIDAY)
    assert statuses(scene.teacher, agreement)[0] == Status.NOT_DELIVERED
    of_agreement, of_case = pages(scene.teacher, agreement)
    assert "Zeg het liever zelf" in of_agreement
    assert "Herinnering niet aangekomen" in of_case
    assert "SMTP" not in of_agreement + of_case


def test_reminders_of_one_day_are_one_line(
    scene: Scene, agreement: Agreement, at: Callable[[datetime], None]
) -> None:
    make_agreement(scene.coordinator, scene.case, deadline=agreement.deadline)
    at(FRIDAY)
    sweep(FRIDAY)
    deliver(FRIDAY)
    _of_agreement, of_case = pages(scene.teacher, agreement)
    assert "2 herinneringen verstuurd" in of_case


def test_the_history_tells_of_talks_and_reviews_too(
    scene: Scene, at: Callable[[datetime], None]
) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    make_talk(scene.teacher, scene.case, planned_at=FRIDAY + timedelta(days=3))
    path = reverse("cases:page", args=[scene.case.uuid])
    for moment in (FRIDAY, datetime(2025, 11, 17, 6, 31, tzinfo=UTC)):
        at(moment)
        sweep(moment)
        deliver(moment)
    client = Client()
    client.force_login(scene.coordinator)
    page = client.get(path).content.decode()
    # Of Monday's talk to its conductor. A week later of its silence to two, and of the review to the handler.
    assert page.count("Herinnering verstuurd") == 1
    assert "3 herinneringen verstuurd" in page
    assert "Marit de Vries" in page


def test_what_is_done_plans_nothing_more(scene: Scene, agreement: Agreement) -> None:
    settle_agreement(scene.teacher, agreement, status="done", now=NOW)
    assert statuses(scene.teacher, agreement) == []


def test_who_may_not_see_the_agreement_learns_nothing(scene: Scene, agreement: Agreement) -> None:
    for person in (scene.colleague, scene.principal, make_person(Role.SCHOOL_ADMIN, scene.school)):
        assert not [page for page in pages(person, agreement) if "herinnering" in page.lower()]


def test_many_agreements_cost_no_more_questions(
    scene: Scene, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    client = Client()
    client.force_login(scene.teacher)
    path = reverse("cases:page", args=[scene.case.uuid])
    make_agreement(scene.teacher, scene.case)
    asked = []
    for more in (0, 10):
        for _number in range(more):
            make_agreement(scene.teacher, scene.case, deadline=NOW.date() + timedelta(days=3))
        sweep(NOW + timedelta(days=2))
        with django_assert_max_num_queries(100) as found:
            client.get(path)
        asked.append(len(found))
    assert asked[1] <= asked[0] + 1
