"""What is said and agreed in scenario B, as data: severity, answers, lists, measures, agreements, talks."""

from __future__ import annotations

from datetime import date
from typing import Any

from pestzorg.demo.scenario import Answers, Promise, Talk
from pestzorg.demo.scenario_b.school import at

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

# step -> answers; steps 4, 6, 9 and 10 have lists only
ANSWERS: dict[int, Answers] = {
    1: {
        "planned_at": at(14, 11, 20),
        "planned_by": "Dewi",
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
    3: {
        "concern_voiced": True,
        "parents_status": "informed_by_school",
        "approach_explained": ["procedure", "approach", "methods", "timing"],
        "contact_person": "Dewi",
        "first_feedback_on": date(2026, 1, 16),
    },
    5: {
        "praise_given": True,
        "praise_words": "Goed dat je naar je mentor bent gegaan.",
        "standing_up_discussed": True,
        "not_your_fault_said": True,
        "responsibility_named": ["alleged_bullies", "bystanders", "school"],
        "self_blame": "none",
    },
    7: {
        "recap_read_aloud": True,
        "pupil_agrees": "yes",
        "pupil_confidence": 5,
        "safety_score": 4,
        "next_contact_at": at(20, 10, 30),
    },
    8: {
        "decision": "yes",
        "decision_reason": "Een groepje doet dit samen. Het is ernstig, en wie mee wil werken krijgt de kans.",
        "method": "shared_concern",
        "target_consent": "given",
        "facilitator": "Irma",
        "class_group": "2b",
        "planned_start": date(2026, 1, 19),
    },
}

STORY: dict[str, Any] = {
    "incidents": [
        {
            "description": "TikTok-account met cijfers en een nepprofiel op Instagram.",
            "happened_on": date(2026, 1, 5),
            "date_precision": "week",
            "forms": ["cyber", "verbal", "relational"],
            "cyber_subforms": ["exposing", "impersonation", "harassment"],
            "channels": ["tiktok", "instagram"],
            "audience": "public",
            "still_online": True,
            "sender_known": "suspected",
            "possible_offence": True,
            "perceived_grounds": ["ethnic_origin", "physical_appearance"],
        }
    ],
    "people": [
        {"name": "Jesse", "role": "alleged_bully", "certainty": "named_by_target"},
        {"name": "Kaan", "role": "alleged_bully", "certainty": "named_by_target"},
        {"name": "Mick", "role": "assistant", "certainty": "named_by_target"},
        {"name": "Femke", "role": "reinforcer", "certainty": "named_by_target"},
        {"name": "Sofie", "role": "defender", "certainty": "named_by_target"},
    ],
    "prior_actions": [
        {"action_type": "report_to_platform", "effect": "no_effect"},
        {
            "action_type": "retaliated",
            "effect": "made_worse",
            "note": "Teruggeschreven onder de filmpjes.",
        },
        {
            "action_type": "told_friend",
            "effect": "worked",
            "keep_doing": True,
            "note": "Aan Sofie verteld.",
        },
    ],
}

# Thu 15 Jan, as the resume check asks
NEWS: dict[str, Any] = {
    "incidents": [
        {
            "description": "Het account op TikTok heeft veertig volgers meer.",
            "happened_on": date(2026, 1, 14),
            "date_precision": "exact",
            "forms": ["cyber"],
            "cyber_subforms": ["exposing"],
            "channels": ["tiktok"],
            "audience": "public",
            "still_online": True,
        }
    ]
}

CALL_TO_FATHER = {
    "person": "Anil, vader van Ravi",
    "held_at": at(14, 16),
    "mode": "phone",
    "concerns": "Ravi slaapt slecht en wil niet dat het groter wordt.",
    "expectations": "Dat de accounts weg zijn.",
    "by": "Dewi",
}

MEASURES: dict[str, Answers] = {
    "assertive_message": {"status": "not_now", "note": "Het account is anoniem."},
    "change_password": {"status": "agreed", "owner": "Ravi", "deadline": date(2026, 1, 15)},
    "unfriend_block": {
        "status": "agreed",
        "owner": "Ravi",
        "deadline": date(2026, 1, 16),
        "note": "Pas nadat het bewijs bewaard is.",
    },
    "use_nickname": {"status": "agreed", "owner": "Ravi"},
    "no_retaliation": {"status": "agreed", "owner": "Ravi"},
    "collect_evidence": {"status": "already_done", "note": "Samen met zijn vader."},
    "seek_support": {"status": "agreed", "owner": "Ravi", "deadline": date(2026, 1, 19)},
    "file_complaint": {"status": "declined", "note": "De familie wil dat nu niet."},
    "report_to_platform": {"status": "already_done", "note": "Zijn vader heeft het gemeld."},
}

WORDS = (
    "De wachtwoorden van alle accounts wijzigen en inloggen in twee stappen aanzetten",
    "Beide accounts blokkeren als het bewijs bewaard is",
    "Nakijken wat TikTok en Instagram met de meldingen deden",
    "Trainer Hamid vragen als steunfiguur",
    "De gesprekken apart beginnen",
    "Meelopen naar de gymles en op de gang bij de kleedkamers zijn",
    "Kort bellen met vader",
    "Schermafdrukken wissen en niets over elkaar plaatsen, en dat laten weten",
)


def _by(day: int, month: int = 1) -> date:
    return date(2026, month, day)


# B1 to B7: what, who does it, who follows up, by when. Theo is not in the case yet, so sharing is asked once.
AGREEMENTS = [
    Promise(WORDS[0], "target", "Ravi", "Dewi", _by(15), measure="change_password"),
    Promise(WORDS[1], "target", "Ravi", "Dewi", _by(16), measure="unfriend_block"),
    Promise(WORDS[2], "staff", "Dewi", "Dewi", _by(21)),
    Promise(WORDS[3], "staff", "Theo", "Theo", _by(21), asked={"share_ok": True}),
    Promise(WORDS[4], "staff", "Irma", "Irma", _by(19)),
    Promise(WORDS[5], "staff", "Theo", "Theo", review_on=_by(6, 2), starts_on=_by(16)),
    Promise(WORDS[6], "staff", "Dewi", "Dewi", _by(6, 2)),
]

# B8, agreed at the summit meeting: Jesse, for the four. Tue 17 Feb lies in the carnival holiday; the day before it
# is proposed, and Irma chooses the day after.
B8 = Promise(WORDS[7], "pupil_other", "Jesse", "Irma", _by(17, 2), asked={"due": _by(23, 2)})

SUPPORT_PERSONS = [
    {
        "name": "Sofie",
        "relationship": "classmate",
        "tasks": ["listen", "join_at_break"],
        "answer": "accepted",
    },
    {
        "name": "Anil",
        "relationship": "parent",
        "tasks": ["help_with_device"],
        "answer": "accepted",
    },
    {
        "name": "Hamid",
        "relationship": "coach",
        "tasks": ["listen"],
        "answer": "not_asked",
        "asked_by": "Theo",
        "ask_before": date(2026, 1, 21),
    },
]

# The talk of Tue 20 Jan comes from step 7.
TALKS = [
    Talk("Ravi", at(28, 10, 30), "Dewi"),
    Talk("Anil", at(6, 16, month=2), "Dewi", "parent", purposes=("inform",)),
]
WITHOUT_TALK = dict.fromkeys(("Jesse", "Kaan", "Mick", "Femke"), "in_group")
