"""Why somebody gets a reminder, per kind: one sentence about their part, that fits every case."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pestzorg.reminders.models import Kind

_AGREEMENT = _("You get this because you do or follow up this agreement.")
_WATCHES = _("You get this because you watch over who sees this case.")
_PHASE = _("You get this because you facilitate this approach, or follow it up.")
_AFTERCARE = _("You get this because you see to the aftercare of this case.")
GENERAL = _("You get this because it is yours to know or to decide.")

REASONS: dict[str, str | Promise] = {
    Kind.UPCOMING: _AGREEMENT,
    Kind.DUE_TODAY: _AGREEMENT,
    Kind.OVERDUE: _AGREEMENT,
    Kind.ESCALATION: _(
        "You get this because you decide in this case or coordinate at your school."
    ),
    Kind.TALK_UPCOMING: _("You get this because you hold this talk."),
    Kind.PHASE_UPCOMING: _PHASE,
    Kind.PHASE_TODAY: _PHASE,
    Kind.PHASE_OVERDUE: _PHASE,
    Kind.REVIEW_DUE: _("You get this because you are the one who looks at it again."),
    Kind.RESUME: _("You get this because you lead this conversation."),
    Kind.FIRST_RESPONSE: _("You get this because new reports of your school come to you."),
    Kind.FIRST_TALK: _(
        "You get this because you handle this case, lead the talk or coordinate at your school."
    ),
    Kind.STAYED_OPEN: _(
        # Also about what belongs to a class: it must not let anybody think of a case.
        "You get this because it is yours to do, or because you decide or coordinate at your school."
    ),
    Kind.AFTERCARE_SOON: _AFTERCARE,
    Kind.AFTERCARE_DUE: _AFTERCARE,
    Kind.EMERGENCY_ACCESS: _WATCHES,
    Kind.EMERGENCY_REVIEW: _WATCHES,
    Kind.EMERGENCY_OFTEN: _("You get this because you watch over emergency access."),
    Kind.NEEDS_MANAGER: _("You get this because you can name who decides in this case."),
}


def reason_of(kind: str) -> str | Promise:
    """The sentence of a kind; the general one where none is more exact."""
    return REASONS.get(kind, GENERAL)
