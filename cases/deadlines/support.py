"""Support persons: by the day that was agreed, somebody asks them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cases.deadlines.ladder import when_it_stays_open
from cases.deadlines.reach import is_urgent, mail_about, people_for
from cases.models import SupportPerson
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import CalendarEnds
from schools.queries.calendars import calendar_for

SUPPORT = "support_person"
NOT_ASKED = SupportPerson.Answer.NOT_ASKED


def plan_asking(person: SupportPerson, *, now: datetime) -> None:
    """Store the day before which somebody asks this person; nothing once there is an answer."""
    if person.answer != NOT_ASKED or person.ask_before is None:
        plan.cancel(SUPPORT, person.uuid, now)
        return
    case = person.conversation.case
    calendar = calendar_for(case.school)
    try:
        on = calendar.previous_school_day(person.ask_before)
    except CalendarEnds:
        on = person.ask_before
    moment = Moment(Kind.REVIEW_DUE, person.ask_before, calendar.send_moment(on), is_urgent(case))
    moments = [moment, when_it_stays_open(case, person.ask_before, calendar)]
    plan.plan_to_come(SUPPORT, person.uuid, moments, now)


class SupportSource:
    """Reminds whoever asks a support person."""

    name = SUPPORT

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this person now, or None when they answered, or the case is closed."""
        person = (
            SupportPerson.objects.select_related(
                "asked_by",
                "conversation__lead",
                "conversation__case__school",
                "conversation__case__handler",
            )
            .filter(
                uuid=source_uuid,
                answer=NOT_ASKED,
                ask_before=due_on,
                conversation__case__is_open=True,
            )
            .first()
        )
        if person is None:
            return None
        conversation = person.conversation
        case = conversation.case
        people = people_for(kind, [person.asked_by or conversation.lead], case, now)
        path = f"/cases/{case.uuid}/conversations/{conversation.uuid}/10/"
        return mail_about(case, people, [conversation.lead, case.handler], path, now)
