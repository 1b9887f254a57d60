"""Who decides that a case closes, and who signs for it."""

from __future__ import annotations

from datetime import datetime

from cases.models import Case, Closing
from cases.queries.judging import HIGHEST, SERIOUS
from cases.queries.managers import managers_of, officers_for
from cases.queries.people import staff_for
from schools.models import User
from schools.roles import Role


def deciders_of(case: Case, now: datetime) -> list[User]:
    """The coordinators; of a closed-off case, or at a school without coordinator, everybody who manages it."""
    coordinators = [] if case.restricted else list(staff_for(case, now, (Role.COORDINATOR,)))
    return coordinators or [seer.user for seer in managers_of(case, now)]


def signers_of(case: Case, now: datetime) -> list[User]:
    """Who signs the closing of a critical case: the school leader; of a closed-off one the safety officer."""
    if case.restricted:
        return officers_for(case, now, Role.SAFETY_OFFICER)
    return list(staff_for(case, now, (Role.PRINCIPAL,)))


def needs_signature(case: Case) -> bool:
    """A critical case closes with a signature beside the decision."""
    return case.severity == HIGHEST


def deciders_for(closing: Closing, now: datetime) -> list[User]:
    """Who decides about this one: a serious case is closed by somebody else than who proposed it, where there is one."""
    deciders = deciders_of(closing.case, now)
    others = [decider for decider in deciders if decider.pk != closing.proposed_by_id]
    return others if closing.case.severity == SERIOUS and others else deciders


def may_decide(person: User, closing: Closing, now: datetime) -> bool:
    """One of those who decide about this one."""
    return person in deciders_for(closing, now)


def may_sign(person: User, closing: Closing, now: datetime) -> bool:
    """A signer who did not decide it as well."""
    return person.pk != closing.decided_by_id and person in signers_of(closing.case, now)
