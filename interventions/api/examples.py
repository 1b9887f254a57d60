"""What is sent to the API about interventions, as its description shows it."""

from drf_spectacular.utils import OpenApiExample

SOMEBODY = "7f0c6a2e-4b1d-4f5a-9a53-1f6f2f0b9c11"


def _sent(name: str, value: dict[str, object]) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


BEGIN = _sent(
    "The support group that step 8 chose", {"variant": "without_target", "share_ok": True}
)
BEGIN_ALONE = _sent(
    "A circle in an ordinary class",
    {
        "class_group": SOMEBODY,
        "method": "restorative_circle",
        "variant": "proactive_circle",
        "planned_start": "2025-11-10",
    },
)
SAVE_PHASE = _sent(
    "Half of the first phase of a support group",
    {"answers": {"friends_or_wished": "Lieke en Daan", "happiness_score": 4, "consent": None}},
)
PLAN_PHASE = _sent("On Thursday", {"planned_on": "2025-11-13"})
HOLD_PHASE = _sent("Today", {"held_on": "2025-11-13"})
