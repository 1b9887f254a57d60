"""Follow-up talks: the school day before, to whoever has the talk, and once more when nobody noted it afterwards."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import is_urgent, mail_about, people_for, school_days_before
from cases.models import FollowUpTalk
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import SchoolCalendar

TALK = "talk"


def plan_talk(
    talk: FollowUpTalk, calendar: SchoolCalendar, *, now: datetime, is_new: bool = False
) -> None:
    """Store the moments of a planned talk; none once it is held or dropped."""
    if talk.status != FollowUpTalk.Status.PLANNED:
        plan.cancel(TALK, talk.uuid, now)
        return
    held_on = calendar.local_date(talk.planned_at)
    fires_at = calendar.send_moment(school_days_before(calendar, held_on, 1))
    before = Moment(Kind.TALK_UPCOMING, held_on, fires_at, is_urgent(talk.case))
    moments = [before, when_it_stays_open(talk.case, held_on, calendar)]
    if is_new:
        plan.plan_to_come(TALK, talk.uuid, moments, now)
    else:
        # One that moved near, or whose mail is late, is still reminded of.
        plan.plan(TALK, talk.uuid, moments)


class TalkSource:
    """Reminds the conductor of a planned follow-up talk."""

    name = TALK

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this talk now, or None when it was held, moved or its case closed."""
        talk = (
            FollowUpTalk.objects.select_related("case__school", "case__handler", "conductor")
            .filter(uuid=source_uuid, status=FollowUpTalk.Status.PLANNED, case__is_open=True)
            .first()
        )
        if talk is None or talk.planned_at.astimezone(talk.case.school.zone).date() != due_on:
            return None
        people = people_for(kind, [talk.conductor], talk.case, now)
        return mail_about(talk.case, people, [talk.case.handler], f"/talks/{source_uuid}/", now)
