"""Scenario A, "Groep 7 zonder N": school, cast, and what happened day by day, told through the services.

The demo stops on Thursday 6 November 2025, 13:30, just before the second sitting; the tests go on to its end.
All people and schools are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cases.models import Case, Conversation, Participant, StepRecord
from cases.services import items
from cases.services.agreements import record_agreement
from cases.services.assessing import activate_case, begin_assessing
from cases.services.conversations import (
    begin_sitting,
    complete_conversation,
    end_sitting,
    step_records,
)
from cases.services.reporting import report_concern
from cases.services.steps import complete_step, save_step
from cases.services.talks import plan_follow_up
from pestzorg.demo.people import Staff, school_with_staff
from schools.models import Pupil, School, SchoolClass, User
from schools.services.classes import enrol, open_class

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SEVERITY = {
    "frequency": 2,
    "duration": 2,
    "impact": 1,
    "power": 1,
    "reach": 2,
    "isolation": 1,
    "persistence": 0,
    "ground": 0,
}


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of autumn 2025 in the Netherlands."""
    return datetime(2025, month, day, hour, minute, tzinfo=AMSTERDAM)


@dataclass
class SchoolA:
    """Everybody of scenario A."""

    school: School
    groep7: SchoolClass
    marit: User
    sami: User
    fleur: User
    paul: User
    colleague: User
    noor: Pupil


def found_school_a(password: str) -> SchoolA:
    """Basisschool De Wilgenhoek with its staff, groep 7 and a class of pupils."""
    school, staff = school_with_staff(
        board="Stichting Waterrijk",
        name="Basisschool De Wilgenhoek",
        code="wilgenhoek",
        region="midden",
        local_days={"Dag na Hemelvaart": date(2026, 5, 15)},
        password=password,
        staff=[
            Staff("teacher.a@example.org", "Marit", "Hoekstra", "teacher"),
            Staff("coordinator.a@example.org", "Sami", "Özdemir", "coordinator"),
            Staff("facilitator.a@example.org", "Fleur", "Bakker", "coordinator"),
            Staff("principal.a@example.org", "Paul", "Visser", "principal"),
            Staff("counsellor.a@example.org", "Ineke", "Prins", "counsellor"),
            Staff("colleague.a@example.org", "Joost", "van Dam", "teacher"),
            Staff("admin.a@example.org", "Wilma", "Bos", "school_admin"),
            Staff("board.a@example.org", "Henk", "de Graaf", "board_viewer"),
        ],
    )
    marit = staff["teacher.a@example.org"]
    year = school.years.get(starts_on=date(2025, 8, 1))
    groep7 = open_class(school, year, "groep 7", [marit])
    open_class(school, year, "groep 6", [staff["colleague.a@example.org"]])
    pupils = {name: enrol(groep7, name, last) for name, last in GROEP_7}
    return SchoolA(
        school=school,
        groep7=groep7,
        marit=marit,
        sami=staff["coordinator.a@example.org"],
        fleur=staff["facilitator.a@example.org"],
        paul=staff["principal.a@example.org"],
        colleague=staff["colleague.a@example.org"],
        noor=pupils["Noor"],
    )


GROEP_7 = [
    ("Noor", "Jansen"),
    ("Lieke", "de Boer"),
    ("Tess", "Mulder"),
    ("Daan", "Smit"),
    ("Bo", "Meijer"),
    ("Finn", "Vos"),
    ("Yara", "Haddad"),
    ("Sara", "Kuipers"),
]


def report_and_assess(a: SchoolA) -> Conversation:
    """Mon 3 Nov: report, handler Sami. Tue 4 Nov: severity 9, level 2, Marit leads; the case is active."""
    report = report_concern(
        a.marit,
        a.school,
        about="Noor",
        pupil=a.noor,
        signs=["left_out", "group_chat_trouble"],
        description="Moeder mailt: sinds september is er een groepsapp zonder Noor, met stickers van haar foto.",
        now=at(3, 9),
    )
    begin_assessing(a.sami, report.case, a.sami, now=at(3, 16))
    return activate_case(
        a.sami,
        report.case,
        target=a.noor,
        lead=a.marit,
        indicators=SEVERITY,
        red_flags=[],
        now=at(4, 9),
    )


def first_sitting(a: SchoolA, conversation: Conversation) -> None:
    """Tue 4 Nov 10:15-10:40: steps 1 to 5; step 3 is finished after the phone call of Wed 5 Nov."""
    sitting = begin_sitting(a.marit, conversation, now=at(4, 10, 15))
    case, during = conversation.case, at(4, 10, 30)
    _write_down_story(a, conversation, during)
    for number in (1, 2, 4, 5):
        _finish(a.marit, conversation, number, during)
    record = step_records(conversation)[2]
    save_step(a.marit, record, _answers(a)[3], now=during)
    end_sitting(
        a.marit,
        sitting,
        now=at(4, 10, 40),
        ended_because="time",
        recap_read_aloud=True,
        next_contact_at=at(6, 13, 45),
        safety_score=4,
    )
    items.put_parent_contact(
        a.marit,
        case,
        None,
        now=at(5, 16, 30),
        person="Karin, moeder van Noor",
        held_at=at(5, 16),
        mode="phone",
        concerns="Noor heeft buikpijn op maandag.",
        expectations="Dat de stickers verdwijnen.",
        by=a.marit,
    )
    complete_step(a.marit, record, now=at(5, 16, 30))


def _write_down_story(a: SchoolA, conversation: Conversation, now: datetime) -> None:
    case = conversation.case
    items.put_incident(
        a.marit,
        case,
        None,
        now=now,
        description="Groepsapp zonder Noor, met stickers van haar foto.",
        happened_on=date(2025, 10, 27),
        date_precision="month",
        forms=["relational", "cyber"],
        cyber_subforms=["exclusion", "denigration"],
        channels=["whatsapp"],
        audience="class",
        still_online=True,
        sender_known="yes",
    )
    for name, role in (("Lieke", "alleged_bully"), ("Tess", "reinforcer"), ("Daan", "reinforcer")):
        _involve(a, case, name, role, now)
    for name, role in (("Bo", "outsider"), ("Finn", "outsider"), ("Yara", "defender")):
        _involve(a, case, name, role, now)
    for action, effect in (
        ("ignored", "no_effect"),
        ("left_group", "made_worse"),
        ("told_friend", "partly"),
    ):
        items.put_prior_action(
            a.marit,
            conversation,
            None,
            now=now,
            action_type=action,
            effect=effect,
            keep_doing=action == "told_friend",
            note="Mila uit groep 8" if action == "told_friend" else "",
        )


def _involve(a: SchoolA, case: Case, name: str, role: str, now: datetime) -> Participant:
    pupil = Pupil.objects.get(school=a.school, first_name=name)
    return items.put_participant(
        a.marit, case, None, now=now, pupil=pupil, name=name, role=role, certainty="named_by_target"
    )


def second_sitting(a: SchoolA, conversation: Conversation) -> None:
    """Thu 6 Nov 13:45-14:15: steps 6, 7, 10, 9 and 8; completed at 14:20."""
    begin_sitting(
        a.marit,
        conversation,
        now=at(6, 13, 45),
        safety_score=5,
        new_incident=False,
        still_agrees=True,
    )
    for key, values in MEASURES.items():
        items.put_measure(a.marit, conversation, key, now=at(6, 13, 50), **values)
    _finish(a.marit, conversation, 6, at(6, 13, 55))
    make_agreements(a, conversation, at(6, 14))
    for name, relationship, tasks, answered_on in (
        ("Mila", "older_pupil", ["join_at_break"], None),
        ("Karin", "parent", ["help_with_device", "listen"], date(2025, 11, 5)),
    ):
        items.put_support_person(
            a.marit,
            conversation,
            None,
            now=at(6, 14, 5),
            name=name,
            relationship=relationship,
            tasks=tasks,
            answer="accepted" if answered_on else "not_asked",
            answered_on=answered_on,
            asked_by=None if answered_on else a.marit,
            ask_before=None if answered_on else date(2025, 11, 7),
        )
    for number in (7, 10):
        _finish(a.marit, conversation, number, at(6, 14, 5))
    plan_talks(a, conversation, at(6, 14, 10))
    for number in (9, 8):
        _finish(a.marit, conversation, number, at(6, 14, 15))
    complete_conversation(a.marit, conversation, now=at(6, 14, 20))


MEASURES: dict[str, dict[str, Any]] = {
    "assertive_message": {"status": "not_now"},
    "change_password": {
        "status": "agreed",
        "owner": "Noor",
        "helper": "Karin",
        "deadline": date(2025, 11, 7),
    },
    "unfriend_block": {"status": "declined", "note": "Noor wil bereikbaar blijven."},
    "use_nickname": {"status": "agreed", "owner": "Noor"},
    "no_retaliation": {"status": "agreed", "owner": "Noor"},
    "collect_evidence": {
        "status": "agreed",
        "owner": "Noor",
        "helper": "Karin",
        "deadline": date(2025, 11, 7),
    },
    "seek_support": {"status": "already_done"},
    "file_complaint": {"status": "not_applicable"},
    "report_to_platform": {"status": "agreed", "owner": "Karin", "deadline": date(2025, 11, 10)},
}


def make_agreements(a: SchoolA, conversation: Conversation, now: datetime) -> None:
    """The seven agreements of step 7; those from step 6 keep where they come from."""
    target = conversation.target
    for row in agreements_of_step_7(a, target):
        record_agreement(a.marit, conversation.case, conversation=conversation, now=now, **row)


WORDS = (
    "Schermafdrukken van de stickers bewaren en aan Sami laten zien",
    "Een nieuw wachtwoord en een nieuwe pincode op de telefoon zetten",
    "Nieuwe plattegrond maken en in de eerste pauze buiten zijn",
    "De steungroep starten",
    "De stickers melden bij WhatsApp",
    "Moeder bellen om te vertellen hoe het gaat",
    "Op maandag en dinsdag samen naar het plein lopen",
)


def agreements_of_step_7(a: SchoolA, target: Participant) -> list[dict[str, Any]]:
    """A1 to A7: what, owner, who follows up, by when."""
    noor = {"owner_type": "target", "owner_participant": target, "helper": "Karin"}
    rows: list[dict[str, Any]] = [
        {**noor, **_from_step_6("collect_evidence"), "responsible_staff": a.sami, **_by(7)},
        {**noor, **_from_step_6("change_password"), "responsible_staff": a.sami, **_by(7)},
        {**_staff(a.marit), "responsible_staff": a.marit, **_by(7)},
        {**_staff(a.fleur), "responsible_staff": a.fleur, **_by(10)},
        {**_from_step_6("report_to_platform"), "owner_type": "parent", "owner_name": "Karin", "responsible_staff": a.sami, **_by(10)},
        {**_staff(a.sami), "responsible_staff": a.sami, **_by(14)},
        {"owner_type": "support_person", "owner_name": "Mila", "responsible_staff": a.marit, "review_on": date(2025, 11, 17)},
    ]  # fmt: skip
    return [{"what": what, **row} for what, row in zip(WORDS, rows, strict=True)]


def _staff(person: User) -> dict[str, Any]:
    return {"owner_type": "staff", "owner_staff": person}


def _from_step_6(key: str) -> dict[str, Any]:
    return {"source": "measure", "source_key": key}


def _by(day: int) -> dict[str, Any]:
    return {"deadline": date(2025, 11, day)}


def plan_talks(a: SchoolA, conversation: Conversation, now: datetime) -> None:
    """Step 9: Noor again on 17 Nov (10 Nov comes from step 7), mother on 13 Nov, Lieke apart on 25 Nov."""
    case = conversation.case
    people = {p.name: p for p in case.participants.all()}
    for who, role, conductor, when, purpose in (
        (people["Noor"], "target", a.marit, at(17, 8, 30), "review_agreements"),
        ("Karin", "parent", a.sami, at(13, 16), "inform"),
        (people["Lieke"], "alleged_bully", a.marit, at(25, 12, 15), "progress"),
    ):
        plan_follow_up(
            a.marit,
            case,
            conversation=conversation,
            conductor=conductor,
            planned_at=when,
            with_role=role,
            with_participant=who if isinstance(who, Participant) else None,
            with_name=who if isinstance(who, str) else "",
            purposes=[purpose],
            now=now,
        )
    for name in ("Tess", "Daan"):
        items.put_participant(a.marit, case, people[name], now=now, without_talk="in_group")


def _finish(actor: User, conversation: Conversation, number: int, now: datetime) -> StepRecord:
    record = step_records(conversation)[number - 1]
    save_step(actor, record, _answers_of(conversation).get(number, {}), now=now)
    return complete_step(actor, record, now=now)


def _answers_of(conversation: Conversation) -> dict[int, dict[str, Any]]:
    case = conversation.case
    people = {m.user.email: m.user for m in case.school.memberships.select_related("user")}
    return answers(
        marit=people["teacher.a@example.org"],
        sami=people["coordinator.a@example.org"],
        fleur=people["facilitator.a@example.org"],
        groep7=SchoolClass.objects.get(school=case.school, name="groep 7"),
    )


def _answers(a: SchoolA) -> dict[int, dict[str, Any]]:
    return answers(marit=a.marit, sami=a.sami, fleur=a.fleur, groep7=a.groep7)


def answers(
    *, marit: User, sami: User, fleur: User, groep7: SchoolClass
) -> dict[int, dict[str, Any]]:
    """What is filled in per step; steps 6, 9 and 10 have lists only."""
    return {
        1: {
            "planned_at": "2025-11-04T10:15",
            "planned_by": str(marit.uuid),
            "invited_discreetly": True,
            "location_type": "quiet_room",
            "pupil_had_choice": True,
            "consent_to_talk": "yes",
            "safety_promise_given": True,
            "confidentiality_explained": True,
            "safety_score": 4,
            "immediate_danger": False,
        },
        2: {
            "story": "Ze hebben een groepsapp zonder mij en daar maken ze stickers van mij.",
            "started_period": "months_1_3",
            "frequency": "weekly",
            "pattern_when": ["evening", "break"],
            "feelings": ["sad", "ashamed"],
            "wishes": "dat het stopt en dat ik weer mag meedoen",
            "not_wishes": "niet voor de hele klas over mij praten",
            "impact_signals": ["stomach_or_headache"],
        },
        3: {
            "concern_voiced": True,
            "parents_status": "informed_by_school",
            "approach_explained": ["procedure", "approach", "methods", "timing"],
            "contact_person": str(sami.uuid),
            "first_feedback_on": "2025-11-14",
        },
        5: {
            "praise_given": True,
            "praise_words": "Knap dat je mama en ons hebt verteld.",
            "standing_up_discussed": True,
            "not_your_fault_said": True,
            "responsibility_named": ["alleged_bullies", "bystanders", "school"],
            "self_blame": "some",
        },
        7: {
            "recap_read_aloud": True,
            "pupil_agrees": "yes",
            "pupil_confidence": 6,
            "safety_score": 5,
            "next_contact_at": "2025-11-10T08:30",
        },
        8: {
            "decision": "yes",
            "decision_reason": "Een groepje doet mee en Noor heeft bondgenoten.",
            "method": "support_group",
            "target_consent": "conditional",
            "consent_conditions": "mijn naam mag, niet wat er op de stickers staat",
            "facilitator": str(fleur.uuid),
            "class_group": str(groep7.uuid),
            "planned_start": "2025-11-07",
        },
    }
