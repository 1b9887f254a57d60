"""A world for IDOR: for each attacker one case that is theirs, and more that are not, each with all its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client

from cases.ceilings import Level
from cases.models import Case, Sitting
from cases.services.conversations import step_records
from cases.services.sharing import rebuild_access, share_case
from pestzorg.outbox.heartbeat import beat_all
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_parked_mail,
    make_person,
    make_pupil,
    make_school,
    make_talk,
)
from pestzorg.tests.security import interventions
from pestzorg.tests.security.personas import rows_of_lists
from pestzorg.tests.security.personas_class import prepared
from schools.models import School, User
from schools.roles import Role
from schools.services.places import found_school
from schools.services.tokens import issue_token

OF_CLASSES = ("preventive_uuid", "preventive_phase_uuid", "class_uuid", "run_uuid", "rule_uuid")
Parts = dict[str, Any]  # name of a route parameter -> what stands there


@dataclass
class Attacker:
    """Somebody who may do much with one case, and learns nothing of the others."""

    person: User
    mine: Parts
    foreign: list[Parts]
    secret: str = ""

    def client(self) -> Client:
        """A browser, or a program with the token when there is one."""
        if self.secret:
            return Client(headers={"Authorization": f"Bearer {self.secret}"})
        client = Client()
        client.force_login(self.person)
        return client


@dataclass
class Strangers:
    """Attackers by name, and keys of every kind that belong to people whom none of them works with."""

    attackers: dict[str, Attacker] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)


def build_strangers() -> Strangers:
    """Three schools of two boards, with eight cases in every state that hides one from somebody."""
    here = make_school()
    board = here.board
    sister = found_school(
        board, name="De Sluis", code="de-sluis", region="midden", years=range(2025, 2027)
    )
    away = make_school("Het Kompas", "het-kompas")
    bosses = {s: make_person(Role.COORDINATOR, s, first_name="Bo") for s in (here, sister, away)}
    teacher = make_person(Role.TEACHER, here, first_name="Jo")
    mine = _parts(here, bosses[here], "Sem")
    share_case(bosses[here], mine["case"], teacher, Level.MANAGE, now=NOW)
    closed = {"status": "closed"}
    hidden = [_parts(here, bosses[here], "Fenna", restricted=True)]
    hidden += [_parts(here, bosses[here], "Daan", restricted=True, **closed)]
    at_home = [_parts(here, bosses[here], "Liv"), _parts(here, bosses[here], "Mats", **closed)]
    beside = [_parts(sister, bosses[sister], "Yara")]
    beside += [_parts(sister, bosses[sister], "Olaf", restricted=True)]
    far = [_parts(away, bosses[away], "Noor"), _parts(away, bosses[away], "Pim", **closed)]
    # Not one of those who handle the restricted cases: a handler keeps a grant of their own.
    coordinator = make_person(Role.COORDINATOR, here, first_name="Co")
    _issue, secret = issue_token(teacher, name="report", schools=[here], days=30, now=NOW)
    token = {"token_uuid": _issue.uuid}
    room = make_class(here, "9X", teacher)
    own = interventions.without_case(teacher, here, room) | prepared(room)
    # What hangs on a class is a coordinator's own at this school, whatever case stands beside it here.
    sealed = [parts | {key: far[0][key] for key in OF_CLASSES} for parts in hidden]
    everything = [*hidden, *at_home, *beside, *far]
    # Works in no case, and looks after the mail of the people here.
    keeper = make_person(Role.SCHOOL_ADMIN, here)
    beat_all(["sweep", "on_time"], NOW)
    world = Strangers()
    world.attackers = {
        "teacher": Attacker(teacher, mine | token | own, everything),
        "program": Attacker(teacher, mine | token | own, everything, secret),
        "coordinator": Attacker(coordinator, mine, [*sealed, *beside, *far]),
        "outsider": Attacker(bosses[away], far[0], [mine, *hidden, *at_home, *beside]),
        "keeper": Attacker(keeper, mine, [*beside, *far]),
    }
    world.keys = _keys(sister, away, [*beside, *far], keeper)
    return world


def _parts(school: School, boss: User, pupil: str, **fields: Any) -> Parts:
    """A case with everything an address can name, then put into its state."""
    group = school.classes.first() or make_class(school, "7A")
    case = make_case_active(boss, boss, school, make_pupil(group, pupil))
    conversation = case.conversations.get()
    step_records(conversation)
    reader = make_person(Role.TEACHER, school, first_name=f"Reader of {pupil}")
    share_case(boss, case, reader, Level.VIEW, now=NOW)
    token, _secret = issue_token(boss, name=pupil, schools=[school], days=30, now=NOW)
    rows = rows_of_lists(boss, case)
    # With the first one of those rows: a second talk, that everybody's addresses name.
    Sitting.objects.create(conversation=conversation, number=2, started_at=NOW, ended_at=NOW)
    parts = {
        **rows,
        "case": case,
        "case_uuid": case.uuid,
        "conversation_uuid": conversation.uuid,
        "agreement_uuid": make_agreement(boss, case).uuid,
        "talk_uuid": make_talk(boss, case).uuid,
        "report_uuid": case.report.uuid,
        "token_uuid": token.uuid,
        "user_uuid": reader.uuid,
        "mail_uuid": make_parked_mail(reader).uuid,
        "participant": case.participants.get(uuid=rows["participant_uuid"]),
        **_interventions(boss, case, group, pupil),
        "number": 2,
        "audience": "pupil",
        "code": school.code,
        "method": interventions.METHOD,
    }
    if fields:
        Case.objects.filter(pk=case.pk).update(**fields)
        rebuild_access(case)
    return parts


def _interventions(boss: User, case: Case, group: Any, pupil: str) -> Parts:
    """One of the case, one without a case in a class that nobody teaches, and a thermometer there."""
    usual = {"method": "restorative_circle", "variant": "hergo", "facilitator": boss}
    room = make_class(case.school, f"9 {pupil}")
    return {
        **interventions.of_case(boss, case, group, "Een wens", **usual),
        **interventions.without_case(boss, case.school, room),
        **prepared(room),
    }


def _keys(sister: School, away: School, others: list[Parts], admin: User) -> dict[str, list[str]]:
    """What a form field might be sent: public keys and database keys of rows nobody here may name."""
    stranger = make_person(Role.TEACHER, away, first_name="Kai")
    pupil = away.pupils.first()
    rows = [stranger, admin, pupil, away, sister, away.classes.first(), others[0]["participant"]]
    return {
        "public": [str(row.uuid) for row in rows] + [str(others[0]["report_uuid"])],
        "number": [str(_numbered(row)) for row in (stranger, away)],
    }


def _numbered(row: Any) -> int:
    """A copy of a row under a number that stands nowhere else in a page, so that it can be taken out again."""
    copy = type(row).objects.get(pk=row.pk)
    copy.pk, copy.uuid = 700_000_000 + row.pk, uuid4()
    if isinstance(copy, User):
        copy.email = f"copy-of-{copy.email}"
    else:
        copy.code = copy.name = f"copy-of-{copy.code}"
    copy.save(force_insert=True)
    return int(copy.pk)
