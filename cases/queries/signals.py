"""What the conversation tells that asks for an assessment of severity at once: red flags, and what comes down to one."""

from __future__ import annotations

from cases.models import Case, Evidence, SeverityAssessment, StepRecord
from cases.protocol import vocabulary
from cases.protocol.step_numbers import SAFE_SETTING, STORY

TELLING_STEPS = (SAFE_SETTING, STORY)
DESPAIR, INTIMATE_IMAGE = "self_harm_or_suicidal", "intimate_image_minor"
# A cyber form that is critical by itself, and the red flag that it comes down to.
FLAG_OF_FORM = {
    "image_abuse": INTIMATE_IMAGE,
    "sextortion": "sextortion",
    "grooming": "adult_involved",
    "incitement_self_harm": DESPAIR,
}


def signals_of(case: Case) -> list[str]:
    """The red flags that steps 1 and 2, the incidents and what shows them name, in the order of the vocabulary."""
    found = {INTIMATE_IMAGE} if _has_intimate_image(case) else set()
    for record in StepRecord.objects.filter(conversation__case=case, step__in=TELLING_STEPS):
        found |= set(record.answers.get("red_flags") or ())
        if any(_is_starred(key) for key in record.answers.get("impact_signals") or ()):
            found.add(DESPAIR)
    for incident in case.incidents.all():
        found |= {FLAG_OF_FORM[key] for key in incident.cyber_subforms if key in FLAG_OF_FORM}
    return [term.key for term in vocabulary.terms("red_flags") if term.key in found]


def _has_intimate_image(case: Case) -> bool:
    shown = Evidence.objects.filter(incident__case=case, contains_intimate_image=True)
    return shown.exists()


def waiting_signals(case: Case, last: SeverityAssessment | None) -> list[str]:
    """Signals that the last assessment neither took as a red flag nor weighed and found to be none."""
    known = {*last.red_flags, *last.weighed} if last else set()
    return [key for key in signals_of(case) if key not in known]


def _is_starred(impact: str) -> bool:
    return bool(vocabulary.term("impact_signals", impact).note["red_flag"])
