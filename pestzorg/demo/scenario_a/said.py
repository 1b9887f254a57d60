"""What is said and agreed in scenario A, as data: severity, answers, lists, measures, agreements, talks."""

from __future__ import annotations

from datetime import date
from typing import Any

from pestzorg.demo.scenario import Answers, Promise, Talk
from pestzorg.demo.scenario_a.school import at

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

# step -> answers; steps 4, 6, 9 and 10 have lists only
ANSWERS: dict[int, Answers] = {
    1: {
        "planned_at": at(4, 10, 15),
        "planned_by": "Marit",
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
        "contact_person": "Sami",
        "first_feedback_on": date(2025, 11, 14),
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
        "next_contact_at": at(10, 8, 30),
    },
    8: {
        "decision": "yes",
        "decision_reason": "Een groepje doet mee en Noor heeft bondgenoten.",
        "method": "support_group",
        "target_consent": "conditional",
        "consent_conditions": "mijn naam mag, niet wat er op de stickers staat",
        "facilitator": "Fleur",
        "class_group": "groep 7",
        "planned_start": date(2025, 11, 7),
    },
}

STORY: dict[str, Any] = {
    "incidents": [
        {
            "description": "Groepsapp zonder Noor, met stickers van haar foto.",
            "happened_on": date(2025, 10, 27),
            "date_precision": "month",
            "forms": ["relational", "cyber"],
            "cyber_subforms": ["exclusion", "denigration"],
            "channels": ["whatsapp"],
            "audience": "class",
            "still_online": True,
            "sender_known": "yes",
        }
    ],
    "people": [
        {"name": "Lieke", "role": "alleged_bully", "certainty": "named_by_target"},
        {"name": "Tess", "role": "reinforcer", "certainty": "named_by_target"},
        {"name": "Daan", "role": "reinforcer", "certainty": "named_by_target"},
        {"name": "Bo", "role": "outsider", "certainty": "named_by_target"},
        {"name": "Finn", "role": "outsider", "certainty": "named_by_target"},
        {"name": "Yara", "role": "defender", "certainty": "named_by_target"},
    ],
    "prior_actions": [
        {"action_type": "ignored", "effect": "no_effect"},
        {"action_type": "left_group", "effect": "made_worse"},
        {
            "action_type": "told_friend",
            "effect": "partly",
            "keep_doing": True,
            "note": "Mila uit groep 8",
        },
    ],
}

CALL_OF_5_NOVEMBER = {
    "person": "Karin, moeder van Noor",
    "held_at": at(5, 16),
    "mode": "phone",
    "concerns": "Noor heeft buikpijn op maandag.",
    "expectations": "Dat de stickers verdwijnen.",
    "by": "Marit",
}

MEASURES: dict[str, Answers] = {
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


def _by(day: int) -> date:
    return date(2025, 11, day)


# A1 to A7: what, who does it, who follows up, by when. Mila is asked later, in step 10.
AGREEMENTS = [
    Promise(WORDS[0], "target", "Noor", "Sami", _by(7), measure="collect_evidence", helper="Karin"),
    Promise(WORDS[1], "target", "Noor", "Sami", _by(7), measure="change_password", helper="Karin"),
    Promise(WORDS[2], "staff", "Marit", "Marit", _by(7)),
    Promise(WORDS[3], "staff", "Fleur", "Fleur", _by(10)),
    Promise(WORDS[4], "parent", "Karin", "Sami", _by(10), measure="report_to_platform"),
    Promise(WORDS[5], "staff", "Sami", "Sami", _by(14)),
    Promise(WORDS[6], "external", "Mila", "Marit", review_on=_by(17)),
]

SUPPORT_PERSONS = [
    {
        "name": "Mila",
        "relationship": "older_pupil",
        "tasks": ["join_at_break"],
        "answer": "not_asked",
        "asked_by": "Marit",
        "ask_before": date(2025, 11, 7),
    },
    {
        "name": "Karin",
        "relationship": "parent",
        "tasks": ["help_with_device", "listen"],
        "answer": "accepted",
    },
]

# The talk of Mon 10 Nov comes from step 7.
TALKS = [
    Talk("Noor", at(17, 8, 30), "Marit", purposes=("review_agreements",)),
    Talk("Karin", at(13, 16), "Sami", "parent", purposes=("inform",)),
    Talk("Lieke", at(25, 12, 15), "Marit", purposes=("progress",)),
]
WITHOUT_TALK = {"Tess": "in_group", "Daan": "in_group"}
