"""Interventions of the world: of the case and without one, run by the coordinator and by a persona."""

from __future__ import annotations

from typing import Any

from cases.models import Case, Conversation
from cases.services.conversations import step_records
from cases.services.steps import save_step
from interventions.models import Intervention, SuitabilityCheck
from interventions.services.adapting import adapt_method
from interventions.services.starting import start_intervention, start_preventive
from interventions.services.suitability import check_suitability
from interventions.tests.answers import points_to
from pestzorg.testing.builders import NOW, make_class
from schools.models import School, SchoolClass, User

METHOD = "no_blame"


def of_case(boss: User, case: Case, group: SchoolClass, words: str, **runs: Any) -> dict[str, Any]:
    """One that `facilitator` runs, with words in its conditions; what its addresses name."""
    method, variant, facilitator = runs["method"], runs["variant"], runs["facilitator"]
    record = step_records(case.conversations.get())[7]
    answers = {
        "decision": "yes",
        "decision_reason": words,
        "method": method,
        "target_consent": "conditional",
        "consent_conditions": words,
        "facilitator": str(facilitator.uuid),
        "class_group": str(group.uuid),
        "planned_start": NOW.date().isoformat(),
    }
    save_step(boss, record, answers, now=NOW)
    _weigh(boss, record.conversation, method, words)
    # The class has one pupil, so nothing is advised and the reason stands there too.
    how = {"method": method, "variant": variant, "advice_reason": words}
    made = start_intervention(boss, record.conversation, now=NOW, share_ok=True, **how)
    return {"intervention_uuid": made.uuid, "phase_uuid": _first(made)}


def _weigh(boss: User, conversation: Conversation, method: str, words: str) -> None:
    """Answers that point to the method, with words in the note; answered twice, so that a version stands too."""
    for answers in ({"age": "unclear"}, points_to(method)):
        saved = SuitabilityCheck.objects.filter(conversation=conversation).first()
        check_suitability(boss, conversation, answers, now=NOW, note=words, saved=saved)


def without_case(runner: User, school: School, group: SchoolClass | None = None) -> dict[str, Any]:
    """A circle in a class; in one that nobody teaches when none is named."""
    made = start_preventive(
        runner,
        group or make_class(school, "9Z"),
        method="restorative_circle",
        variant="proactive_circle",
        planned_start=NOW.date(),
        now=NOW,
    )
    return {"preventive_uuid": made.uuid, "preventive_phase_uuid": _first(made)}


def adapted(boss: User, school: School) -> str:
    """A method that the school put in its own words, by its key."""
    adapt_method(boss, school, METHOD, {"label": "Ons groepje"}, now=NOW)
    return METHOD


def _first(made: Intervention) -> Any:
    return made.phases.values_list("uuid", flat=True)[0]
