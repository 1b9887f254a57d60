"""Who begins a method against the advice of the check, and who reads what the advice took from the case."""

from __future__ import annotations

from cases.access import Who, may_read_step, rules_on
from cases.models import Case, StepRecord
from schools.access import schools_for
from schools.models import User
from schools.roles import Role


def may_override(who: Who, case: Case) -> bool:
    """Whoever begins it; in a serious case only a coordinator of the school who manages the case."""
    if not case.is_serious:
        return True
    user = who.user
    if not isinstance(user, User) or "R27" not in rules_on(who, case):
        return False
    coordinated = schools_for(user, who.now, (Role.COORDINATOR,))
    return coordinated.filter(pk=case.school_id).exists()


def reads_case_reasons(who: Who, case: Case, step_8: StepRecord | None) -> bool:
    """Red flags are for who works in the case, consent for who may read step 8: others see the advice without them."""
    return "R17" in rules_on(who, case) and (step_8 is None or may_read_step(who, step_8))
