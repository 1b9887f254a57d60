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
    Kind.TALK_UPCOMING: Text(
        _("Reminder: a follow-up talk is planned for %(date)s"),
        _("A follow-up talk is planned for %(date)s."),
    ),
    Kind.REVIEW_DUE: Text(
        _("Reminder: something is up for review on %(date)s"),
        _("Something is up for review on %(date)s."),
    ),
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
}


def text_of(kind: str) -> Text:
    """The sentences of a kind; raises LookupError for a kind that nobody wrote any for."""
    return TEXTS[kind]
