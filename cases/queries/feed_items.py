"""What stands in somebody's own calendar: neutral words, a case code and a day, never a name or a fact of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.access import Who
from cases.models import Case, FollowUpTalk, SeverityAssessment
from cases.queries.worklist import (
    Todo,
    conversations_to_begin,
    local_day,
    open_conversations,
    own_todos,
    to_talk,
)
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.queries.calendars import calendar_for

# Longer than any follow-up; a calendar program asks again long before that.
AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class FeedItem:
    """One entry: the same `uid` for as long as it lives, a `sequence` that grows when its day moves."""

    uid: str
    what: str | Promise
    case: Case
    path: str
    sequence: int
    day: date
    # The moment with the time zone of the school; without one the entry is for the whole day.
    starts_at: datetime | None
    rings: bool


def feed_items(who: Who) -> list[FeedItem]:
    """Everything with a day that is this person's to do, to hold or to lead, earliest first.

    What is finished, cancelled, handed over or closed to this person is not there any more.
    """
    waiting = [*conversations_to_begin(who), *(c for c in open_conversations(who) if c.is_paused)]
    todos = [*own_todos(who, who.now + AHEAD), *to_talk(waiting, who.now)]
    assessed = _times_assessed(todos)
    calendars = {s.pk: calendar_for(s) for s in {todo.case.school for todo in todos}}
    items = [_item(t, assessed.get(t.case.pk, 0), calendars[t.case.school_id]) for t in todos]
    return sorted(items, key=lambda item: (item.day, item.uid))


def item_of_talk(talk: FollowUpTalk, now: datetime) -> FeedItem:
    """The entry of one talk, the same one as in the feed."""
    school = talk.case.school
    day, today = local_day(school, talk.planned_at), local_day(school, now)
    return _item(Todo(talk.case, day, today, talk=talk), 0, calendar_for(school))


def _item(todo: Todo, assessed: int, calendar: SchoolCalendar) -> FeedItem:
    uid, what, path, sequence = _named(todo, assessed)
    talk, zone = todo.talk, todo.case.school.zone
    return FeedItem(
        uid=uid,
        what=what,
        case=todo.case,
        path=path,
        sequence=sequence,
        day=todo.due_on,
        starts_at=talk.planned_at.astimezone(zone) if talk else None,
        rings=_is_school_day(calendar, todo.due_on),
    )


def _named(todo: Todo, assessed: int) -> tuple[str, str | Promise, str, int]:
    """Who it is for a calendar program, what it is called, where it leads, and how often it was written."""
    case = todo.case
    if todo.agreement:
        key, version = todo.agreement.uuid, todo.agreement.version
        return f"agreement-{key}", _("Agreement"), f"/agreements/{key}/", version
    if todo.talk:
        key = todo.talk.uuid
        return f"talk-{key}", _("Follow-up talk"), f"/talks/{key}/", todo.talk.version
    if todo.conversation:
        key, version = todo.conversation.uuid, todo.conversation.version
        path = f"/cases/{case.uuid}/conversations/{key}/"
        # Its first day moves with every assessment.
        return f"conversation-{key}", _("Conversation"), path, version + assessed
    if todo.external:
        key, version = todo.external.uuid, todo.external.version
        return f"check-{key}", _("To check"), f"/cases/{case.uuid}/external/{key}/", version
    if todo.check:
        key, version = todo.check.uuid, todo.check.version
        return (
            f"aftercare-{key}",
            _("Aftercare talk"),
            f"/cases/{case.uuid}/aftercare/{key}/",
            version,
        )
    # Each assessment asks for the next: that is another entry, and the one before is done.
    uid = f"assessment-{case.uuid}-{assessed}"
    return uid, _("To assess"), f"/cases/{case.uuid}/severity/", assessed


def _times_assessed(todos: list[Todo]) -> dict[int, int]:
    cases = {todo.case.pk for todo in todos if todo.assess or todo.conversation}
    found = SeverityAssessment.objects.filter(case__in=cases).order_by().values_list("case")
    return dict(found.annotate(times=Count("pk")))


def _is_school_day(calendar: SchoolCalendar, day: date) -> bool:
    try:
        return calendar.is_school_day(day)
    except CalendarEnds:
        return False
