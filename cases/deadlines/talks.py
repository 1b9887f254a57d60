"""Follow-up talks: the school day before, to whoever has the talk."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.deadlines.reach import is_urgent, mail_about, school_days_before
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
    """Store the reminder of a planned talk, one school day before; none once it is held or dropped."""
    if talk.status != FollowUpTalk.Status.PLANNED:
        plan.cancel(TALK, talk.uuid, now)
        return
    held_on = calendar.local_date(talk.planned_at)
    fires_at = calendar.send_moment(school_days_before(calendar, held_on, 1))
    moments = [Moment(Kind.TALK_UPCOMING, held_on, fires_at, is_urgent(talk.case))]
    # A new talk was just spoken about. One that moved near, or whose mail is late, is still reminded of.
    plan.plan(TALK, talk.uuid, [m for m in moments if m.fires_at > now or not is_new])


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
        return mail_about(
            talk.case, [talk.conductor], [talk.case.handler], f"/talks/{source_uuid}/", now
        )
