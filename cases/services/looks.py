"""Writes down who looked at a case, before they see it; and who tried to without the right.

Every function raises LogUnwritable when the row cannot be written: then nothing may be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

from django.http import Http404

from cases import events
from cases.access import Placed, Who, case_of_code, get_case, rules_on, through
from cases.ceilings import Level
from cases.models import Agreement, BreakGlass, Case, Conversation, FollowUpTalk, Principal
from pestzorg.audit import log
from pestzorg.audit.log import Look
from schools.models import User


class Shown(Placed, Protocol):
    """A case, or a row of a list, of which content is shown."""

    @property
    def uuid(self) -> UUID: ...


# How a case is looked up: seen by the person, or acted on without being seen.
Find = Callable[[Who, UUID, str], Case]
# The words of the log for the kinds of principal.
WORDS = {"A": "role", "S": "grant", "G": "glass", "": ""}


def note_look(who: Who, case: Case, rule: str, part_uuid: UUID | None = None) -> None:
    """Somebody is about to see one case, or a part of it; with its header only, the row says so."""
    content = "R14" in rules_on(who, case)
    # The page of a case opens by its header; who sees more there, sees it by the rule of the content.
    rule = "R14" if content and rule == "R13" else rule
    (look,) = _looks(who, [case], _level(who, case), part_uuid)
    _record(who, events.CASE_READ if content else events.HEADER_READ, [look], rule)


@contextmanager
def acting_in(who: Who, case: Case) -> Iterator[None]:
    """What somebody does to the case within this `with` is logged together with the way by which they came."""
    (look,) = _looks(who, [case], _level(who, case))
    with log.acting_through(look):
        yield


def note_looks(who: Who, cases: Iterable[Shown], rule: str) -> None:
    """Somebody is about to see a list with content of these cases. One statement, or none."""
    shown = {case.pk: case for case in cases}.values()
    _record(who, events.CASE_LISTED, _looks(who, shown, Level.VIEW), rule)


def enter_case(who: Who, case_uuid: UUID, rule: str, find: Find = get_case) -> Case:
    """The case when `rule` is open to this person; else a row in the log, and Http404."""
    try:
        return find(who, case_uuid, rule)
    except Http404:
        note_denied(who, rule, case_uuid)
        raise


def enter_by_code(who: Who, code: str, rules: frozenset[str], rule: str) -> Case | None:
    """The case with this code when one of `rules` is open to this person; else a row in the log, and None."""
    case = case_of_code(who, code, rules)
    if case is None:
        closed = Case.objects.filter(reference=code).values_list("uuid", "school_id").first()
        # What was typed is not kept: a wrong code may be anything, also a name.
        _record(who, events.CASE_DENIED, [Look(*(closed or (None, None)))], rule)
    return case


def note_denied(who: Who, rule: str, case_uuid: UUID) -> None:
    """Somebody asked for a case that is closed to them or absent: one question and one row either way."""
    school_id = Case.objects.filter(uuid=case_uuid).values_list("school_id", flat=True).first()
    _record(who, events.CASE_DENIED, [Look(case_uuid, school_id)], rule)


def note_denied_part(
    who: Who, rule: str, model: type[Agreement | Conversation | FollowUpTalk], part_uuid: UUID
) -> None:
    """The same for a part of a case, which is known by its own uuid only."""
    case = model._default_manager.filter(uuid=part_uuid).values_list(
        "case__uuid", "case__school_id"
    )
    case_uuid, school_id = case.first() or (None, None)
    _record(who, events.CASE_DENIED, [Look(case_uuid, school_id, subject_uuid=part_uuid)], rule)


def _level(who: Who, case: Case) -> int:
    rules = rules_on(who, case)
    return Level.VIEW if "R14" in rules else Level.HEADER if "R13" in rules else Level.BLIND


def _looks(
    who: Who, cases: Collection[Shown], level: int, part_uuid: UUID | None = None
) -> list[Look]:
    ways = through(who, cases, level)
    reasons = _reasons(who, [pk for pk, way in ways.items() if way.kind == Principal.Kind.GLASS])
    return [
        Look(
            case.uuid,
            case.school_id,
            subject_uuid=part_uuid,
            role=ways[case.pk].role,
            through=WORDS[ways[case.pk].kind],
            purpose=reasons.get(case.pk, ""),
        )
        for case in cases
    ]


def _reasons(who: Who, cases: list[int]) -> dict[int, str]:
    """Why emergency access was opened, by its key; no query without any."""
    if not cases:
        return {}
    open_now = BreakGlass.objects.filter(case__in=cases, user=who.user.pk, valid_until__gt=who.now)
    return dict(open_now.order_by("started_at").values_list("case_id", "reason_code"))


def _record(who: Who, verb: str, looks: list[Look], rule: str) -> None:
    # Who is not signed in never gets this far: they are asked to sign in before anything is looked up.
    actor = who.user if isinstance(who.user, User) else None
    token_id = who.token.pk if who.token else None
    log.record_read(actor, verb, looks, rule=rule, now=who.now, token_id=token_id)
