"""What is said in scenario D, as data: severity, answers and lists of the steps. Agreements: agreed.py."""

from __future__ import annotations

from datetime import date
from typing import Any

from pestzorg.demo.scenario import Answers
from pestzorg.demo.scenario_d.school import at

SEVERITY = {
    "frequency": 2,
    "duration": 0,
    "impact": 3,
    "power": 2,
    "reach": 3,
    "isolation": 1,
    "persistence": 0,
    "ground": 2,
}
RED_FLAGS = ("intimate_image_minor", "sextortion")

# step -> answers; steps 4, 6, 9 and 10 have lists only
ANSWERS: dict[int, Answers] = {
    1: {
        "planned_at": at(24, 10, 20),
        "planned_by": "Nele",
        "invited_discreetly": True,
        "location_type": "office",
        "pupil_had_choice": True,
        "companion": "Pieter Vos",
        "consent_to_talk": "yes",
        "safety_promise_given": True,
        "confidentiality_explained": True,
        "safety_score": 2,
        "immediate_danger": True,
        "red_flags": [*RED_FLAGS],
        "immediate_measures": "Haar ouders halen haar op. We bellen de politie en Child Focus.",
    },
    2: {
        "story": "Er gaat een nepfoto van mij rond. Ze vroegen geld, anders zou iedereen hem zien.",
        "started_period": "days",
        "frequency": "several_weekly",
    },
    3: {
        "concern_voiced": True,
        "parents_status": "informed_by_school",
        "approach_explained": ["procedure", "approach", "methods", "timing"],
        "contact_person": "Nele",
        "first_feedback_on": date(2026, 2, 25),
    },
    5: {
        "praise_given": True,
        "praise_words": "Heel moedig dat je dit vertelt.",
        "standing_up_discussed": True,
        "not_your_fault_said": True,
        "responsibility_named": ["alleged_bullies", "bystanders", "school"],
        "self_blame": "strong",
        "self_blame_plan": "Sara van het CLB praat er met haar over.",
    },
    6: {
        "postponed_to": date(2026, 2, 25),
        "postponed_reason": "Eerst zorgen we dat ze veilig is. De rest bespreken we morgen.",
    },
    7: {
        "recap_read_aloud": True,
        "pupil_agrees": "yes",
        "pupil_confidence": 4,
        "safety_score": 3,
        "next_contact_at": at(27, 10),
    },
    8: {
        "decision": "not_now",
        "decision_reason": "De politie onderzoekt het eerst.",
        "review_on": date(2026, 3, 17),
    },
}

REST_OF_STORY: Answers = {
    "pattern_when": ["evening", "night"],
    "feelings": ["ashamed", "afraid", "angry"],
    "wishes": "dat iedereen het wist en zwijgt",
    "not_wishes": "niet dat leerkrachten het bekijken",
    "impact_signals": ["sleep", "absent", "self_blame"],
}

# Wed 18 Mar: the police let the school act, and both boys acknowledge what they did.
REVISED: Answers = {
    "decision": "yes",
    "decision_reason": "De politie laat ons verdergaan. Beide jongens erkennen wat ze deden.",
    "method": "restorative_circle",
    "target_consent": "conditional",
    "consent_conditions": "met mijn moeder erbij, niet naast Robbe, en ik mag stoppen wanneer ik wil",
    "facilitator_is_external": True,
    "facilitator_name": "Griet Lemmens, herstelbemiddelaar",
    "class_group": "3 HW-B",
    "planned_start": date(2026, 3, 20),
}

OUTLINE: dict[str, Any] = {
    "incidents": [
        {
            "description": "Een nepbeeld, gemaakt met een app, is doorgestuurd. Er werd geld gevraagd om te zwijgen.",
            "happened_on": date(2026, 2, 23),
            "date_precision": "week",
            "forms": ["cyber", "sexual"],
            "cyber_subforms": ["image_abuse", "sextortion"],
            "channels": ["snapchat", "whatsapp", "ai_tool"],
            "audience": "school",
            "still_online": True,
            "sender_known": "yes",
            "perceived_grounds": ["sex_gender"],
        }
    ],
    "people": [
        {"name": "Robbe", "role": "alleged_bully", "certainty": "named_by_target"},
        {"name": "Niels", "role": "alleged_bully", "certainty": "reported_by_other"},
        *(
            {"name": name, "role": "reinforcer", "certainty": "reported_by_other"}
            for name in ("Kobe", "Lena", "Stan", "Febe", "Wannes")
        ),
        {"name": "Hanne", "role": "defender", "certainty": "named_by_target"},
        {"name": "Sam", "role": "defender", "certainty": "named_by_target"},
    ],
    "prior_actions": [
        {
            "action_type": "assertive_message",
            "effect": "made_worse",
            "note": "Aan Robbe gevraagd om te stoppen.",
        },
        {"action_type": "told_friend", "effect": "worked", "keep_doing": True},
    ],
}

MEETING_WITH_PARENTS = {
    "person": "Aylin en Murat, ouders van Elif",
    "held_at": at(24, 11, 30),
    "mode": "meeting",
    "concerns": "Dat het beeld blijft rondgaan.",
    "expectations": "Dat de school samen met hen naar de politie stapt.",
    "by": "Nele",
}
