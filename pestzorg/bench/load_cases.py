"""Cases with what belongs to each: report, pupil, agreements, grants, and the rows of the read model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from django.contrib.auth.models import Group, Permission

from cases.models import (
    Access,
    Agreement,
    Case,
    CaseExclusion,
    CaseUserObjectPermission,
    Participant,
    Principal,
    Report,
)
from cases.models.access import FOREVER
from cases.models.case import REFERENCE_SIGNS
from pestzorg.bench.copying import copy, uuid_of
from pestzorg.bench.load_places import CLASSES, LONG_AGO, NAMES, PUPILS, class_of, pupil_of
from pestzorg.bench.models import CaseGroupObjectPermission
from pestzorg.bench.population import CaseFacts, Grant, Population
from schools.models import User

AGREEMENTS = 5
RUN_OUT = datetime(2024, 1, 1, tzinfo=UTC)
AS_ROLE_ALLOWS = 90
CODENAMES = {20: "view_case", 30: "contribute_case", 40: "manage_case"}
# (school, restricted, user or 0 for the audience) -> the number of the principal
Seats = dict[tuple[int, bool, int], int]


def cases(population: Population) -> None:
    """Each case, its report, the pupil it is about, its agreements, and who is shut out of which."""
    copy(
        Case,
        "id uuid school_id reference status restricted school_class_id handler_id severity opened_at",
        (_case(c) for c in population.cases),
    )
    copy(
        Report,
        "id uuid case_id school_id reporter_id reported_at about pupil_id school_class_id",
        (_report(c) for c in population.cases),
    )
    copy(
        Participant,
        "id uuid case_id pupil_id name role",
        (
            (c.number, uuid_of(Participant, c.number), c.number, _pupil(c), _name(c), "target")
            for c in population.cases
        ),
    )
    copy(
        Agreement,
        "id uuid case_id owner_type owner_staff_id responsible_staff_id deadline_asked deadline"
        " status done_on agreed_at",
        chain.from_iterable(_agreements(c) for c in population.cases),
    )
    shut_out = enumerate(population.exclusions, start=1)
    copy(
        CaseExclusion,
        "id case_id user_id reason_code set_by_id set_at",
        ((n, case, user, "conflict", 1, LONG_AGO) for n, (user, case) in shut_out),
    )


def access(population: Population) -> None:
    """As the services would have written it: the grants, and a case's rows of the read model side by side."""
    permissions = Permission.objects.filter(codename__in=CODENAMES.values())
    number_of = dict(permissions.values_list("codename", "pk"))
    seats = _principals(population)
    granted = enumerate(((c, grant) for c in population.cases for grant in c.grants), start=1)
    copy(
        CaseUserObjectPermission,
        "id content_object_id user_id permission_id valid_until purpose granted_by_id granted_at",
        (
            (
                n,
                c.number,
                g.user,
                number_of[CODENAMES[g.level]],
                _until(g),
                "shared",
                1,
                c.opened_at,
            )
            for n, (c, g) in granted
        ),
    )
    copy(
        Access,
        "principal_id case_id level is_open opened_at valid_until is_only",
        chain.from_iterable(_rows(c, seats) for c in population.cases),
    )


def guardian(population: Population) -> None:
    """The same rights as stock guardian would hold them: the coordinators of a school are a group."""
    view = Permission.objects.get(codename="view_case", content_type__app_label="cases").pk
    schools = range(1, population.schools + 1)
    copy(Group, "id name", ((n, f"coordinators {n}") for n in schools))
    coordinators = [(u, s) for u, role, s in population.members() if role == "coordinator"]
    copy(
        User.groups.through,
        "id user_id group_id",
        ((n, user, school) for n, (user, school) in enumerate(coordinators, start=1)),
    )
    copy(
        CaseGroupObjectPermission,
        "id content_object_id group_id permission_id",
        ((c.number, c.number, c.school, view) for c in population.cases if not c.restricted),
    )


def uuid_of_case(number: int) -> str:
    """The uuid of a case of the population."""
    return uuid_of(Case, number)


def _case(c: CaseFacts) -> tuple[Any, ...]:
    place = class_of(c.school, c.number % CLASSES + 1)
    names = c.number, uuid_of_case(c.number), c.school, _reference(c.number)
    return *names, c.status, c.restricted, place, c.grants[0].user, 2, c.opened_at


def _report(c: CaseFacts) -> tuple[Any, ...]:
    place = class_of(c.school, c.number % CLASSES + 1)
    names = c.number, uuid_of(Report, c.number), c.number, c.school
    return *names, c.grants[1].user, c.opened_at, _name(c), _pupil(c), place


def _agreements(c: CaseFacts) -> Iterator[tuple[Any, ...]]:
    """Five, of which about one in ten is still to be done."""
    lead = c.grants[1].user
    for k in range(AGREEMENTS):
        number = (c.number - 1) * AGREEMENTS + k + 1
        due = (c.opened_at + timedelta(days=7 * (k + 1))).date()
        is_open = c.is_open and number % 4 == 0
        state = ("open", None) if is_open else ("done", due)
        names = number, uuid_of(Agreement, number), c.number
        yield *names, "staff", lead, lead, due, due, *state, c.opened_at


def _principals(population: Population) -> Seats:
    """The audiences of each school, and a seat for everybody who was given something there."""
    found: Seats = {}
    for school in range(1, population.schools + 1):
        for restricted in (False, True):
            found[school, restricted, 0] = len(found) + 1
    for case in population.cases:
        for grant in case.grants:
            found.setdefault((case.school, case.restricted, grant.user), len(found) + 1)
    copy(
        Principal,
        "id kind restricted school_id user_id",
        (
            (number, "S" if user else "A", restricted, school, user or None)
            for (school, restricted, user), number in found.items()
        ),
    )
    return found


def _rows(c: CaseFacts, seats: Seats) -> Iterator[tuple[Any, ...]]:
    common = c.is_open, c.opened_at
    users = [grant.user for grant in c.grants]
    yield seats[c.school, c.restricted, 0], c.number, AS_ROLE_ALLOWS, *common, FOREVER, True
    for grant in c.grants:
        seat, is_only = seats[c.school, c.restricted, grant.user], users.count(grant.user) == 1
        yield seat, c.number, grant.level, *common, _until(grant), is_only


def _until(grant: Grant) -> datetime:
    return FOREVER if grant.live else RUN_OUT


def _pupil(c: CaseFacts) -> int:
    return pupil_of(c.school, c.number % PUPILS + 1)


def _name(c: CaseFacts) -> str:
    return f"{NAMES[(c.number % PUPILS + 1) % len(NAMES)]} Visser"


def _reference(number: int) -> str:
    """Like a real code, and its own for every number."""
    signs = ""
    for _position in range(6):
        number, sign = divmod(number, len(REFERENCE_SIGNS))
        signs = REFERENCE_SIGNS[sign] + signs
    return f"PZ-{signs[:4]}-{signs[4:]}"
