"""The proof of access proved: every deliberately weakened model is caught by the same machine, with few courses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import Phase

from cases.access import Who, check, visible
from cases.ceilings import CEILINGS, Ceiling
from cases.models import Case, Principal
from cases.models.access import FOREVER
from cases.services import sharing
from cases.services.access_rows import Way
from pestzorg.tests.security.test_any_order import built, run
from schools.models import MembershipRole, SchoolExclusion
from schools.roles import Role

__all__ = ["built"]
pytestmark = [pytest.mark.slow, pytest.mark.postgres]

RESOLVING = sys.modules[Who.__module__]  # the room; its name in the package is the function `who`
FEW = 40  # courses; a real model survives two hundred

Weaken = Callable[[pytest.MonkeyPatch], None]


def one_row_per_case(patch: pytest.MonkeyPatch) -> None:
    """The highest row decides, as if rights were a chain: who has a grant loses what the role gives."""
    usual = check._rules_of
    patch.setattr(check, "_rules_of", lambda pairs: usual(sorted(pairs, key=_height)[-1:]))


def _height(pair: Any) -> int:
    seen, level = pair
    return int(min(level, seen.cap))


def no_expiry(patch: pytest.MonkeyPatch) -> None:
    """Grants and glass never run out."""
    usual = sharing.ways_to
    patch.setattr(
        sharing, "ways_to", lambda case: (replace(w, valid_until=FOREVER) for w in usual(case))
    )


def no_case_exclusion(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Who, "excluded", frozenset())


def lists_forget_the_case_exclusion(patch: pytest.MonkeyPatch) -> None:
    """The check knows it, the list does not."""
    usual = visible.visible_to

    def forgetful(who: Who, level: int = 10) -> Any:
        other = Who(who.user, who.now, who.token)
        other.__dict__["excluded"] = frozenset()
        return usual(other, level)

    patch.setattr("pestzorg.tests.security.test_any_order.visible_to", forgetful)


def no_school_exclusion(patch: pytest.MonkeyPatch) -> None:
    nobody = SimpleNamespace(objects=SchoolExclusion.objects.none())
    patch.setattr(RESOLVING, "SchoolExclusion", nobody)
    patch.setattr(check, "SchoolExclusion", nobody)
    patch.setattr(MembershipRole.objects, "valid_at", _valid_whoever_is_kept_out)


def _valid_whoever_is_kept_out(now: datetime) -> Any:
    held = MembershipRole.objects.filter(
        membership__state="active", membership__user__is_active=True
    )
    ended = held.filter(valid_until__lte=now)
    return held.filter(valid_from__lte=now).exclude(pk__in=ended.values("pk"))


def glass_without_its_role(patch: pytest.MonkeyPatch) -> None:
    """Glass opens for whoever broke it, also when the role that allowed it is gone."""
    anybody = [Ceiling(role, "G", restricted, 20) for role in Role for restricted in (False, True)]
    patch.setattr(RESOLVING, "CEILINGS", [*CEILINGS, *anybody])


def glass_counts_in_every_role(patch: pytest.MonkeyPatch) -> None:
    """What was broken as school leader still opens the case once it is restricted."""
    usual = sharing.ways_to

    def ways_to(case: Case) -> Any:
        yield from (way for way in usual(case) if way.kind != "G")
        for glass in {glass.user_id: glass for glass in case.break_glass.all()}.values():
            yield Way("G", glass.user_id, 20, glass.valid_until)

    patch.setattr(sharing, "ways_to", ways_to)


def tokens_on_restricted_cases(patch: pytest.MonkeyPatch) -> None:
    def through(who: Who, seen: Any) -> Any:
        if who.token is None:
            return seen
        schools = set(who.token.schools.values_list("pk", flat=True))
        ids = set(Principal.objects.filter(school__in=schools).values_list("pk", flat=True))
        ids = ids if "cases:read" in who.token.scopes else set()
        return [replace(s, cap=min(s.cap, 20)) for s in seen if s.principal_id in ids]

    patch.setattr(Who, "_through_token", through)


def tokens_for_every_school(patch: pytest.MonkeyPatch) -> None:
    def through(who: Who, seen: Any) -> Any:
        if who.token is None:
            return seen
        inside = [s for s in seen if not s.restricted and s.kind != "G"]
        readable = "cases:read" in who.token.scopes
        return [replace(s, cap=min(s.cap, 20)) for s in inside if readable]

    patch.setattr(Who, "_through_token", through)


def coordinators_keep_restricted_cases(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RESOLVING, "CEILINGS", [*CEILINGS, Ceiling(Role.COORDINATOR, "A", True, 40)])


def a_stray_grant_opens_for_the_board(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RESOLVING, "CEILINGS", [*CEILINGS, Ceiling(Role.BOARD_VIEWER, "S", False, 40)])


def a_rebuild_is_forgotten_when_a_case_is_restricted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("cases.services.restriction.rebuild_access", lambda _case: None)


def closed_cases_are_written_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(check, "RULES_OF_OPEN_CASES", frozenset())


WEAKER: list[Weaken] = [
    one_row_per_case,
    no_expiry,
    no_case_exclusion,
    lists_forget_the_case_exclusion,
    no_school_exclusion,
    glass_without_its_role,
    glass_counts_in_every_role,
    tokens_on_restricted_cases,
    tokens_for_every_school,
    coordinators_keep_restricted_cases,
    a_stray_grant_opens_for_the_board,
    a_rebuild_is_forgotten_when_a_case_is_restricted,
    closed_cases_are_written_in,
]


@pytest.mark.parametrize("weaken", WEAKER, ids=lambda weaken: weaken.__name__)
def test_the_machine_catches_a_weaker_model(
    built: None, db: None, weaken: Weaken, monkeypatch: pytest.MonkeyPatch
) -> None:
    weaken(monkeypatch)
    # Finding one contradiction is enough; making it small would take longer than finding it.
    with pytest.raises(AssertionError):
        run(0, Phase.generate, examples=FEW)
