"""What is said and agreed in scenario E, as data: severity, answers, lists, measures, agreements, talks."""

from __future__ import annotations

from datetime import date
from typing import Any

from pestzorg.demo.scenario import Answers, Promise, Talk
from pestzorg.demo.scenario_e.school import at

SEVERITY = {
    "frequency": 2,
    "duration": 1,
    "impact": 1,
    "power": 2,
    "reach": 2,
    "isolation": 1,
    "persistence": 0,
    "ground": 1,
}
SENDER = "Wie het account beheert"

# step -> answers; steps 6, 9 and 10 have lists only
ANSWERS: dict[int, Answers] = {
    1: {
        "planned_at": at(3, 12, 10),
        "planned_by": "Lieuwe",
        "invited_discreetly": True,
        "location_type": "quiet_room",
        "pupil_had_choice": True,
        "consent_to_talk": "yes",
        "safety_promise_given": True,
        "confidentiality_explained": True,
        "safety_score": 5,
        "immediate_danger": False,
    },
    2: {
        "story": "Er staat een verhaal over mij op dat confessions-account, half waar.",
        "started_period": "weeks_2_4",
        "frequency": "weekly",
        "pattern_when": ["evening"],
        "feelings": ["ashamed", "angry"],
        "wishes": "dat het account weg is",
        "not_wishes": "geen zoektocht naar wie het was in de klas",
        "none_taken": True,
    },
    3: {
        "concern_voiced": True,
        "parents_status": "informed_by_pupil",
        "approach_explained": ["procedure", "approach", "methods", "timing"],
        "contact_person": "Hilde",
        "first_feedback_on": date(2026, 3, 6),
    },
    4: {"none_taken": True},
    5: {
        "praise_given": True,
        "praise_words": "Goed dat je het meteen vertelde.",
        "standing_up_discussed": True,
        "not_your_fault_said": True,
        "responsibility_named": ["alleged_bullies", "bystanders", "school"],
        "self_blame": "none",
    },
    7: {
        "recap_read_aloud": True,
        "pupil_agrees": "yes",
        "pupil_confidence": 6,
        "safety_score": 6,
        "next_contact_at": at(11, 10, 15),
    },
    8: {
        "decision": "yes",
        "decision_reason": "We weten niet wie het doet, het raakt meer leerlingen en het gaat over de sfeer.",
        "method": "class_thermometer",
        "target_consent": "given",
        "facilitator": "Lieuwe",
        "class_group": "1c",
        "planned_start": date(2026, 3, 5),
    },
}

STORY: dict[str, Any] = {
    "incidents": [
        {
            "description": "Een anoniem account op Snapchat met verhalen over de klas, ook over Jip.",
            "happened_on": date(2026, 2, 16),
            "date_precision": "month",
            "forms": ["cyber", "relational"],
            "cyber_subforms": ["denigration", "outing"],
            "channels": ["snapchat", "anonymous_app"],
            "audience": "class",
            "still_online": True,
            "sender_known": "no",
            "perceived_grounds": ["family"],
        }
    ],
    "people": [
        {"name": SENDER, "role": "alleged_bully", "certainty": "suspected"},
        {
            "name": "Anouk",
            "role": "unknown",
            "certainty": "reported_by_other",
            "note": "Er staat ook een verhaal over haar.",
        },
        {
            "name": "Sem",
            "role": "unknown",
            "certainty": "reported_by_other",
            "note": "Er staat ook een verhaal over hem.",
        },
        {"name": "Roos", "role": "defender", "certainty": "named_by_target"},
    ],
}

MEASURES: dict[str, Answers] = {
    "assertive_message": {"status": "not_applicable", "note": "We weten niet wie het stuurt."},
    "change_password": {"status": "agreed", "owner": "Jip", "deadline": date(2026, 3, 5)},
    "unfriend_block": {"status": "agreed", "owner": "Jip", "deadline": date(2026, 3, 5)},
    "use_nickname": {"status": "agreed", "owner": "Jip"},
    "no_retaliation": {"status": "agreed", "owner": "Jip"},
    "collect_evidence": {
        "status": "agreed",
        "owner": "Jip",
        "helper": "Wieke",
        "deadline": date(2026, 3, 4),
    },
    "seek_support": {"status": "agreed", "owner": "Jip", "deadline": date(2026, 3, 6)},
    "file_complaint": {"status": "not_now"},
    "report_to_platform": {
        "status": "agreed",
        "owner": "Jip",
        "helper": "Wieke",
        "deadline": date(2026, 3, 4),
    },
}

WORDS = (
    "De berichten met de datum bewaren",
    "Het account melden bij Snapchat",
    "Nakijken wat Snapchat met de melding deed",
    "De klasthermometer afnemen",
    "Vijf kringgesprekken plannen",
    "De klasafspraken op het portaal zetten en na de vakantie een kring houden",
)
# Jip wants no search in the class, so every plan with the class asks why.
NO_SEARCH = {"wish_reason": "Het gaat over hoe we met elkaar omgaan. Niemand zoekt wie het was."}


def _by(day: int, month: int = 3) -> date:
    return date(2026, month, day)


# E1 to E5: what, who does it, who follows up, by when.
AGREEMENTS = [
    Promise(WORDS[0], "target", "Jip", "Hilde", _by(4), measure="collect_evidence", helper="Wieke"),
    Promise(WORDS[1], "parent", "Wieke", "Hilde", _by(4), measure="report_to_platform"),
    Promise(WORDS[2], "staff", "Hilde", "Hilde", _by(11)),
    Promise(WORDS[3], "staff", "Lieuwe", "Lieuwe", _by(5), asked=NO_SEARCH),
    Promise(WORDS[4], "staff", "Lieuwe", "Lieuwe", _by(12), asked=NO_SEARCH),
]

# E6, agreed when the class got its feedback. King's Day, Mon 27 Apr, lies in the May holiday.
E6 = Promise(WORDS[5], "staff", "Lieuwe", "Lieuwe", _by(27, 4), asked=NO_SEARCH)

SUPPORT_PERSONS = [
    {"name": "Roos", "relationship": "classmate", "tasks": ["listen"], "answer": "accepted"},
    {
        "name": "Wieke",
        "relationship": "parent",
        "tasks": ["listen", "help_with_device"],
        "answer": "accepted",
    },
    {
        "name": "Lieuwe",
        "relationship": "class_teacher",
        "tasks": ["follow_agreements"],
        "answer": "accepted",
    },
]

# The talk of Wed 11 Mar comes from step 7.
TALKS = [
    Talk("Jip", at(17, 10, 15), "Lieuwe", purposes=("progress",)),
    Talk("Anouk", at(6, 10), "Lieuwe"),
    Talk("Sem", at(6, 10, 20), "Lieuwe"),
    Talk("Wieke", at(6, 15, 30), "Hilde", "parent", purposes=("inform",)),
]
WITHOUT_TALK = {SENDER: "unknown"}
