"""One case with everything on it, and everybody of the permission matrix around it, built by the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from cases.ceilings import Level
from cases.models import AftercareCheck, Case, CaseUserObjectPermission, Closing, Sitting
from cases.models.access import FOREVER
from cases.services import items
from cases.services.conversations import step_records
from cases.services.external_reports import record_external_report
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
    make_report,
    make_school,
    make_talk,
)
from pestzorg.tests.security import interventions
from pestzorg.tests.security.interventions import adapted
from pestzorg.tests.security.personas_class import CLASS_TEACHERS, agreed, open_survey, prepared
from schools.models import CalendarFeed, Membership, School, User
from schools.roles import Role
from schools.services.feeds import open_feed
from schools.services.people import end_membership, give_role, new_person
from schools.services.places import found_school
from schools.services.tokens import issue_token

SECRET_TEXT = "Bel de ouders van Fenna"
PUPIL = "Fenna"
# The four ways in which somebody who managed a case is not there any more, or not yet.
LEAVERS = ("LV inactive", "LV ended", "LV not yet", "LV suspended")


@dataclass
class World:
    """The case, the people by their code in the matrix, and what each of them owns."""

    school: School
    case: Case
    people: dict[str, User]
    secrets: dict[str, str]  # of the personas that are programs
    other: dict[str, Any]
    own: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, persona: str) -> Client:
        """A browser of this persona, or a program that calls with the token of TV."""
        if persona in self.secrets:
            return Client(headers={"Authorization": f"Bearer {self.secrets[persona]}"})
        client = Client()
        if persona in self.people:
            client.force_login(self.people[persona])
        return client

    def objects(self, persona: str, *, own: bool) -> dict[str, Any]:
        """What stands in an address: things of this persona, or of somebody else."""
        return {**self.other, **(self.own.get(persona, {}) if own else {})}


def build_world() -> World:
    """Everybody, with the case not restricted."""
    school = make_school()
    boss = make_person(Role.COORDINATOR, school, first_name="Bo")
    people = {**_people_of(school), **_people_elsewhere(school)}
    group = make_class(school, "7A", people["T0"])
    case = make_case_active(boss, boss, school, make_pupil(group, PUPIL))
    _grant(case, boss, people)
    step_records(case.conversations.get())
    _issue, secret = issue_token(people["TV"], name="report", schools=[school], days=30, now=NOW)
    world = World(school, case, people, {"TKr": secret}, _other(boss, case, school, people))
    _own(world, boss, group)
    other = make_class(school, "8B")
    run, secret = open_survey(other)
    world.own["PL"] = {"secret": secret}
    world.other |= {"class_uuid": other.uuid, "run_uuid": run.uuid, "rule_uuid": agreed(other).uuid}
    for persona in CLASS_TEACHERS:
        own = group if persona == "T0" else make_class(school, persona, people[persona])
        world.own[persona] |= prepared(own)
    _interventions(world, boss, group)
    for persona in LEAVERS:
        _take_leave(people[persona], school, persona)
    beat_all(["sweep", "on_time"], NOW)
    return world


def restrict(world: World) -> None:
    """Close the case off: from now on only grants and the counsellor count."""
    Case.objects.filter(pk=world.case.pk).update(restricted=True)
    rebuild_access(world.case)


def _people_of(school: School) -> dict[str, User]:
    def teacher(name: str) -> User:
        return make_person(Role.TEACHER, school, first_name=name)

    return {
        **{code: teacher(f"Teacher {code}") for code in ("T0", "TV", "TC", "TM")},
        **{code: teacher(code.replace("LV", "Leaver")) for code in LEAVERS},
        "CO": make_person(Role.COORDINATOR, school, first_name="Co"),
        "VP": make_person(Role.COUNSELLOR, school),
        "PR": make_person(Role.PRINCIPAL, school),
        "SA": make_person(Role.SCHOOL_ADMIN, school),
        "BV": make_person(Role.BOARD_VIEWER, school),
        "DP": make_person(Role.DPO, school),
    }


def _people_elsewhere(school: School) -> dict[str, User]:
    sister = found_school(
        school.board, name="De Sluis", code="de-sluis", region="midden", years=range(2025, 2027)
    )
    system = new_person("system@example.org", "System", "Admin")
    system.is_superuser = system.is_staff = True
    system.save()
    give_role(None, system, Role.SYSTEM_ADMIN, now=NOW - timedelta(days=60))
    stranger = make_school("Het Kompas", "het-kompas")
    return {
        "PX": make_person(Role.COORDINATOR, sister, first_name="Px"),
        "OB": make_person(Role.COORDINATOR, stranger, first_name="Ob"),
        "SY": system,
    }


def _grant(case: Case, boss: User, people: dict[str, User]) -> None:
    levels = {"TV": Level.VIEW, "TC": Level.CONTRIBUTE, "TM": Level.MANAGE}
    for persona in LEAVERS:
        levels[persona] = Level.MANAGE
    for persona, level in levels.items():
        share_case(boss, case, people[persona], level, now=NOW)
    # What no service would do: a slip in the database must open nothing.
    for persona in ("SY", "BV", "DP", "SA"):
        CaseUserObjectPermission.objects.create(
            user=people[persona],
            content_object=case,
            permission=Permission.objects.get(codename="manage_case", content_type__model="case"),
            purpose="shared",
            granted_by=boss,
            granted_at=NOW,
            valid_until=FOREVER,
        )
    rebuild_access(case)


def _other(boss: User, case: Case, school: School, people: dict[str, User]) -> dict[str, Any]:
    token, _secret = issue_token(boss, name="other", schools=[school], days=30, now=NOW)
    return {
        **rows_of_lists(boss, case),
        "case_uuid": case.uuid,
        "conversation_uuid": case.conversations.get().uuid,
        "agreement_uuid": make_agreement(boss, case, what=SECRET_TEXT).uuid,
        "talk_uuid": make_talk(boss, case).uuid,
        "report_uuid": case.report.uuid,
        "token_uuid": token.uuid,
        "secret": "pz_of-nobody",
        "user_uuid": people["TV"].uuid,
        "mail_uuid": make_parked_mail(people["TV"]).uuid,
        "number": 1,
        "audience": "pupil",
        "code": school.code,
        "method": adapted(boss, school),
    }


def rows_of_lists(boss: User, case: Case) -> dict[str, Any]:
    """One row in every list of the conversation, by what an address calls its key."""
    conversation = case.conversations.get()
    by_case: dict[str, Any] = {"now": NOW, "row": None}
    incident = items.put_incident(boss, case, description=SECRET_TEXT, **by_case)
    contact = items.put_parent_contact(
        boss, case, person="Ouder", held_at=NOW, mode="phone", by=boss, **by_case
    )
    tried = items.put_prior_action(boss, conversation, action_type="ignored", **by_case)
    helper = items.put_support_person(
        boss,
        conversation,
        name="Oma",
        relationship="grandparent",
        tasks=["listen"],
        answer="accepted",
        **by_case,
    )
    other = items.put_participant(boss, case, name="Lieke", role="defender", **by_case)
    items.put_measure(boss, conversation, "change_password", now=NOW, status="agreed")
    outside = record_external_report(boss, case, now=NOW, kind="platform", reported_on=NOW.date())
    shown = items.put_evidence(
        boss,
        case,
        incident=incident,
        kind="screenshot",
        described_as=SECRET_TEXT,
        held_by="pupil",
        **by_case,
    )
    closing = Closing.objects.create(
        case=case,
        status=Closing.Status.IN_FORCE,
        proposed_by=boss,
        proposed_at=NOW,
        pupil_agrees=True,
        parents_agree="yes",
    )
    # Another round that waits for the signature: its pages are open, and its words are for who works in the case.
    Closing.objects.create(
        case=case,
        status=Closing.Status.TO_SIGN,
        proposed_by=boss,
        proposed_at=NOW,
        pupil_agrees=True,
        parents_agree="yes",
        note=SECRET_TEXT,
        criteria={"target_safe": False},
        decided_by=boss,
        decided_at=NOW,
        override_reason=SECRET_TEXT,
    )
    Sitting.objects.create(conversation=conversation, number=1, started_at=NOW, ended_at=NOW)
    check = AftercareCheck.objects.create(
        case=case, closing=closing, weeks=2, due_on=NOW.date(), moved_from=["2025-10-27"]
    )
    return {
        "check_uuid": check.uuid,
        "evidence_uuid": shown.uuid,
        "external_uuid": outside.uuid,
        "incident_uuid": incident.uuid,
        "participant_uuid": other.uuid,
        "contact_uuid": contact.uuid,
        "action_uuid": tried.uuid,
        "helper_uuid": helper.uuid,
        "key": "change_password",
    }


def _own(world: World, boss: User, group: Any) -> None:
    """Reports and tokens of everybody who may have them, and a task for TV."""
    places = dict.fromkeys(("T0", "TV", "TC", "TM", "CO", "VP", "PR"), world.school)
    for persona in ("PX", "OB"):
        places[persona] = world.people[persona].memberships.get().school
    for persona, place in places.items():
        person = world.people[persona]
        # T0 is the class teacher of this pupil, and so may take the report on.
        pupil = make_pupil(group, "Daan") if persona == "T0" else None
        token, _secret = issue_token(person, name="own", schools=[place], days=30, now=NOW)
        report = make_report(person, place, pupil)
        world.own[persona] = {
            "token_uuid": token.uuid,
            "report_uuid": report.uuid,
            "secret": open_feed(person, now=NOW),
        }
    for persona in LEAVERS:
        world.own[persona] = {"secret": open_feed(world.people[persona], now=NOW)}
    CalendarFeed.objects.update(last_used_on=NOW.date())  # a feed remembers the day it was used
    viewer = world.people["TV"]
    agreement = make_agreement(
        boss, world.case, owner_staff=viewer, responsible_staff=viewer, what="Kijk mee in de pauze"
    )
    talk = make_talk(boss, world.case, conductor=viewer, planned_at=NOW + timedelta(days=2))
    world.own["TV"] |= {"agreement_uuid": agreement.uuid, "talk_uuid": talk.uuid}


def _interventions(world: World, boss: User, group: Any) -> None:
    """Of the case: one of the coordinator, one that TV runs. Without: in the class of T0, one that TV runs, another."""
    case, viewer = world.case, world.people["TV"]
    usual = {"method": "restorative_circle", "variant": "hergo", "facilitator": boss}
    theirs = {"method": "shared_concern", "variant": "group_first", "facilitator": viewer}
    world.other |= interventions.of_case(boss, case, group, SECRET_TEXT, **usual)
    world.own["TV"] |= interventions.of_case(boss, case, group, SECRET_TEXT, **theirs)
    world.other |= interventions.without_case(boss, world.school)
    world.own["TV"] |= interventions.without_case(
        viewer, world.school, make_class(world.school, "9Y")
    )
    world.own["T0"] |= interventions.without_case(boss, world.school, group)


def _take_leave(person: User, school: School, persona: str) -> None:
    membership = Membership.objects.get(user=person, school=school)
    ways: dict[str, Callable[[], object]] = {
        "LV inactive": lambda: User.objects.filter(pk=person.pk).update(is_active=False),
        "LV ended": lambda: end_membership(None, membership, now=NOW - timedelta(hours=1)),
        "LV not yet": lambda: membership.roles.update(valid_from=NOW + timedelta(days=1)),
        "LV suspended": lambda: Membership.objects.filter(pk=membership.pk).update(
            state=Membership.State.SUSPENDED
        ),
    }
    ways[persona]()
