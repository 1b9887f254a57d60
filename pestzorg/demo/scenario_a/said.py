"""What is said and agreed in scenario A, as data: severity, answers, measures, agreements."""

from __future__ import annotations

from datetime import date
from typing import Any

from cases.models import Participant
from pestzorg.demo.scenario_a.school import SchoolA
from schools.models import SchoolClass, User

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
