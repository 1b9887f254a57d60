"""The guard of the pupil's wishes: a plan against one of them needs a reason, which the coordinator sees."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Case
from cases.models.against_wish import AgainstWish
from cases.queries.wishes import is_for_few, not_wish_of
from cases.wishes import Plan, goes_against
from pestzorg.errors import broken


def heed_wish(case: Case, planned: AgainstWish, plan: Plan) -> None:
    """Mark a plan that goes against a wish. Refuses it without a reason; forgets a reason that is not needed.

    The biggest fear of a bullied child is that telling makes it worse.
    """
    wish = not_wish_of(case)
    planned.against_wish = goes_against(wish, plan)
    if not planned.against_wish:
        planned.wish_reason = ""
    elif not planned.wish_reason:
        raise broken("wish_reason", _asked(case, wish), "wish")


def _asked(case: Case, wish: str) -> str:
    if is_for_few(case):
        return _("The pupil does not want this. Say why you do it all the same.")
    told = _("The pupil does not want this: “%(wish)s”. Say why you do it all the same.")
    return told % {"wish": wish}
