"""How the document of the API describes the answers of a step: every question of the current edition by its key."""

from __future__ import annotations

from typing import Any

from cases.protocol import CURRENT_EDITION, Field, edition

NAME = "StepAnswers"
ANSWERS = {"$ref": f"#/components/schemas/{NAME}"}
TEXT = {"type": "string"}
NAMED = {"type": "string", "format": "uuid"}
TYPES: dict[str, dict[str, Any]] = {
    "bool": {"type": "boolean"},
    "must_be_true": {"type": "boolean"},
    "score": {"type": "integer", "minimum": 0, "maximum": 10},
    "choice": TEXT,
    "multi": {"type": "array", "items": TEXT},
    "char": TEXT,
    "text": TEXT,
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "staff": NAMED,
    "leader": NAMED,
    "class_group": NAMED,
}
ABOUT = (
    "Answers by key of the question, as the current edition asks them. A conversation keeps the edition it began "
    "with, so an older one may lack a question or have another. Which step asks what stands with each."
)


def describe_answers(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Hook of the schema: adds the component that ANSWERS points to."""
    questions: dict[str, dict[str, Any]] = {}
    for step in edition(CURRENT_EDITION).steps:
        for field in step.fields:
            known = questions.setdefault(field.key, _described(field))
            asked = f"Step {step.number}: {field.label.en}"
            known["description"] = " ".join(filter(None, [known.get("description"), asked]))
    result["components"]["schemas"][NAME] = {
        "type": "object",
        "description": ABOUT,
        "properties": dict(sorted(questions.items())),
        "additionalProperties": {},
    }
    return result


def _described(field: Field) -> dict[str, Any]:
    described = {**TYPES[field.kind], "nullable": True}
    if field.max_length:
        described["maxLength"] = field.max_length
    if not field.choices:
        return described
    keys = [choice.key for choice in field.choices]
    if field.kind == "multi":
        return {**described, "items": {**TEXT, "x-extensible-enum": keys}}
    return {**described, "x-extensible-enum": keys}
