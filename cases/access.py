"""The one door to a case: who may see which cases and do what. Nothing else knows roles or grants.

One queryset is the permission: `visible_to` lists, `rules_on` checks, both over the Access read model and
the principals that `Who` resolved once for the request. Deny looks like absence: the caller gets Http404.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from cases.ceilings import CEILINGS, RULES_AT_LEVEL, Level, rules_up_to
from cases.models import (
    Access,
    Agreement,
    Case,
    CaseUserObjectPermission,
    Conversation,
    FollowUpTalk,
    Principal,
    Report,
    StepRecord,
)
from cases.models.step_record import Visibility
from schools.access import REPORTERS, schools_for
from schools.models import ApiToken, MembershipRole, User


@dataclass(frozen=True)
class Seen:
    """A principal through which somebody sees, with the role that gives it and the cap of that role."""

    principal_id: int
    role: str
    kind: str
    restricted: bool
    cap: int


@dataclass(frozen=True)
class Who:
    """Somebody at one moment, possibly through a token that narrows what they may do."""

    user: User | AnonymousUser
    now: datetime
    token: ApiToken | None = None
    _case_rules: dict[int, frozenset[str]] = field(default_factory=dict, compare=False)

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """The principals of this person now; memberships are read at request time, so leaving counts at once."""
        if not isinstance(self.user, User) or not self.user.is_active:
            return ()
        return tuple(self._through_token(_resolve(self.user, self.now)))

    def principals(self, level: int) -> list[int]:
        """Ids of the principals whose cap reaches `level`."""
        return sorted({s.principal_id for s in self.seen if s.cap >= level})

    def _through_token(self, seen: Iterable[Seen]) -> Iterable[Seen]:
        # A token never reaches restricted cases or glass, nor schools it was not made for.
        if self.token is None:
            return seen
        if ApiToken.Scope.CASES_READ not in self.token.scopes:
            return ()
        at = set(
            Principal.objects.filter(school__in=self.token.schools.all()).values_list(
                "id", flat=True
            )
        )
        return (
            Seen(s.principal_id, s.role, s.kind, s.restricted, min(s.cap, Level.VIEW))
            for s in seen
            if not s.restricted and s.kind != Principal.Kind.GLASS and s.principal_id in at
        )


@dataclass(frozen=True)
class Seer:
    """Somebody who sees a case: how much, in which roles, and for a personal grant why and until when."""

    user: User
    level: int
    roles: tuple[str, ...]
    grant: CaseUserObjectPermission | None


def who(request: Any) -> Who:
    """The person behind this request, resolved once per request."""
    found = getattr(request, "_pestzorg_who", None)
    if not isinstance(found, Who):
        token = request.auth if isinstance(getattr(request, "auth", None), ApiToken) else None
        found = request._pestzorg_who = Who(request.user, request.now, token)
    return found


def visible_to(who: Who, level: int = Level.HEADER) -> QuerySet[Case]:
    """The cases somebody sees at `level` or more. Names and text may only be searched at VIEW or more."""
    ids = who.principals(level)
    rows = Access.objects.filter(principal__in=ids, level__gte=level, valid_until__gt=who.now)
    return Case.objects.filter(pk__in=rows.values("case"))


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


def conversations_visible_to(who: Who) -> QuerySet[Conversation]:
    """Conversations are seen through their case, at content level."""
    return Conversation.objects.filter(case__in=visible_to(who, Level.VIEW))


def agreements_visible_to(who: Who) -> QuerySet[Agreement]:
    """Agreements are seen through their case, at content level."""
    return Agreement.objects.filter(case__in=visible_to(who, Level.VIEW))


def talks_visible_to(who: Who) -> QuerySet[FollowUpTalk]:
    """Follow-up talks are seen through their case, at content level."""
    return FollowUpTalk.objects.filter(case__in=visible_to(who, Level.VIEW))


def reports_of(who: Who) -> QuerySet[Report]:
    """What somebody reported at a school where they still work; it opens the status, never the case (rule R10)."""
    if not isinstance(who.user, User) or who.token is not None:
        return Report.objects.none()
    schools = schools_for(who.user, who.now, REPORTERS)
    return Report.objects.filter(reporter=who.user, school__in=schools)


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
    principal = row.principal
    cap = _ceiling(held.role, principal)
    if cap is None or principal.user_id not in {None, held.membership.user_id}:
        return Level.BLIND
    return min(row.level, _cap(held.role, principal, cap))


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


def _resolve(user: User, now: datetime) -> list[Seen]:
    roles = list(
        MembershipRole.objects.valid_at(now)
        .filter(membership__user=user)
        .values_list("role", "membership__school_id", "membership__board_id")
    )
    wanted = Q(pk__in=[])
    for school_id, board_id in {(s, b) for _role, s, b in roles}:
        if school_id or board_id:
            wanted |= Q(school_id=school_id) if school_id else Q(school__board_id=board_id)
    principals = (
        Principal.objects.filter(wanted, Q(user=user) | Q(user=None)).select_related("school")
        if roles
        else Principal.objects.none()
    )
    return [
        Seen(p.pk, role, p.kind, p.restricted, _cap(role, p, cap))
        for p in principals
        for role, school_id, board_id in roles
        if (p.school_id == school_id if school_id else board_id and p.school.board_id == board_id)
        for cap in [_ceiling(role, p)]
        if cap is not None
    ]


def _ceiling(role: str, principal: Principal) -> int | None:
    for row in CEILINGS:
        if (row.role, row.kind, row.restricted) == (role, principal.kind, principal.restricted):
            return row.cap
    return None


def _cap(role: str, principal: Principal, cap: int) -> int:
    opens_content = (
        role == "principal" and principal.kind == "A" and principal.school.principal_content
    )
    return Level.VIEW if opens_content else cap
