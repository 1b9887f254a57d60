"""What is sent to the API, as its description shows it. Every name is made up."""

from drf_spectacular.utils import OpenApiExample

SOMEBODY = "7f0c6a2e-4b1d-4f5a-9a53-1f6f2f0b9c11"


def _sent(name: str, value: dict[str, object]) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


SAVE_STEP = _sent(
    "Half of step 2",
    {"answers": {"frequency": "weekly", "feelings": ["sad", "tense"], "thoughts": None}},
)
NEW_AGREEMENT = _sent(
    "A colleague does something by a day",
    {
        "what": "Spreekt met de klas over de chatgroep",
        "owner_type": "staff",
        "owner_staff": SOMEBODY,
        "responsible_staff": SOMEBODY,
        "deadline": "2025-11-14",
    },
)
CHANGE_AGREEMENT = _sent("A later day", {"deadline": "2025-11-18"})
SETTLE = _sent("Partly done", {"status": "partly", "note": "Met de helft van de klas gesproken."})
HELPED = _sent("It helped", {"helped": "yes", "helped_words": "Ze laten me nu meedoen."})
PLAN_TALK = _sent(
    "With the pupil, in a week",
    {
        "with_participant": SOMEBODY,
        "conductor": SOMEBODY,
        "planned_at": "2025-11-13T10:30:00+01:00",
        "purposes": ["check_safety", "review_agreements"],
    },
)
MOVE_TALK = _sent("A day later", {"planned_at": "2025-11-14T10:30:00+01:00"})
RECORD_TALK = _sent(
    "Held, and it goes better",
    {
        "status": "held",
        "new_incident": False,
        "safety_score": 7,
        "progress": "better",
        "progress_examples": "Fietst weer samen met de anderen.",
        "congratulated": True,
        "congratulation_words": "Knap dat je zelf bent gaan vragen.",
        "next_talk_at": "2025-11-24T10:30:00+01:00",
    },
)
