"""S07: nobody gives themselves more, and nobody lets an excluded person in again, by any door there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from cases.models import BreakGlass, CaseExclusion, CaseUserObjectPermission
from pestzorg.tests.security.personas import World
from pestzorg.tests.security.personas_more import EXCLUDED, REASON
from pestzorg.tests.security.test_matrix import world
from pestzorg.tests.security.test_matrix_variants import EVERYBODY, built
from schools.models import MembershipRole, User

__all__ = ["built", "world"]
pytestmark = [pytest.mark.slow, pytest.mark.postgres]

MAY_SHARE = {"TM", "CO"}
MAY_BREAK_GLASS = {"PR", "BG"}
TARGETS = ("EX CO", "EX TM", "EX PR", "EX VP", "OB", "PX", "SA", "SY", "BV")
Try = tuple[str, str, dict[str, str]]


def tries(world: World, persona: str) -> Iterator[Try]:
    """Method, address and what is sent, none of which this persona may do."""
    case = f"/cases/{world.case.uuid}"
    people = {name: str(person.uuid) for name, person in world.people.items()}
    targets = {*TARGETS, persona} if persona in MAY_SHARE else {persona, "EX CO", "T0", "PX"}
    for name in sorted(targets & people.keys()):
        for level in ("view", "contribute", "manage"):
            yield "POST", f"{case}/access/", {"colleague": people[name], "level": level}
    for name in EXCLUDED:
        yield "POST", f"{case}/exclusions/lift/", {"person": people[name]}
    if persona not in MAY_BREAK_GLASS:
        yield "POST", f"{case}/emergency/", {"reason": REASON, "reason_code": "danger"}
    yield "POST", f"{case}/open-up/", {}
    for method in ("POST", "PUT", "PATCH"):
        asked = {"level": "manage", "grants": "40", "role": "coordinator", "is_superuser": "1"}
        yield method, f"/api/v1/cases/{world.case.uuid}/", asked
        yield method, "/account/settings/", asked


def rights() -> list[Any]:
    """Every row that gives somebody something, or keeps somebody out."""
    return [
        sorted(CaseUserObjectPermission.objects.values_list("user", "permission", "valid_until")),
        sorted(CaseExclusion.objects.values_list("pk", "lifted_at"), key=str),
        sorted(BreakGlass.objects.values_list("pk", "valid_until")),
        sorted(MembershipRole.objects.values_list("membership", "role", "valid_until"), key=str),
        sorted(User.objects.values_list("pk", "is_superuser", "is_staff", "is_active")),
    ]


def test_none_of_more_than_400_tries_succeeds(world: World) -> None:
    before, tried, succeeded = rights(), 0, []
    for persona in EVERYBODY:
        client = world.client(persona)
        for method, url, sent in tries(world, persona):
            tried += 1
            with transaction.atomic():
                if method == "POST":
                    client.post(url, sent)
                else:
                    client.generic(method, url, data=str(sent), content_type="application/json")
                if rights() != before:
                    succeeded.append(f"{persona}: {method} {url} {sent}")
                transaction.set_rollback(True)
    assert succeeded == []
    assert tried >= 400


def test_the_runner_would_see_a_right_that_is_given(world: World) -> None:
    before = rights()
    sent = {"colleague": str(world.people["T0"].uuid), "level": "view"}
    world.client("CO").post(f"/cases/{world.case.uuid}/access/", sent)
    assert rights() != before
