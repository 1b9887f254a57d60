"""Assessing how serious a case is, at any moment: eight indicators, red flags, and another level with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Case, SeverityAssessment
from cases.queries.judging import HIGHEST, INDICATORS, Judgement, judge
from cases.queries.signals import signals_of, waiting_signals
from cases.services.leading import ensure_leader
from cases.services.severity_terms import follow_level
from cases.services.sharing import lock
from pestzorg.audit import log
from pestzorg.errors import Problem, broken, refuse_if
from schools.models import User


@dataclass(frozen=True)
class Choice:
    """What somebody adds to the answers: another level, and why; whether it is calm; who leads from now on."""

    level: int | None = None
    reason: str = ""
    stable: bool = False
    handler: User | None = None


AS_PROPOSED = Choice()


@transaction.atomic
def assess_severity(
    actor: User,
    case: Case,
    indicators: Mapping[str, int | None],
    red_flags: list[str],
    *,
    now: datetime,
    choice: Choice = AS_PROPOSED,
) -> SeverityAssessment:
    """Keep a new assessment; set level and terms on the case and plan the next review. The caller locks the case.

    Refuses what `keep_assessment` refuses.
    """
    assessment = keep_assessment(actor, case, indicators, red_flags, now=now, choice=choice)
    renamed = ensure_leader(actor, case, assessment.level, choice.handler, now=now)
    follow_level(assessment, now=now, has_new_leader=renamed)
    return assessment


def keep_assessment(
    actor: User,
    case: Case,
    indicators: Mapping[str, int | None],
    red_flags: list[str],
    *,
    now: datetime,
    choice: Choice = AS_PROPOSED,
) -> SeverityAssessment:
    """Store the answers, and leave the case as it is.

    Refuses a missing indicator; a level below a red flag or more than one away from the proposal; and without a
    reason another level than the proposal, or passing over a signal that the conversation holds.
    """
    judged = judge_answers(case, indicators, red_flags)
    signals = signals_of(case)
    refuse_if(_choice_problems(judged, choice, set(signals) - set(red_flags)))
    level = choice.level or judged.level
    assessment = SeverityAssessment(
        case=case,
        **{key: indicators[key] for key in INDICATORS},
        red_flags=red_flags,
        score=judged.score,
        proposed_level=judged.level,
        level=level,
        deviation_reason=choice.reason,
        weighed=signals,
        stable=choice.stable and level == HIGHEST,
        assessed_by=actor,
        assessed_at=now,
    )
    assessment.full_clean()
    assessment.save()
    _record(actor, assessment, now)
    return assessment


def judge_answers(
    case: Case, indicators: Mapping[str, int | None], red_flags: list[str]
) -> Judgement:
    """What follows from these answers and from the incidents of the case. Refuses a missing indicator."""
    missing = [key for key in INDICATORS if indicators.get(key) not in range(4)]
    refuse_if([Problem(key, _("Choose one of the four."), "required") for key in missing])
    subforms = [sub for incident in case.incidents.all() for sub in incident.cyber_subforms]
    return judge(sum(indicators[key] or 0 for key in INDICATORS), red_flags, subforms)


@transaction.atomic
def reassess_severity(
    actor: User,
    case: Case,
    indicators: Mapping[str, int | None],
    red_flags: list[str],
    *,
    now: datetime,
    choice: Choice = AS_PROPOSED,
) -> SeverityAssessment:
    """Assess a case in progress again, or one in aftercare in which a red flag waits. Refuses any other."""
    locked = lock(case)
    if not locked.may_be_assessed:
        raise broken(None, _("Only a case in progress is assessed again."), "state")
    return assess_severity(actor, locked, indicators, red_flags, now=now, choice=choice)


@transaction.atomic
def confirm_signals(actor: User, case: Case, *, now: datetime) -> SeverityAssessment:
    """Yes, these signals are red flags: critical at once, with the indicators of the last assessment.

    Refuses a case in which no signal waits any more, and one that was never assessed.
    """
    # A page that is older than a colleague's assessment must not overrule what was weighed there.
    locked = lock(case)
    last = locked.assessments.last()
    signals = waiting_signals(locked, last)
    if last is None or not signals:
        raise broken(None, _("Somebody assessed this already. Look at the case."), "state")
    indicators = {key: getattr(last, key) for key in INDICATORS}
    red_flags = list(dict.fromkeys([*last.red_flags, *signals]))
    return reassess_severity(actor, locked, indicators, red_flags, now=now)


def _choice_problems(judged: Judgement, choice: Choice, passed_over: set[str]) -> list[Problem]:
    level = choice.level or judged.level
    if level not in judged.choices:
        return [Problem("level", _TOO_LOW if level < judged.floor else _TOO_FAR, "level")]
    if choice.reason:
        return []
    if level != judged.level:
        return [Problem("reason", _("Why is it another level than proposed?"), "required")]
    if passed_over and level < HIGHEST:
        return [Problem("reason", _PASSED_OVER, "signals")]
    return []


_TOO_LOW = _("With a red flag the level stays at critical.")
_TOO_FAR = _("One level higher or lower than proposed, not more.")
_PASSED_OVER = _("The conversation holds a red flag that is not ticked here. Why is it none?")


def _record(actor: User, assessment: SeverityAssessment, now: datetime) -> None:
    log.record(
        actor,
        events.SEVERITY_ASSESSED,
        now=now,
        school_id=assessment.case.school_id,
        case_uuid=assessment.case.uuid,
        level=assessment.level,
    )
