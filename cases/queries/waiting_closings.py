"""Closings that wait for somebody: to be decided by who works on the case, or signed by who may not read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from cases.access import Who, can, visible_to
from cases.models import Case, Closing
from cases.models.case import CaseStatus
from cases.models.closing import OPEN_CLOSINGS
from cases.queries.closing.people import may_decide, may_sign
from cases.queries.closing.state import open_closing
from cases.queries.worklist import case_title
from schools.models import User


@dataclass(frozen=True)
class WaitingClosing:
    """A closing that this person decides, with the content of the case, or signs, without."""

    case: Case
    closing: Closing
    signs: bool

    @property
    def title(self) -> str:
        """Pupil and class for who decides; the code for who signs, who reads no name."""
        return self.case.reference if self.signs else case_title(self.case)


def waiting_closings(who: Who) -> list[WaitingClosing]:
    """Closings that wait for this person, the oldest first."""
    active = visible_to(who).filter(status=CaseStatus.ACTIVE)
    found = Closing.objects.filter(case__in=active.values("pk"), status__in=OPEN_CLOSINGS)
    with_case = found.select_related("case__school", "case__school_class")
    waiting = (_waiting(who, closing) for closing in with_case.order_by("proposed_at", "pk"))
    return [one for one in waiting if one]


def waits_for(who: Who, case: Case) -> bool:
    """A closing of this case waits for this person."""
    closing = open_closing(case)
    return closing is not None and _waiting(who, closing) is not None


def _waiting(who: Who, closing: Closing) -> WaitingClosing | None:
    case, now = closing.case, who.now
    if closing.status == Closing.Status.TO_SIGN:
        signs = can(who, "R55", case) and may_sign(cast(User, who.user), closing, now)
        return WaitingClosing(case, closing, signs=True) if signs else None
    decides = can(who, "R32", case) and may_decide(cast(User, who.user), closing, now)
    return WaitingClosing(case, closing, signs=False) if decides else None
