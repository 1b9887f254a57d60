from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from pestzorg.reminders.models import DueMoment, Kind, Outcome, Reminder
from pestzorg.reminders.plan import Moment, cancel, plan
from pestzorg.reminders.sweep import plan_one, sweep
from pestzorg.reminders.tests.fakes import DAY, FRIDAY, MORNING, planned

pytestmark = pytest.mark.django_db


def open_moments() -> list[tuple[str, object]]:
    rows = DueMoment.objects.filter(settled_at=None).order_by("due_on", "kind")
    return list(rows.values_list("kind", "due_on"))


def test_planning_twice_has_no_second_effect():
    thing = planned()
    planned(uuid=thing)
    assert open_moments() == [("upcoming", FRIDAY)]


def test_a_moved_deadline_replaces_what_has_not_fired():
    thing = planned()
    planned(uuid=thing, due_on=FRIDAY + 7 * DAY)
    assert open_moments() == [("upcoming", FRIDAY + 7 * DAY)]


def test_a_moved_moment_of_the_same_date_moves():
    thing = planned()
    planned(MORNING + DAY, uuid=thing)
    assert DueMoment.objects.get().fires_at == MORNING + DAY


def test_what_fired_for_a_date_does_not_fire_for_it_again(source):
    thing = planned()
    assert plan_one(MORNING)
    planned(uuid=thing)
    assert open_moments() == []
    assert not plan_one(MORNING)


def test_a_moved_deadline_fires_again(source):
    thing = planned()
    sweep(MORNING)
    planned(uuid=thing, due_on=FRIDAY + 7 * DAY)
    sweep(MORNING)
    assert Reminder.objects.count() == 2


def test_other_things_keep_their_moments():
    planned()
    planned()
    assert DueMoment.objects.count() == 2


def test_two_moments_of_one_kind_and_date_are_the_earlier():
    later = MORNING + timedelta(hours=1)
    plan(
        "test",
        uuid4(),
        [Moment(Kind.UPCOMING, FRIDAY, later), Moment(Kind.UPCOMING, FRIDAY, MORNING)],
    )
    assert DueMoment.objects.get().fires_at == MORNING


def test_a_kind_without_a_sentence_is_refused_before_anything_is_written():
    with pytest.raises(LookupError):
        planned(kind="unheard_of")
    assert DueMoment.objects.count() == 0


def test_cancel_forgets_moments_and_drops_what_is_not_mailed(source):
    thing, other = planned(), planned()
    sweep(MORNING)
    planned(MORNING + DAY, uuid=thing, kind=Kind.DUE_TODAY)
    cancel("test", thing, MORNING)
    assert open_moments() == []
    assert Reminder.objects.get(source_uuid=thing).outcome == Outcome.DROPPED
    assert Reminder.objects.get(source_uuid=other).settled_at is None


def test_cancel_twice_has_no_second_effect(source):
    thing = planned()
    sweep(MORNING)
    cancel("test", thing, MORNING)
    cancel("test", thing, MORNING + DAY)
    assert Reminder.objects.get().settled_at == MORNING


def test_cancel_leaves_what_is_mailed(source):
    thing = planned()
    sweep(MORNING)
    Reminder.objects.update(outcome=Outcome.MAILED, settled_at=MORNING)
    cancel("test", thing, MORNING + DAY)
    assert Reminder.objects.get().outcome == Outcome.MAILED
