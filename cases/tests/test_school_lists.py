"""Before a holiday, and at the turn of the school year, a list comes to whoever has something on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import tasks
from cases.ceilings import Level
from cases.deadlines import SchoolListSource, plan_school_lists
from cases.models import Case
from cases.services.agreements import settle_agreement
from cases.services.exclusions import exclude_from_case
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tasks import run_school_lists
from cases.tests.scene import Scene
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.reminders.sources import together
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_report,
    make_school,
)
from schools.calendar import CalendarEnds
from schools.models import School, User
from schools.roles import Role
from schools.services.places import close_days

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BEFORE_CHRISTMAS = datetime(2025, 12, 18, 7, 30, tzinfo=AMSTERDAM)
LAST_DAY = date(2025, 12, 19)
AUGUST = datetime(2025, 8, 1, 9, tzinfo=AMSTERDAM)

# region, kind, the morning it comes, the last day on which it helps
LISTS = """
midden   pre_holiday_list 2025-10-16 2025-10-17
midden   pre_holiday_list 2025-12-18 2025-12-19
midden   pre_holiday_list 2026-02-12 2026-02-13
midden   pre_holiday_list 2026-04-23 2026-04-24
midden   pre_holiday_list 2026-07-16 2026-07-17
midden   handover_list    2026-06-26 2026-07-17
midden   handover_list    2026-09-07 2026-09-07
zuid     pre_holiday_list 2026-02-12 2026-02-13
zuid     handover_list    2026-06-19 2026-07-10
noord    pre_holiday_list 2026-04-23 2026-04-24
flanders pre_holiday_list 2025-10-23 2025-10-24
flanders pre_holiday_list 2026-04-02 2026-04-03
flanders handover_list    2026-06-09 2026-06-30
flanders handover_list    2026-09-07 2026-09-07
"""


@pytest.mark.django_db
@pytest.mark.parametrize("region", ["midden", "zuid", "noord", "flanders"])
def test_the_lists_come_on_these_mornings(region: str) -> None:
    school = make_school(region=region)
    plan_school_lists(school, now=AUGUST)
    planned = {
        (m.kind, f"{m.fires_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}", m.due_on.isoformat())
        for m in DueMoment.objects.filter(source_uuid=school.uuid)
    }
    rows = [line.split() for line in LISTS.strip().splitlines()]
    wanted = {(kind, f"{day} 07:30", last) for place, kind, day, last in rows if place == region}
    assert wanted <= planned
    # A single free day, or a long weekend, is no holiday of a week.
    assert len([row for row in planned if row[0] == Kind.PRE_HOLIDAY_LIST]) == 10


def test_days_off_that_a_school_adds_move_the_list(scene: Scene) -> None:
    plan_school_lists(scene.school, now=NOW)
    close_days(scene.school, "study day", LAST_DAY)
    for _twice in range(2):
        assert run_school_lists(NOW.isoformat()) == {"schools": 1, "failed": 0}
    first = DueMoment.objects.filter(source="school_lists").earliest("fires_at")
    assert (first.due_on, first.fires_at.date()) == (date(2025, 12, 18), date(2025, 12, 17))


def test_a_school_whose_calendar_is_wrong_takes_no_list_from_the_others(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_school("De Brug", "de-brug")

    def plan(school: School, *, now: datetime) -> None:
        if school == scene.school:
            raise CalendarEnds(LAST_DAY)
        plan_school_lists(school, now=now)

    monkeypatch.setattr(tasks, "plan_school_lists", plan)
    assert run_school_lists(NOW.isoformat()) == {"schools": 1, "failed": 1}
    planned = DueMoment.objects.filter(source="school_lists")
    assert set(planned.values_list("source_uuid", flat=True)) == {other.uuid}
    assert f"calendar of school {scene.school.pk}: CalendarEnds" in caplog.text


def test_a_handler_who_lost_the_case_is_asked_about_no_list(scene: Scene) -> None:
    make_agreement(scene.coordinator, scene.case)
    Case.objects.update(handler=scene.colleague)
    ask = (Kind.PRE_HOLIDAY_LIST, LAST_DAY, BEFORE_CHRISTMAS)
    assert asked(scene, *ask) == {scene.coordinator.pk}


def test_who_sees_a_case_and_its_school_are_looked_up_once_for_both_lists(scene: Scene) -> None:
    make_agreement(scene.coordinator, scene.case)
    with together():
        with CaptureQueriesContext(connection) as first:
            asked(scene, Kind.PRE_HOLIDAY_LIST, LAST_DAY, BEFORE_CHRISTMAS)
        with CaptureQueriesContext(connection) as second:
            asked(scene, Kind.PRE_HOLIDAY_LIST, LAST_DAY, BEFORE_CHRISTMAS)
    assert len(second) == 1 < len(first)


def asked(scene: Scene, kind: str, due_on: date, now: datetime) -> set[int]:
    wanted = SchoolListSource().wanted(scene.school.uuid, kind, due_on, now)
    return set(wanted.recipients) if wanted else set()


def test_the_list_before_a_holiday_goes_to_who_handles_something_open(scene: Scene) -> None:
    ask = (Kind.PRE_HOLIDAY_LIST, LAST_DAY, BEFORE_CHRISTMAS)
    assert asked(scene, *ask) == set()
    make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2026, 1, 9))
    assert asked(scene, *ask) == {scene.coordinator.pk}
    assert asked(scene, ask[0], LAST_DAY, BEFORE_CHRISTMAS + timedelta(days=2)) == set()
    settle_agreement(scene.teacher, agreement, "done", now=NOW)
    assert asked(scene, *ask) == set()


def test_without_a_handler_the_coordinators_get_the_list(scene: Scene) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    make_agreement(scene.teacher, scene.case)
    Case.objects.update(handler=None)
    ask = (Kind.PRE_HOLIDAY_LIST, LAST_DAY, BEFORE_CHRISTMAS)
    assert asked(scene, *ask) == {scene.coordinator.pk, fleur.pk}


@pytest.mark.parametrize("status", ["active", "aftercare", "on_hold", "closed", "dismissed"])
def test_the_handover_goes_to_handlers_and_coordinators_of_what_runs(
    scene: Scene, status: str
) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    make_report(scene.teacher, scene.school)
    Case.objects.filter(pk=scene.case.pk).update(status=status)
    everybody = {scene.coordinator.pk, fleur.pk}
    june = datetime(2026, 6, 26, 7, 30, tzinfo=AMSTERDAM)
    found = asked(scene, Kind.HANDOVER_LIST, date(2026, 7, 17), june)
    assert found == (set() if status in {"closed", "dismissed"} else everybody)


def test_a_coordinator_who_sees_none_of_it_gets_no_handover(scene: Scene) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    june = datetime(2026, 6, 26, 7, 30, tzinfo=AMSTERDAM)
    ask = (Kind.HANDOVER_LIST, date(2026, 7, 17), june)
    other = make_pupil(scene.school_class, "Bo")
    second = make_case_active(scene.coordinator, scene.teacher, scene.school, other)
    exclude_from_case(scene.coordinator, scene.case, fleur, reason="family", now=NOW)
    assert asked(scene, *ask) == {scene.coordinator.pk, fleur.pk}
    exclude_from_case(scene.coordinator, second, fleur, reason="family", now=NOW)
    assert asked(scene, *ask) == {scene.coordinator.pk}


def test_a_school_with_closed_off_cases_only_tells_a_coordinator_nothing(scene: Scene) -> None:
    make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    restrict_case(scene.counsellor, scene.case, now=NOW)
    june = datetime(2026, 6, 26, 7, 30, tzinfo=AMSTERDAM)
    assert asked(scene, Kind.HANDOVER_LIST, date(2026, 7, 17), june) == {scene.coordinator.pk}


def test_two_cases_are_one_line_of_one_mail_without_a_code(scene: Scene) -> None:
    make_agreement(scene.coordinator, scene.case, deadline=date(2026, 1, 9))
    other = make_pupil(scene.school_class, "Bo")
    second = make_case_active(scene.coordinator, scene.coordinator, scene.school, other)
    make_agreement(scene.coordinator, second, deadline=date(2026, 1, 9))
    plan_school_lists(scene.school, now=BEFORE_CHRISTMAS - timedelta(hours=4))
    DueMoment.objects.exclude(source="school_lists").delete()
    for _twice in range(2):
        sweep(BEFORE_CHRISTMAS)
        deliver(BEFORE_CHRISTMAS)
    [letter] = outbox.outbox
    assert letter.to == [scene.coordinator.email]
    assert letter.body.count("/before-holiday/") == 1
    assert scene.case.reference not in letter.body
    assert "Noor" not in letter.body + letter.subject


# ── the pages behind the links ───────────────────────────────────────────────
@pytest.fixture
def read(
    scene: Scene, client: Client, at: Callable[[datetime], None]
) -> Callable[[User, str], str]:
    User.objects.update(language="en")
    at(BEFORE_CHRISTMAS)

    def page(person: User, path: str) -> str:
        client.logout()  # a sign-in of months ago is over
        client.force_login(person)
        answer = client.get(path)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return page


def test_the_page_before_a_holiday_shows_what_is_open_to_who_looks_after_it(
    scene: Scene, read: Callable[[User, str], str]
) -> None:
    make_agreement(scene.teacher, scene.case, what="Bel oma", deadline=date(2025, 12, 19))
    make_agreement(scene.teacher, scene.case, what="Bel opa", deadline=date(2026, 1, 9))
    page = read(scene.coordinator, "/before-holiday/")
    assert page.index("To be done before") < page.index("Bel oma") < page.index("Goes on after")
    assert page.index("Goes on after") < page.index("Bel opa")
    assert "Noor, 7A" in page
    for other in (scene.teacher, scene.colleague):
        assert "Bel oma" not in read(other, "/before-holiday/")


def test_a_handler_who_is_no_coordinator_sees_the_own_cases_only(
    scene: Scene, read: Callable[[User, str], str]
) -> None:
    make_agreement(scene.teacher, scene.case, what="Bel oma")
    share_case(
        scene.coordinator, scene.case, scene.teacher, Level.MANAGE, now=NOW, purpose="handling"
    )
    Case.objects.filter(pk=scene.case.pk).update(handler=scene.teacher)
    assert "Bel oma" in read(scene.teacher, "/before-holiday/")
    assert "Noor, 7A" in read(scene.teacher, "/handover/")
    assert "Noor, 7A" not in read(scene.colleague, "/handover/")


def test_the_handover_names_who_leaves_school_and_in_autumn_asks_how_it_went(
    scene: Scene,
    read: Callable[[User, str], str],
    at: Callable[[datetime], None],
) -> None:
    groep_8 = make_class(scene.school, "groep 8")
    Case.objects.filter(pk=scene.case.pk).update(school_class=groep_8, status="aftercare")
    at(datetime(2026, 6, 26, 9, tzinfo=AMSTERDAM))
    page = read(scene.coordinator, "/handover/")
    assert "The last school day of this year is" in page
    assert "leaves school: close or hand over before the last day" in page
    at(datetime(2026, 9, 7, 9, tzinfo=AMSTERDAM))
    page = read(scene.coordinator, "/handover/")
    assert "did the handover arrive" in page
    assert "leaves school" not in page


@pytest.mark.parametrize("path", ["/before-holiday/", "/handover/"])
def test_an_empty_list_says_so_and_needs_a_sign_in(
    scene: Scene, client: Client, read: Callable[[User, str], str], path: str
) -> None:
    assert "Nothing" in read(scene.principal, path)
    client.logout()
    assert client.get(path).status_code == 302
