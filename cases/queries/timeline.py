"""What happened in a case, as people would tell it: newest first, in the time of the event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Agreement, Case, FollowUpTalk, ParentContact, Report, Sitting
from cases.protocol import vocabulary
from cases.queries.told import DayOfReminders, Told, by_day
from pestzorg.reminders.told import Status


@dataclass(frozen=True)
class Event:
    """One line. `at` is there when the hour is known."""

    on: date
    icon: str
    look: str
    title: str
    text: str = ""
    at: datetime | None = None


def timeline(
    case: Case,
    *,
    report: Report,
    sittings: Iterable[Sitting],
    agreements: Iterable[Agreement],
    talks: Iterable[FollowUpTalk],
    contacts: Iterable[ParentContact],
    aftercare: Iterable[Event] = (),
    reminders: Iterable[Told] = (),
) -> list[Event]:
    """Every human event of the case; technical ones are in the log. Reads nothing itself."""
    zone = case.school.zone
    agreed = list(agreements)
    found = [
        _reported(report, zone),
        *(_sitting(sitting, zone) for sitting in sittings),
        *(_settled(agreement) for agreement in agreed if agreement.done_on),
        *_agreed(agreed, zone),
        *(_held(talk) for talk in talks if talk.held_on),
        *(_contact(contact, zone) for contact in contacts),
        *aftercare,
        *(_reminded(day) for day in by_day(reminders, zone)),
    ]
    return sorted(found, key=_moment, reverse=True)


def _reported(report: Report, zone: ZoneInfo) -> Event:
    # Who reported is not told here: that is a right of its own.
    signs = [vocabulary.label("report_signs", key) for key in report.signs]
    text = ". ".join(filter(None, [", ".join(signs), report.description]))
    return _at(report.reported_at, zone, "heart-handshake", "", _("Concern reported"), text)


def _sitting(sitting: Sitting, zone: ZoneInfo) -> Event:
    steps = ", ".join(str(number) for number in sitting.steps_touched)
    text = _("Steps: %(steps)s") % {"steps": steps} if steps else ""
    return _at(sitting.started_at, zone, "message-circle", "is-action", _("Conversation"), text)


def _agreed(agreements: Iterable[Agreement], zone: ZoneInfo) -> Iterator[Event]:
    in_order = sorted(agreement.agreed_at for agreement in agreements)
    for _on, moments in groupby(in_order, key=lambda at: at.astimezone(zone).date()):
        *earlier, last = moments
        count = len(earlier) + 1
        title = ngettext("%(count)s agreement made", "%(count)s agreements made", count)
        yield _at(last, zone, "handshake", "", title % {"count": count}, "")


def _settled(agreement: Agreement) -> Event:
    is_done = agreement.status == Agreement.Status.DONE
    title = _("Agreement: %(status)s") % {"status": agreement.get_status_display().lower()}
    text = ". ".join(filter(None, [agreement.what, agreement.done_note, agreement.helped_words]))
    on = agreement.done_on or agreement.due_on
    return Event(on, "check" if is_done else "minus", "is-done" if is_done else "", title, text)


def _held(talk: FollowUpTalk) -> Event:
    title = _("Talk with %(name)s") % {"name": talk.with_whom}
    text = ". ".join(filter(None, [talk.get_progress_display(), talk.progress_examples]))
    return Event(
        talk.held_on or talk.planned_at.date(), "messages-square", "is-action", title, text
    )


def _contact(contact: ParentContact, zone: ZoneInfo) -> Event:
    title = _("Contact with %(name)s") % {"name": contact.person}
    text = vocabulary.label("parent_contact_modes", contact.mode)
    return _at(contact.held_at, zone, "phone", "", title, text)


def _reminded(day: DayOfReminders) -> Event:
    count = len(day.reminders)
    icon, look, title = {
        Status.SENT: (
            "mail-check",
            "",
            ngettext("Reminder sent", "%(count)s reminders sent", count),
        ),
        Status.NOT_DELIVERED: (
            "mail-x",
            "is-late",
            ngettext("Reminder not delivered", "%(count)s reminders not delivered", count),
        ),
    }.get(day.status, ("clock", "", _("Next reminder")))
    return Event(day.on, icon, look, title % {"count": count}, day.names)


def _at(at: datetime, zone: ZoneInfo, icon: str, look: str, title: str, text: str) -> Event:
    return Event(at.astimezone(zone).date(), icon, look, title, text, at)


def _moment(event: Event) -> tuple[date, float]:
    # Without an hour an event stands above the others of its day: it was written down last.
    return event.on, event.at.timestamp() if event.at else float("inf")
