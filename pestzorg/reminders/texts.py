"""What a reminder says, per kind: neutral sentences that fit every case. How a mail looks is in letter.py."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pestzorg.reminders.models import Kind


@dataclass(frozen=True)
class Text:
    """`subject` is for a mail with this reminder only; both say `%(date)s`, never "today" or "tomorrow"."""

    subject: str | Promise
    line: str | Promise


_AGREEMENT_DUE = Text(
    _("Reminder: an agreement is due on %(date)s"), _("An agreement is due on %(date)s.")
)

_AFTERCARE = Text(
    _("Reminder: an aftercare talk is due on %(date)s"), _("An aftercare talk is due on %(date)s.")
)

_PHASE = Text(
    _("Reminder: a step of a class approach is planned for %(date)s"),
    _("A step of a class approach is planned for %(date)s."),
)

_EMERGENCY_ACCESS = Text(
    _("Notice: emergency access was used on %(date)s"), _("Emergency access was used on %(date)s.")
)

# One row per kind in use. A mail may be late, so a sentence is true on any day.
TEXTS: dict[str, Text] = {
    Kind.UPCOMING: _AGREEMENT_DUE,
    Kind.DUE_TODAY: _AGREEMENT_DUE,
    Kind.OVERDUE: Text(
        _("Reminder: an agreement was due on %(date)s"), _("An agreement was due on %(date)s.")
    ),
    Kind.ESCALATION: Text(
        _("Reminder: an agreement is still open since %(date)s"),
        _("An agreement was due on %(date)s and is still open. Can you see to it together?"),
    ),
    Kind.TALK_UPCOMING: Text(
        _("Reminder: a follow-up talk is planned for %(date)s"),
        _("A follow-up talk is planned for %(date)s."),
    ),
    Kind.PHASE_UPCOMING: _PHASE,
    Kind.PHASE_TODAY: _PHASE,
    Kind.PHASE_OVERDUE: Text(
        _("Reminder: a step of a class approach was planned for %(date)s"),
        _("A step of a class approach was planned for %(date)s. How did it go?"),
    ),
    Kind.REVIEW_DUE: Text(
        _("Reminder: something is up for review on %(date)s"),
        _("Something is up for review on %(date)s."),
    ),
    Kind.RESUME: Text(
        _("Reminder: a conversation goes on no later than %(date)s"),
        _("A conversation goes on no later than %(date)s."),
    ),
    Kind.FIRST_RESPONSE: Text(
        _("Reminder: a new report waits, until %(date)s at the latest"),
        _("Nobody took up a new report yet. It waits until %(date)s at the latest."),
    ),
    Kind.FIRST_TALK: Text(
        _("Reminder: a first talk is due on %(date)s"),
        _("A first talk is due on %(date)s at the latest."),
    ),
    Kind.STAYED_OPEN: Text(
        _("Reminder: something is still open since %(date)s"),
        _("Something was planned for %(date)s and is still open. Can you see to it together?"),
    ),
    Kind.PRE_HOLIDAY_LIST: Text(
        _("Reminder: the last school day before the holiday is %(date)s"),
        _("The last school day before the holiday is %(date)s. The list says what is still open."),
    ),
    Kind.HANDOVER_LIST: Text(
        _("Reminder: the list for the handover between school years, by %(date)s"),
        _("Go through the list for the handover between school years by %(date)s."),
    ),
    Kind.AFTERCARE_SOON: _AFTERCARE,
    Kind.AFTERCARE_DUE: _AFTERCARE,
    Kind.EMERGENCY_ACCESS: _EMERGENCY_ACCESS,
    Kind.EMERGENCY_REVIEW: _EMERGENCY_ACCESS,
    Kind.EMERGENCY_OFTEN: Text(
        _("Notice: emergency access was used often up to %(date)s"),
        _("One person used emergency access more than three times in thirty days, up to %(date)s."),
    ),
    Kind.NEEDS_MANAGER: Text(
        _("Notice: a case has nobody who decides since %(date)s"),
        _("A case has nobody who decides since %(date)s."),
    ),
    Kind.NEEDS_ATTENTION: Text(
        _("Notice: a case asks for your attention since %(date)s"),
        _("A case asks for your attention since %(date)s."),
    ),
}


def text_of(kind: str) -> Text:
    """The sentences of a kind; raises LookupError for a kind that nobody wrote any for."""
    return TEXTS[kind]
