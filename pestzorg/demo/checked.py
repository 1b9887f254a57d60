"""What the suitability check says in each story (domain.md 7); what a story does not tell is not clear yet."""

from __future__ import annotations

from interventions.suitability import newest

# The answers in the order of the questions, by the method that the story chose.
CHECKED = {
    "support_group": "months mild little allies unclear weeks enough conditional trained",
    "shared_concern": "months serious group allies unclear weeks unclear given neutral",
    "no_blame": "recent mild little allies unclear weeks strong given trained",
    "restorative_circle": "recent grave group allies yes now enough conditional neutral",
    "class_thermometer": "recent mild unclear several unclear longer unclear given class_team",
}


def checked(method: str) -> dict[str, str]:
    """The answers of the story of this method, by question."""
    keys = [one.key for one in newest().indicators]
    return dict(zip(keys, CHECKED[method].split(), strict=True))
