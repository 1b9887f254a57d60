"""What is said and agreed in scenario C, as data: severity, answers, lists, measures, agreements, talks."""

from __future__ import annotations

from datetime import date
from typing import Any

from pestzorg.demo.scenario import Answers, Promise, Talk
from pestzorg.demo.scenario_c.school import at

SEVERITY = {
    "frequency": 2,
    "duration": 1,
    "impact": 1,
    "power": 1,
    "reach": 1,
    "isolation": 0,
    "persistence": 0,
    "ground": 2,
}

# step -> answers; steps 4, 6, 9 and 10 have lists only
ANSWERS: dict[int, Answers] = {
    1: {
        "planned_at": at(7, 13, 20),
        "planned_by": "Katrien",
        "invited_discreetly": True,
        "location_type": "quiet_room",
        "companion": "Mats, die op de gang wacht",
        "consent_to_talk": "yes",
        "safety_promise_given": True,
        "confidentiality_explained": True,
        "safety_score": 5,
        "immediate_danger": False,
    },
    2: {
        "story": "Ze zeggen ro-ro-robot en kicken mij telkens uit de server.",
        "started_period": "weeks_2_4",
        "frequency": "weekly",
        "pattern_when": ["break", "evening"],
        "feelings": ["sad", "tense"],
        "wishes": "gewoon meespelen",
        "not_wishes": "niet dat Senne straf krijgt, dan wordt het erger",
    },
    3: {
        "concern_voiced": True,
        "parents_status": "informed_by_school",
        "approach_explained": ["procedure", "approach", "methods", "timing"],
        "contact_person": "Katrien",
        "first_feedback_on": date(2025, 10, 17),
    },
    5: {
        "praise_given": True,
        "praise_words": "Sterk dat je het vertelt.",
        "standing_up_discussed": True,
        "not_your_fault_said": True,
        "responsibility_named": ["alleged_bullies", "bystanders", "school"],
        "self_blame": "some",
    },
    7: {
        "recap_read_aloud": True,
        "pupil_agrees": "yes",
        "pupil_confidence": 7,
        "safety_score": 6,
        "next_contact_at": at(9, 10, 40),
    },
    8: {
        "decision": "yes",
        "decision_reason": "Het is pas begonnen, weinig leerlingen doen mee en Wout heeft vrienden. Hij wil geen straf.",
        "method": "no_blame",
        "target_consent": "given",
        "may_be_told": "hij durft niet meer voor te lezen en speelt alleen",
        "must_not_be_told": "dat ik naar logopedie ga",
        "facilitator": "Katrien",
        "class_group": "6B",
        "planned_start": date(2025, 10, 9),
    },
}

STORY: dict[str, Any] = {
    "incidents": [
        {
            "description": "Op de speelplaats nagedaan hoe Wout praat, en telkens uit de Discordserver gezet.",
            "happened_on": date(2025, 10, 6),
            "date_precision": "week",
            "forms": ["verbal", "relational", "cyber"],
            "cyber_subforms": ["harassment", "exclusion"],
            "channels": ["face_to_face", "discord", "game_chat"],
            "audience": "small_group",
            "sender_known": "yes",
            "perceived_grounds": ["disability_health"],
        }
    ],
    "people": [
        {"name": "Senne", "role": "alleged_bully", "certainty": "named_by_target"},
        {"name": "Lowie", "role": "assistant", "certainty": "named_by_target"},
        {"name": "Amber", "role": "reinforcer", "certainty": "named_by_target"},
        {"name": "Nore", "role": "outsider", "certainty": "named_by_target"},
        {"name": "Jules", "role": "bystander", "certainty": "named_by_target"},
        {"name": "Ilyas", "role": "defender", "certainty": "named_by_target"},
    ],
    "prior_actions": [
        {"action_type": "ignored", "effect": "no_effect"},
        {"action_type": "changed_behaviour", "effect": "partly", "note": "Meegelachen."},
        {"action_type": "told_teacher", "effect": "worked", "keep_doing": True},
    ],
}

CALL_TO_MOTHER = {
    "person": "Inge, moeder van Wout",
    "held_at": at(7, 16, 15),
    "mode": "phone",
    "concerns": "Wout speelt vaker alleen.",
    "expectations": "Dat hij weer gewoon mee mag doen.",
    "by": "Katrien",
}

MEASURES: dict[str, Answers] = {
    "assertive_message": {
        "status": "agreed",
        "owner": "Wout",
        "deadline": date(2025, 10, 10),
        "note": "Geoefend: Stop. Ik wil dat niet.",
    },
    "change_password": {
        "status": "agreed",
        "owner": "Wout",
        "helper": "Inge",
        "deadline": date(2025, 10, 8),
    },
    "unfriend_block": {"status": "not_now", "note": "Wout wil blijven spelen."},
    "use_nickname": {"status": "already_done"},
    "no_retaliation": {"status": "agreed", "owner": "Wout"},
    "collect_evidence": {
        "status": "agreed",
        "owner": "Wout",
        "helper": "Inge",
        "deadline": date(2025, 10, 7),
    },
    "seek_support": {"status": "agreed", "owner": "Wout", "deadline": date(2025, 10, 9)},
    "file_complaint": {"status": "not_applicable"},
    "report_to_platform": {"status": "not_now"},
}

WORDS = (
    "Twee schermafdrukken van de serverlog bewaren",
    "Een nieuw wachtwoord kiezen",
    "De geoefende zin één keer zeggen",
    "Wout niet onverwacht hardop laten lezen, en een teken afspreken",
    "Moeder laten weten hoe het gaat",
    "De server zo instellen dat een moderator beslist wie erin mag",
)


def _by(day: int, month: int = 10) -> date:
    return date(2025, month, day)


# C1 to C5: what, who does it, who follows up, by when. Bram is not in the case yet, so sharing is asked.
AGREEMENTS = [
    Promise(WORDS[0], "target", "Wout", "Katrien", _by(7), measure="collect_evidence", helper="Inge"),
    Promise(WORDS[1], "target", "Wout", "Katrien", _by(8), measure="change_password", helper="Inge"),
    Promise(WORDS[2], "target", "Wout", "Katrien", _by(10), measure="assertive_message"),
    Promise(
        WORDS[3],
        "staff",
        "Bram",
        "Bram",
        review_on=_by(24),
        starts_on=_by(8),
        asked={"share_ok": True},
    ),
    Promise(WORDS[4], "staff", "Katrien", "Katrien", _by(17)),
]  # fmt: skip

# C6, from the second round of Mon 20 Oct. Fri 31 Oct lies in the autumn holiday.
C6 = Promise(WORDS[5], "pupil_other", "Ilyas", "Katrien", _by(31), helper="Senne")

SUPPORT_PERSONS = [
    {"name": "Mats", "relationship": "friend", "tasks": ["join_at_break"], "answer": "accepted"},
    {"name": "Bram", "relationship": "class_teacher", "tasks": ["listen"], "answer": "accepted"},
    {
        "name": "Roger",
        "relationship": "grandparent",
        "tasks": ["care_at_home"],
        "answer": "not_asked",
        "asked_by": "Katrien",
        "ask_before": date(2025, 10, 10),
    },
]

# The talk of Thu 9 Oct comes from step 7.
TALKS = [
    Talk("Wout", at(17, 10, 40), "Katrien", purposes=("progress",)),
    Talk("Inge", at(17, 16), "Katrien", "parent", purposes=("inform",)),
]
SECOND_ROUND = Talk("Wout", at(24, 10, 40), "Katrien", purposes=("progress",))
WITHOUT_TALK = dict.fromkeys(("Senne", "Lowie", "Amber"), "in_group")
