"""What is open on one case: the check behind every page and verb, and its reverse, who sees a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from cases.access.visible import visible_to
from cases.access.who import Seen, Who, cap_through
from cases.ceilings import RULES_AT_LEVEL, Level, rules_up_to
from cases.models import (
    Access,
    Agreement,
    Case,
    CaseUserObjectPermission,
    FollowUpTalk,
    StepRecord,
)
from cases.models.step_record import Visibility
from schools.models import MembershipRole, User


@dataclass(frozen=True)
class Seer:
    """Somebody who sees a case: how much, in which roles, and for a personal grant why and until when."""

    user: User
    level: int
    roles: tuple[str, ...]
    grant: CaseUserObjectPermission | None


def rules_on(who: Who, case: Case) -> frozenset[str]:
    """The rules open to somebody on one case; empty when they may not know that it exists."""
    known = who._case_rules.get(case.pk)
    if known is None:
        known = who._case_rules[case.pk] = _rules_on(who, case)
    return known


def level_on(who: Who, case: Case) -> int:
    """The highest level somebody has on one case, 0 without any. For buttons, never for decisions."""
    rules = rules_on(who, case)
    return max(
        (at for at, opened in RULES_AT_LEVEL.items() if opened <= rules), default=Level.BLIND
    )


def can(who: Who, rule: str, case: Case) -> bool:
    """Whether one rule is open to somebody on one case."""
    return rule in rules_on(who, case)


def get_case(who: Who, case_uuid: UUID, rule: str) -> Case:
    """The case when `rule` is open to this person, else Http404: absent and forbidden look the same."""
    case = (
        Case.objects.select_related("school", "school_class", "handler")
        .filter(uuid=case_uuid, pk__in=visible_to(who).values("pk"))
        .first()
    )
    if case is None or rule not in rules_on(who, case):
        raise Http404
    return case


def may_settle(who: Who, agreement: Agreement) -> bool:
    """Tick off: contributors any agreement of the case, viewers only their own (rule R25)."""
    rules = rules_on(who, agreement.case)
    if "R24" in rules:
        return True
    own = who.user.pk in {agreement.owner_staff_id, agreement.responsible_staff_id}
    return "R25" in rules and own and who.token is None


def may_record_talk(who: Who, talk: FollowUpTalk) -> bool:
    """Record a talk: contributors any talk of the case, viewers only the one they conduct."""
    rules = rules_on(who, talk.case)
    return "R24" in rules or (
        "R25" in rules and who.user.pk == talk.conductor_id and who.token is None
    )


def may_read_step(who: Who, record: StepRecord) -> bool:
    """Everybody with content, except records that are for the conversation lead and managers only."""
    rules = rules_on(who, record.conversation.case)
    if record.visibility == Visibility.HANDLER_ONLY:
        return "R27" in rules or ("R14" in rules and record.conversation.lead_id == who.user.pk)
    return "R14" in rules


def can_see_content(user: User, case: Case, now: datetime) -> bool:
    """Whether a member of staff sees the content of a case: asked before naming or mailing them."""
    return "R14" in rules_on(Who(user, now), case)


def who_sees(case: Case, now: datetime) -> list[Seer]:
    """Everybody who sees at least the header of a case, most first; the reverse of `visible_to`."""
    held = MembershipRole.objects.valid_at(now).filter(
        Q(membership__school=case.school_id) | Q(membership__board=case.school.board_id)
    )
    rows = Access.objects.filter(case=case, valid_until__gt=now).select_related("principal__school")
    grants = CaseUserObjectPermission.objects.filter(content_object=case, valid_until__gt=now)
    grant_of = {grant.user_id: grant for grant in grants}
    found: dict[User, dict[str, int]] = {}
    for role in held.select_related("membership__user"):
        level = max((_level_through(role, row) for row in rows), default=Level.BLIND)
        if level >= Level.HEADER:
            found.setdefault(role.membership.user, {})[role.role] = level
    seers = [
        Seer(user, max(by_role.values()), tuple(by_role), grant_of.get(user.pk))
        for user, by_role in found.items()
    ]
    return sorted(seers, key=lambda seer: (-seer.level, seer.user.full_name))


def _level_through(held: MembershipRole, row: Access) -> int:
    cap = cap_through(held.role, row.principal)
    if cap is None or row.principal.user_id not in {None, held.membership.user_id}:
        return Level.BLIND
    return min(row.level, cap)


def _rules_on(who: Who, case: Case) -> frozenset[str]:
    cap_of: dict[int, list[Seen]] = {}
    for seen in who.seen:
        cap_of.setdefault(seen.principal_id, []).append(seen)
    rows = Access.objects.filter(
        case=case, principal__in=cap_of, valid_until__gt=who.now, level__gte=Level.HEADER
    ).values_list("principal_id", "level")
    found: set[str] = set()
    for principal_id, level in rows:
        for seen in cap_of[principal_id]:
            found |= rules_up_to(min(level, seen.cap))
    return frozenset(found)
