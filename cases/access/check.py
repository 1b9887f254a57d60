"""What is open on one case: the check behind every page and verb, and its reverse, who sees a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from cases.access.visible import visible_to
from cases.access.who import Seen, Who, cap_through
from cases.ceilings import (
    LEVEL_OF_PERMISSION,
    RULE_OF_LEVEL,
    RULES_OF_OPEN_CASES,
    RULES_OF_TOKENS,
    Level,
    rules_of_extra,
    rules_through,
)
from cases.models import (
    Access,
    Agreement,
    Case,
    CaseExclusion,
    CaseUserObjectPermission,
    Conversation,
    FollowUpTalk,
    Principal,
    StepRecord,
)
from cases.models.step_record import Visibility
from schools.models import MembershipRole, SchoolExclusion, User


@dataclass(frozen=True)
class Way:
    """One reason why somebody sees a case: a role by itself, a personal grant, or emergency access."""

    role: str
    kind: str
    level: int
    until: datetime


@dataclass(frozen=True)
class Seer:
    """Somebody who sees a case: how much, in which roles, by which ways, and the personal grant with its extras."""

    user: User
    level: int
    roles: tuple[str, ...]
    ways: tuple[Way, ...]
    grant: CaseUserObjectPermission | None
    extras: tuple[str, ...] = ()

    def way(self, kind: str) -> Way | None:
        """The widest way of one kind."""
        of_kind = (way for way in self.ways if way.kind == kind)
        return max(of_kind, key=lambda way: (way.level, way.until), default=None)


def rules_on(who: Who, case: Case) -> frozenset[str]:
    """The rules open to somebody on one case; empty when they may not know that it exists."""
    known = who._case_rules.get(case.pk)
    if known is None:
        known = who._case_rules[case.pk] = _rules_on(who, case)
    return known


def level_on(who: Who, case: Case) -> int:
    """The highest level somebody has on one case, 0 without any. For buttons, never for decisions."""
    rules = rules_on(who, case)
    return max((at for at, rule in RULE_OF_LEVEL.items() if rule in rules), default=Level.BLIND)


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


def get_case_unseen(who: Who, case_uuid: UUID, rule: str) -> Case:
    """The case for an act that somebody may do without seeing it, else Http404. The page may show the code only."""
    case = (
        Case.objects.select_related("school", "school_class", "handler")
        .filter(uuid=case_uuid)
        .first()
    )
    # An absent case is asked about as well: the time of an answer must not tell which cases exist.
    if not can(who, rule, case or _absent()) or case is None:
        raise Http404
    return case


def _absent() -> Case:
    absent = Case(pk=0)
    absent.is_open = False
    return absent


def case_of_code(who: Who, code: str, rules: frozenset[str]) -> Case | None:
    """The case with this code when one of these rules is open; None for any other, as if it did not exist."""
    case = Case.objects.select_related("school").filter(reference=code).first()
    open_to = rules & rules_on(who, case or _absent())
    return case if case and open_to else None


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
    if record.visibility == Visibility.HANDLER_ONLY:
        return _leads_or_manages(who, record)
    return "R14" in rules_on(who, record.conversation.case)


def may_read_private_note(who: Who, record: StepRecord) -> bool:
    """Only the conversation lead and managers, whoever else may read the step; never with a token."""
    return who.token is None and _leads_or_manages(who, record)


def _leads_or_manages(who: Who, record: StepRecord) -> bool:
    rules = rules_on(who, record.conversation.case)
    # R32 and not R27: who manages a closed case changes nothing in it, and still reads it.
    return "R32" in rules or ("R14" in rules and record.conversation.lead_id == who.user.pk)


def may_read_handover(who: Who, conversation: Conversation) -> bool:
    """What one sitting leaves for the next is for who goes on with it: contributors, lead and managers."""
    rules = rules_on(who, conversation.case)
    is_lead = conversation.lead_id == who.user.pk
    # R32 and the lead: also of a closed case, in which nobody contributes any more.
    return bool(rules & {"R17", "R32"}) or ("R14" in rules and is_lead)


def can_see_content(user: User, case: Case, now: datetime) -> bool:
    """Whether a member of staff sees the content of a case: asked before naming or mailing them."""
    return "R14" in rules_on(Who(user, now), case)


def stays_open(who: Who, rule: str, case: Case, until: datetime) -> bool:
    """Whether a rule stays open to somebody until a moment: asked before they get something to do.

    Emergency access does not count: it looks, and is over in hours.
    """
    lasting = [seen for seen in who.seen if seen.kind != Principal.Kind.GLASS]
    return rule in _rules_through(who, lasting, case, max(until, who.now))


def who_sees(case: Case, now: datetime) -> list[Seer]:
    """Everybody who sees at least the header of a case, most first; the reverse of `visible_to`."""
    rows = Access.objects.filter(case=case, valid_until__gt=now).select_related("principal__school")
    found: dict[User, list[Way]] = {}
    for held in _roles_around(case, now):
        ways = (_way_through(held, row) for row in rows)
        found.setdefault(held.membership.user, []).extend(way for way in ways if way)
    grants = _grants_on(case, now)
    seers = [_seer(user, ways, grants.get(user.pk, [])) for user, ways in found.items() if ways]
    return sorted(seers, key=lambda seer: (-seer.level, seer.user.full_name))


def _roles_around(case: Case, now: datetime) -> QuerySet[MembershipRole]:
    place = Q(membership__school=case.school_id) | Q(membership__board=case.school.board_id)
    held = MembershipRole.objects.valid_at(now).filter(place).select_related("membership__user")
    here = SchoolExclusion.objects.filter(school=case.school_id, lifted_at=None)
    live = CaseExclusion.objects.filter(case=case, lifted_at=None)
    return held.exclude(
        Q(membership__user__in=live.values("user")) | Q(membership__user__in=here.values("user"))
    )


def _way_through(held: MembershipRole, row: Access) -> Way | None:
    principal = row.principal
    content = principal.school.principal_content
    restricted = principal.restricted
    cap = cap_through(held.role, principal.kind, restricted=restricted, shows_content=content)
    if cap is None or principal.user_id not in {None, held.membership.user_id}:
        return None
    level = min(row.level, cap)
    return Way(held.role, principal.kind, level, row.valid_until) if level >= Level.HEADER else None


def _grants_on(case: Case, now: datetime) -> dict[int, list[CaseUserObjectPermission]]:
    found: dict[int, list[CaseUserObjectPermission]] = {}
    live = CaseUserObjectPermission.objects.filter(content_object=case, valid_until__gt=now)
    for grant in live.select_related("permission", "granted_by"):
        found.setdefault(grant.user_id, []).append(grant)
    return found


def _seer(user: User, ways: list[Way], grants: list[CaseUserObjectPermission]) -> Seer:
    extras = [g for g in grants if LEVEL_OF_PERMISSION[g.permission.codename] < Level.BLIND]
    levels = [grant for grant in grants if grant not in extras]
    return Seer(
        user=user,
        level=max(way.level for way in ways),
        roles=tuple(dict.fromkeys(way.role for way in ways)),
        ways=tuple(ways),
        grant=next(iter(levels), None),
        extras=tuple(sorted(grant.permission.codename for grant in extras)),
    )


def _rules_on(who: Who, case: Case) -> frozenset[str]:
    return _rules_through(who, who.seen, case, who.now)


def _rules_through(
    who: Who, principals: Iterable[Seen], case: Case, moment: datetime
) -> frozenset[str]:
    if case.pk in who.excluded:
        return frozenset()
    through: dict[int, list[Seen]] = {}
    for seen in principals:
        through.setdefault(seen.principal_id, []).append(seen)
    rows = Access.objects.filter(case=case, principal__in=through, valid_until__gt=moment)
    pairs = [
        (seen, level)
        for principal_id, level in rows.values_list("principal_id", "level")
        for seen in through[principal_id]
    ]
    found = _rules_of(pairs) if case.is_open else _rules_of(pairs) - RULES_OF_OPEN_CASES
    return found if who.token is None else found & RULES_OF_TOKENS


def _rules_of(pairs: list[tuple[Seen, int]]) -> frozenset[str]:
    """The union over the rows; the extras add to what somebody reaches without emergency access."""
    found: set[str] = set()
    reached = 0
    for seen, level in pairs:
        if level >= Level.BLIND:
            at = min(level, seen.cap)
            found |= rules_through(seen.role, seen.kind, at, restricted=seen.restricted)
            reached = max(reached, 0 if seen.kind == Principal.Kind.GLASS else at)
    for seen, level in pairs:
        if level < Level.BLIND:
            found |= rules_of_extra(level, seen.role, reached, restricted=seen.restricted)
    return frozenset(found)
