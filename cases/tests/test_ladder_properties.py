"""Whatever is agreed, in whatever region and year: reminders come at school time, once each, and always at last."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as django_mail
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.deadlines.first_response import ONCE_MORE_AFTER, Urgency
from cases.deadlines.ladder import ladder, looking_back
from cases.deadlines.school_lists import list_moments
from cases.models import Agreement, Case
from cases.queries.agreement_days import days_for
from cases.queries.first_talk import LEVEL_OF_URGENCY, first_talk_due_on
from cases.queries.judging import INDICATORS
from cases.services.agreements import change_agreement, reopen_agreement, settle_agreement
from cases.services.severity import reassess_severity
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail, State
from pestzorg.reminders.models import DueMoment, Kind, Outcome, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import (
    make_agreement,
    make_case_active,
    make_person,
    make_pupil,
    make_school,
)
from schools.calendar import SEND_FROM, SEND_UNTIL, SchoolCalendar
from schools.holidays.official import REGIONS, official_periods, school_year_bounds
from schools.models import School
from schools.queries.calendars import calendar_for
from schools.roles import Role
from schools.services.classes import open_class
from schools.services.places import open_school_year

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
YEARS = range(2025, 2030)  # of 2030-31 only half is published


def whole_calendar(region: str) -> SchoolCalendar:
    bounds = [school_year_bounds(region, year) for year in YEARS]
    closed = [(p.starts_on, p.ends_on) for year in YEARS for p in official_periods(region, year)]
    return SchoolCalendar(closed, bounds[0][0], bounds[-1][1], AMSTERDAM)


CALENDARS = {region: whole_calendar(region) for region in REGIONS}
regions = st.sampled_from(REGIONS)
days = st.dates(date(2025, 9, 8), date(2030, 6, 7))
severities = st.integers(1, 4)
moments = st.datetimes(datetime(2025, 9, 8), datetime(2030, 6, 7), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds and adds the zone


def is_school_time(calendar: SchoolCalendar, moment: datetime) -> bool:
    local = moment.astimezone(AMSTERDAM)
    return calendar.is_school_day(local.date()) and SEND_FROM <= local.time() < SEND_UNTIL


@given(regions, days, severities, st.booleans(), st.integers(0, 30))
def test_the_ladder_of_any_deadline(
    region: str, asked: date, severity: int, all_days: bool, agreed_before: int
) -> None:
    calendar, case = CALENDARS[region], Case(severity=severity)
    today = asked - timedelta(days=agreed_before)
    for due_on in days_for(case, calendar, asked, today, all_days=all_days):
        steps = list(ladder(due_on, calendar, serious=case.is_serious))
        assert [kind for kind, _at in steps] == [
            Kind.UPCOMING,
            Kind.DUE_TODAY,
            Kind.OVERDUE,
            Kind.ESCALATION,
        ]
        assert {at.astimezone(AMSTERDAM).time() for _kind, at in steps} == {time(7, 30)}
        assert all(is_school_time(calendar, at) for _kind, at in steps)
        on = [at.astimezone(AMSTERDAM).date() for _kind, at in steps]
        assert on[0] < on[1] <= due_on < on[2] <= on[3]
        assert calendar.school_days_between(due_on, on[2]) == 1
        assert calendar.school_days_between(due_on, on[3]) == (1 if severity >= 3 else 3)
        # Whenever it was agreed: while it is open, somebody hears of it.
        assert on[2] > today


@given(regions, days, st.booleans())
def test_looking_back_is_on_a_school_day_and_never_early(
    region: str, review_on: date, serious: bool
) -> None:
    calendar = CALENDARS[region]
    (first, at), (last, later) = looking_back(review_on, calendar, serious=serious)
    assert (first, last) == (Kind.REVIEW_DUE, Kind.STAYED_OPEN)
    assert is_school_time(calendar, at)
    assert is_school_time(calendar, later)
    assert at.astimezone(AMSTERDAM).date() >= review_on
    assert calendar.school_days_between(review_on, later.astimezone(AMSTERDAM).date()) == (
        1 if serious else 3
    )


@given(regions, moments, st.booleans())
def test_half_way_is_at_school_time_and_half_way(
    region: str, reported: datetime, soon: bool
) -> None:
    calendar = CALENDARS[region]
    school = School(country="nl", holiday_region=region)
    case = Case(school=school, opened_at=reported)
    level = LEVEL_OF_URGENCY[Urgency.TODAY if soon else Urgency.THIS_WEEK]
    last_morning = calendar.send_moment(first_talk_due_on(case, level, calendar))
    half_way = calendar.half_way(reported, last_morning)
    assert reported <= half_way <= last_morning
    assert is_school_time(calendar, half_way)
    assert is_school_time(calendar, last_morning)
    assert timedelta() < ONCE_MORE_AFTER


@pytest.mark.parametrize("region", REGIONS)
def test_every_list_of_five_years_comes_at_school_time_and_once(region: str) -> None:
    calendar = CALENDARS[region]
    found = list(list_moments(calendar, [school_year_bounds(region, year) for year in YEARS]))
    assert all(is_school_time(calendar, moment.fires_at) for moment in found)
    assert len({(moment.kind, moment.due_on) for moment in found}) == len(found)
    kinds = [moment.kind for moment in found]
    # Five holidays a year (the first summer lies before the first day), and two lists at the turn of the year.
    assert kinds.count(Kind.PRE_HOLIDAY_LIST) == 5 * len(YEARS)
    assert kinds.count(Kind.HANDOVER_LIST) in {2 * len(YEARS), 2 * len(YEARS) - 1}


# ── the same with a database, a sweep and a mail server ──────────────────────
HOURS = (1, 5, 12, 24, 72)
LONGEST_SILENCE = 65  # days: the summer holiday, and the ladder before and after it
acts = st.lists(
    st.one_of(
        st.tuples(st.just("agree"), st.integers(0, 12)),
        st.tuples(st.just("postpone"), st.integers(1, 12)),
        st.tuples(st.just("settle"), st.integers(0, 3)),
        st.tuples(st.just("reopen"), st.integers(0, 3)),
        st.tuples(st.just("level"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.sampled_from(HOURS)),
    ),
    min_size=3,
    max_size=14,
)


class Course:
    """One case, and what people do about it while time goes by."""

    def __init__(self, region: str, start: date) -> None:
        self.now = datetime.combine(start, time(9, 20), AMSTERDAM)
        self.school = make_school("De Sluis", "de-sluis", region)
        known = set(self.school.years.values_list("starts_on__year", flat=True))
        for year in set(YEARS) - known:
            open_school_year(self.school, year)
        self.teacher = make_person(Role.TEACHER, self.school, self.now)
        self.coordinator = make_person(Role.COORDINATOR, self.school, self.now)
        year = self.school.years.get(starts_on__lte=start, ends_on__gte=start)
        pupil = make_pupil(open_class(self.school, year, "7A", []))
        made = make_case_active(self.coordinator, self.teacher, self.school, pupil, self.now)
        self.case = Case.objects.select_related("school", "handler").get(pk=made.pk)
        self.was_critical = False

    def run(self, act: str, number: int) -> None:
        getattr(self, act)(number)
        self.tick()

    def tick(self) -> None:
        sweep(self.now)
        deliver(self.now)

    def agree(self, days_on: int) -> None:
        day = self.now.date() + timedelta(days=days_on)
        make_agreement(self.teacher, self.case, self.now, deadline=day)

    def postpone(self, days_on: int) -> None:
        for agreement in self.agreements(is_open=True)[:1]:
            day = self.now.date() + timedelta(days=days_on)
            change_agreement(self.teacher, agreement, deadline=day, now=self.now)

    def settle(self, which: int) -> None:
        for agreement in self.agreements(is_open=True)[which : which + 1]:
            settle_agreement(self.teacher, agreement, "done", now=self.now)

    def reopen(self, which: int) -> None:
        for agreement in self.agreements(is_open=False)[which : which + 1]:
            reopen_agreement(self.teacher, agreement, now=self.now)

    def level(self, points: int) -> None:
        flags = ["weapon"] if points == 3 else []
        self.was_critical |= bool(flags)
        indicators = dict.fromkeys(INDICATORS, points)
        reassess_severity(self.coordinator, self.case, indicators, flags, now=self.now)
        self.case.refresh_from_db()

    def wait(self, hours: int) -> None:
        for _hour in range(hours):
            self.now += timedelta(hours=1)
            self.tick()

    def agreements(self, *, is_open: bool) -> list[Agreement]:
        found = Agreement.objects.filter(case=self.case).select_related(
            "case__school", "case__handler", "owner_staff", "responsible_staff"
        )
        return [a for a in found.order_by("pk") if a.is_open == is_open]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(region=regions, start=st.dates(date(2025, 11, 4), date(2030, 4, 1)), did=acts)
def test_whatever_people_do_mails_come_at_school_time_once_and_at_last(
    db: None, region: str, start: date, did: list[tuple[str, int]]
) -> None:
    savepoint = transaction.savepoint()
    try:
        course = Course(region, CALENDARS[region].next_school_day(start))
        for act, number in did:
            course.run(act, number)
        check_mails(course)
        for _day in range(LONGEST_SILENCE):
            course.now += timedelta(days=1)
            course.now = course.now.replace(hour=9)
            course.tick()
        check_mails(course)
        check_ends(course)
    finally:
        transaction.savepoint_rollback(savepoint)
        django_mail.outbox.clear()


def check_mails(course: Course) -> None:
    calendar = calendar_for(course.school)
    digests = set()
    for mail in Mail.objects.filter(state=State.SENT):
        assert mail.sent_at is not None
        if mail.key != "digest":
            continue  # most serious: waits for no hour
        assert is_school_time(calendar, mail.sent_at) or course.was_critical
        key = (mail.recipient_id, mail.sent_at.astimezone(AMSTERDAM).date())
        assert key not in digests
        digests.add(key)
    if not course.was_critical:
        urgent = Reminder.objects.filter(urgent=True).exclude(kind=Kind.NEEDS_ATTENTION)
        assert not urgent.exists()


def check_ends(course: Course) -> None:
    """Summer and some weeks without anybody: all that is open was said to handler and coordinator, nothing waits for what is done."""
    for agreement in course.agreements(is_open=True):
        told = Reminder.objects.filter(
            source_uuid=agreement.uuid, due_on=agreement.due_on, outcome=Outcome.MAILED
        )
        assert told.filter(kind=Kind.ESCALATION, recipient_id=course.coordinator.pk).exists()
    for agreement in course.agreements(is_open=False):
        assert not DueMoment.objects.filter(source_uuid=agreement.uuid, settled_at=None).exists()
        assert not Reminder.objects.filter(source_uuid=agreement.uuid, settled_at=None).exists()


def test_the_ladder_has_no_two_steps_of_one_kind_on_one_morning_when_it_is_not_serious() -> None:
    calendar = CALENDARS["midden"]
    steps = [at for _kind, at in ladder(date(2025, 11, 14), calendar, serious=False)]
    assert all(before < after for before, after in pairwise(steps))
