"""Scenario B, "the rating account": school, cast and a case in progress, told through the services.

In the demo it happens ten weeks before the dates of the written scenario, so that it is in progress when the
demo clock starts. All people and schools are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.models import Conversation
from cases.services import items
from cases.services.agreements import record_agreement
from cases.services.assessing import activate_case, begin_assessing
from cases.services.conversations import begin_sitting, end_sitting, step_records
from cases.services.reporting import report_concern
from cases.services.steps import complete_step, save_step
from pestzorg.demo.people import Staff, school_with_staff
from pestzorg.demo.scenario_a import at
from schools.models import Pupil, School, SchoolClass, User
from schools.services.classes import enrol, open_class

SEVERITY = {
    "frequency": 3,
    "duration": 1,
    "impact": 2,
    "power": 2,
    "reach": 3,
    "isolation": 1,
    "persistence": 0,
    "ground": 2,
}
CLASS_2B = [("Ravi", "Sharma"), ("Jesse", "Klaassen"), ("Kaan", "Yilmaz"), ("Mick", "Peters"), ("Femke", "Smeets"), ("Sofie", "Hendriks")]  # fmt: skip


@dataclass
class SchoolB:
    """Everybody of scenario B."""

    school: School
    vmbo2b: SchoolClass
    theo: User
    dewi: User
    irma: User
    ravi: Pupil


def found_school_b(password: str) -> SchoolB:
    """Vakcollege Stroomdal of another board, with its staff and class 2b."""
    school, staff = school_with_staff(
        board="Stichting Zuiderbeek",
        name="Vakcollege Stroomdal",
        code="stroomdal",
        region="zuid",
        local_days={},
        password=password,
        staff=[
            Staff("teacher.b@example.org", "Theo", "Verhagen", "teacher"),
            Staff("coordinator.b@example.org", "Dewi", "Willems", "coordinator"),
            Staff("facilitator.b@example.org", "Irma", "Claes", "coordinator"),
            Staff("principal.b@example.org", "Rob", "Maas", "principal"),
            Staff("board.b@example.org", "Trees", "Janssen", "board_viewer"),
        ],
    )
    theo = staff["teacher.b@example.org"]
    vmbo2b = open_class(school, school.years.get(starts_on=date(2025, 8, 1)), "2b", [theo])
    pupils = {name: enrol(vmbo2b, name, last) for name, last in CLASS_2B}
    return SchoolB(
        school=school,
        vmbo2b=vmbo2b,
        theo=theo,
        dewi=staff["coordinator.b@example.org"],
        irma=staff["facilitator.b@example.org"],
        ravi=pupils["Ravi"],
    )


def report_and_first_sitting(b: SchoolB) -> Conversation:
    """Tue 4 Nov: Ravi tells his mentor. Wed 5 Nov: steps 1, 2 and 4 with Dewi, until he has had enough."""
    report = report_concern(
        b.theo,
        b.school,
        about="Ravi",
        pupil=b.ravi,
        signs=["laughed_at", "picture_shared"],
        description="Een account op TikTok geeft leerlingen cijfers. Er is ook een nepprofiel met zijn naam.",
        urgency="today",
        now=at(4, 15, 10),
    )
    begin_assessing(b.dewi, report.case, b.dewi, now=at(4, 15, 40))
    conversation = activate_case(
        b.dewi,
        report.case,
        target=b.ravi,
        lead=b.dewi,
        indicators=SEVERITY,
        red_flags=[],
        now=at(4, 16),
    )
    _agree_at_once(b, conversation)
    sitting = begin_sitting(b.dewi, conversation, now=at(5, 11, 20))
    items.put_incident(
        b.dewi,
        report.case,
        None,
        now=at(5, 11, 30),
        description="TikTok-account met cijfers en een nepprofiel op Instagram.",
        happened_on=date(2025, 10, 20),
        date_precision="week",
        forms=["cyber", "verbal", "relational"],
        cyber_subforms=["exposing", "impersonation", "harassment"],
        channels=["tiktok", "instagram"],
        audience="public",
        still_online=True,
        sender_known="suspected",
        perceived_grounds=["ethnic_origin", "physical_appearance"],
    )
    for action, effect in (("report_to_platform", "no_effect"), ("told_friend", "worked")):
        items.put_prior_action(
            b.dewi, conversation, None, now=at(5, 11, 35), action_type=action, effect=effect
        )
    for number, given in _answers(b).items():
        record = step_records(conversation)[number - 1]
        save_step(b.dewi, record, given, now=at(5, 11, 50))
        complete_step(b.dewi, record, now=at(5, 11, 50))
    end_sitting(
        b.dewi,
        sitting,
        now=at(5, 11, 55),
        ended_because="pupil_tired",
        recap_read_aloud=True,
        next_contact_at=at(7, 9, 30),
        safety_score=3,
    )
    return conversation


def _agree_at_once(b: SchoolB, conversation: Conversation) -> None:
    """Two promises of the first afternoon, so that the demo has something late and something due today."""
    for owner, what, deadline in (
        (b.theo, "De klas naar de gymles brengen", date(2025, 11, 5)),
        (b.dewi, "Kort bellen met de vader van Ravi", date(2025, 11, 6)),
    ):
        record_agreement(
            b.dewi,
            conversation.case,
            conversation=conversation,
            what=what,
            owner_type="staff",
            owner_staff=owner,
            responsible_staff=b.dewi,
            deadline=deadline,
            share_ok=True,
            now=at(4, 16, 30),
        )


def _answers(b: SchoolB) -> dict[int, dict[str, Any]]:
    return {
        1: {
            "planned_at": "2025-11-05T11:20",
            "planned_by": str(b.dewi.uuid),
            "invited_discreetly": True,
            "location_type": "office",
            "consent_to_talk": "yes",
            "safety_promise_given": True,
            "confidentiality_explained": True,
            "safety_score": 3,
            "immediate_danger": False,
        },
        2: {
            "story": "Ze geven cijfers voor wie het lelijkst is, en er is een nepprofiel met mijn naam.",
            "started_period": "weeks_2_4",
            "frequency": "several_weekly",
            "pattern_when": ["evening", "night"],
            "feelings": ["angry", "ashamed"],
            "wishes": "account weg, en dat ze me met rust laten",
            "not_wishes": "geen kringgesprek over mij",
            "impact_signals": ["sleep", "results"],
        },
        4: {},
    }
