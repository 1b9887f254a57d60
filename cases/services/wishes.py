"""The guard of the pupil's wishes: a plan against one of them needs a reason, which the coordinator sees."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Agreement, FollowUpTalk
from cases.queries.wishes import NotWish, wish_against
from cases.wishes import Plan
from pestzorg.errors import broken


def heed_wish(planned: Agreement | FollowUpTalk, plan: Plan) -> None:
    """Mark a plan that goes against a wish. Refuses it without a reason; forgets a reason that is not needed.

    The biggest fear of a bullied child is that telling makes it worse.
    """
    wish = wish_against(planned.case, plan, planned.conversation)
    planned.against_wish = wish is not None
    if wish is None:
        planned.wish_reason = ""
    elif not planned.wish_reason:
        raise broken("wish_reason", _asked(wish), "wish")


def _asked(wish: NotWish) -> str:
    if wish.is_for_few:
        return _("The pupil does not want this. Say why you do it all the same.")
    told = _("The pupil does not want this: “%(wish)s”. Say why you do it all the same.")
    return told % {"wish": wish.words}
