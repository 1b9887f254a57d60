"""The check of a conversation: what it keeps, what the case tells by itself, and what begins because of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from cases.ceilings import Level
from cases.models import Case, Incident, SeverityAssessment
from cases.services.sharing import share_case
from interventions.access.suitability import may_override
from interventions.models import Intervention, SmallestGroup, SuitabilityCheck, SuitabilityVersion
from interventions.queries.situation import Situation, ends_soon
from interventions.queries.suitability import CheckPage, Weighing
from interventions.services.ending import stop_intervention
from interventions.services.starting import start_intervention
from interventions.services.suitability import check_suitability
from interventions.tests.answers import points_to
from interventions.tests.running import (
    Run,
    begin,
    begin_as_it_stands,
    begin_freely,
    decide,
    decide_for,
    weigh,
)
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil, make_school
from schools.queries.calendars import calendar_for
from schools.roles import Role

AGAINST = {"ticked": ["punishment"]}
REASON = "De straf is van tafel, en de ouders willen dit."


def refused(run: Run, **values: Any) -> set[tuple[str | None, str]]:
    with pytest.raises(RuleBroken) as complaint:
        begin_as_it_stands(run, **values)
    return {(problem.field, problem.code) for problem in complaint.value.problems}


def weighing(run: Run) -> Weighing:
    return Weighing(run.scene.conversation, NOW)


def facts(run: Run, method: str = "support_group") -> frozenset[str]:
    conversation = run.scene.conversation
    conversation.case = run.case
    return Weighing(conversation, NOW).situation.facts_for(method)


def make_serious(run: Run, level: int = 3) -> None:
    Case.objects.filter(pk=run.case.pk).update(severity=level)


# ── what is kept ─────────────────────────────────────────────────────────────
def test_half_a_check_is_kept_and_gives_no_advice_yet(run: Run) -> None:
    answers = {"age": "recent", "speed": "unclear"}
    made = check_suitability(run.scene.teacher, run.scene.conversation, answers, now=NOW)
    assert made.answers == answers
    assert (made.changed_by, made.changed_at) == (run.scene.teacher, NOW)
    assert {one.key for one in weighing(run).open} == {
        *("seriousness", "backing", "position", "acknowledgment", "belief", "staff")
    }
    assert not weighing(run).is_complete


def test_what_stood_there_before_stays_as_a_version(run: Run) -> None:
    first = weigh(run)
    weigh(run, age="long")
    found = SuitabilityVersion.objects.get()
    assert (found.answers["age"], found.answered_by, found.number) == (
        *("recent", run.scene.teacher),
        first.version,
    )
    assert SuitabilityCheck.objects.get().answers["age"] == "long"


def test_saving_the_same_again_leaves_no_version(run: Run) -> None:
    weigh(run)
    weigh(run)
    assert not SuitabilityVersion.objects.exists()


def test_who_read_an_older_one_overwrites_nothing(run: Run) -> None:
    old = weigh(run)
    weigh(run, age="long")
    with pytest.raises(Stale):
        check_suitability(run.actor, run.scene.conversation, {"age": "months"}, now=NOW, saved=old)
    with pytest.raises(Stale):
        check_suitability(run.actor, run.scene.conversation, {"age": "months"}, now=NOW)
    assert SuitabilityCheck.objects.get().answers["age"] == "long"


@pytest.mark.parametrize(
    ("answers", "ticked", "field"),
    [
        ({"age": "soon"}, [], "age"),
        ({"weather": "unclear"}, [], "weather"),
        ({}, ["alarm_open"], "circumstances"),
        ({}, ["nothing"], "circumstances"),
    ],
)
def test_what_is_not_asked_is_refused(
    run: Run, answers: dict[str, str], ticked: list[str], field: str
) -> None:
    with pytest.raises(RuleBroken) as complaint:
        check_suitability(run.actor, run.scene.conversation, answers, circumstances=ticked, now=NOW)
    assert [(p.field, p.code) for p in complaint.value.problems] == [(field, "unknown")]


def test_closed_case_is_not_weighed_any_more(run: Run) -> None:
    Case.objects.filter(pk=run.case.pk).update(status="closed", is_open=False)
    with pytest.raises(RuleBroken):
        weigh(run)


def test_log_knows_who_answered_and_no_answer(run: Run) -> None:
    weigh(run)
    event = AuditEvent.objects.get(verb="suitability_checked")
    assert (event.actor_id, event.case_uuid) == (run.scene.teacher.pk, run.case.uuid)
    assert event.facts == {"answered": 9}


def test_consent_of_step_8_goes_before_what_was_answered(run: Run) -> None:
    weigh(run, consent="withheld")
    assert weighing(run).answers["consent"] == "conditional"
    decide(run, target_consent=None, decision="not_now", method=None, review_on="2025-12-01")
    assert weighing(run).answers["consent"] == "withheld"


# ── what the case tells by itself ────────────────────────────────────────────
def test_ordinary_case_tells_nothing_against_it(run: Run) -> None:
    decide_for(run, "shared_concern")
    assert facts(run) == frozenset()


@pytest.mark.parametrize(
    ("start", "near"),
    [
        # Christmas holiday of this region: 20 December to 4 January. Two whole weeks lie before it from 8 December on.
        (date(2025, 12, 5), False),
        (date(2025, 12, 8), False),
        (date(2025, 12, 9), True),
        (date(2025, 12, 19), True),
        (date(2025, 12, 29), True),
        (date(2026, 1, 5), False),
        # The autumn holiday takes one week: 18 to 26 October.
        (date(2025, 10, 15), False),
        # Nobody knows what comes after the last school year.
        (date(2040, 1, 1), False),
    ],
)
def test_two_whole_school_weeks_before_a_long_holiday(run: Run, start: date, near: bool) -> None:
    assert ends_soon(calendar_for(run.scene.school), start) is near


def test_start_of_step_8_counts_for_the_holiday(run: Run) -> None:
    decide_for(run, "shared_concern", planned_start="2025-12-12")
    assert facts(run) == {"holiday_near"}


@pytest.mark.parametrize(
    ("count", "expected"),
    [(3, {"few_pupils", "below_smallest_class"}), (4, {"below_smallest_class"}), (8, set())],
)
def test_small_classes(run: Run, count: int, expected: set[str]) -> None:
    small = make_class(run.scene.school, "8Z")
    for number in range(count):
        make_pupil(small, f"Leerling {number}")
    decide(run, class_group=str(small.uuid))
    assert facts(run) == expected
    assert facts(run, "shared_concern") == expected - {"below_smallest_class"}


def test_pupil_it_is_about_is_no_suitable_member(run: Run) -> None:
    conversation = run.scene.conversation
    found = Situation(run.case, conversation.step_records.get(step=8), NOW)
    assert found.class_size == 10
    assert not found.has_few_pupils


def test_pupil_known_by_name_alone_leaves_the_class_as_large_as_it_is(run: Run) -> None:
    decide_for(run, "shared_concern")
    run.case.participants.filter(role="target").update(pupil=None, name="Noor uit 7A")
    assert facts(run) == frozenset()


def test_class_in_which_nobody_stands_yet_is_not_called_small(run: Run) -> None:
    decide_for(run, "shared_concern", class_group=str(make_class(run.scene.school, "8Z").uuid))
    assert facts(run) == frozenset()


def test_raised_smallest_group_counts_for_what_measures(run: Run) -> None:
    decide_for(run, "shared_concern")
    SmallestGroup.objects.create(school=run.scene.school, means_from=11, spread_from=12)
    assert facts(run, "class_thermometer") == {"below_smallest_class"}
    assert facts(run) == frozenset()


@pytest.mark.parametrize("noted", [{"possible_offence": True}, {"cyber_subforms": ["doxing"]}])
def test_what_may_be_criminal_is_told(run: Run, noted: dict[str, Any]) -> None:
    decide_for(run, "shared_concern")
    told = {"happened_on": NOW.date(), "description": "Een foto", "recorded_at": NOW}
    Incident.objects.create(case=run.case, **told)
    assert facts(run) == frozenset()
    Incident.objects.create(case=run.case, **told, **noted)
    assert facts(run) == {"possible_offence"}


def test_facilitator_who_teaches_the_class(run: Run) -> None:
    run.scene.school_class.class_teachers.remove(run.scene.colleague)
    decide(run, facilitator=str(run.scene.colleague.uuid))
    assert "teaches_class" not in facts(run)
    run.scene.school_class.class_teachers.add(run.scene.colleague)
    assert "teaches_class" in facts(run)


def test_red_flag_asks_first_until_it_is_calm(run: Run) -> None:
    last = run.case.assessments.last()
    assert last is not None
    decide_for(run, "shared_concern")
    found = SeverityAssessment.objects.filter(pk=last.pk)
    found.update(red_flags=["weapon"], stable=False)
    make_serious(run, 4)
    assert facts(run) == {"alarm_open", "grave_facts", "only_answer"}
    found.update(stable=True)
    assert facts(run) == {"grave_facts", "only_answer"}
    found.update(red_flags=["intimate_image_minor"])
    assert facts(run) == {"grave_facts", "intimate_images", "only_answer"}


def test_thermometer_is_never_the_only_answer_to_something_serious(run: Run) -> None:
    decide(run, method="class_thermometer")
    assert "only_answer" not in facts(run, "class_thermometer")
    make_serious(run)
    assert "only_answer" in facts(run, "class_thermometer")
    decide(run)
    made = begin(run)
    assert "only_answer" not in facts(run, "class_thermometer")
    assert "only_answer" in facts(run, "support_group")
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    assert "only_answer" in facts(run, "class_thermometer")


# ── beginning ────────────────────────────────────────────────────────────────
def test_nothing_begins_without_an_answered_check(run: Run) -> None:
    assert refused(run) == {(None, "check")}
    check_suitability(run.actor, run.scene.conversation, {"age": "recent"}, now=NOW)
    assert refused(run) == {(None, "check")}
    assert not Intervention.objects.exists()


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [({}, "fits"), ({"age": "long", "speed": "unclear", "belief": "little"}, "possible")],
)
def test_what_fits_or_is_possible_begins_without_a_word(
    run: Run, changes: dict[str, str], verdict: str
) -> None:
    weigh(run, **changes)
    made = begin_as_it_stands(run, advice_reason="Te veel gezegd")
    assert (made.advice, made.advice_reason) == (verdict, "")
    assert not AuditEvent.objects.filter(verb="intervention_against_advice").exists()


def test_what_is_not_advised_needs_a_reason(run: Run) -> None:
    weigh(run, **AGAINST)
    assert refused(run) == {("advice_reason", "reason")}
    assert refused(run, advice_reason="  ") == {("advice_reason", "reason")}
    made = Intervention.objects.get(pk=begin_as_it_stands(run, advice_reason=REASON).pk)
    assert (made.advice, made.advice_reason) == ("not_advised", REASON)
    event = AuditEvent.objects.get(verb="intervention_against_advice")
    assert event.facts == {"method": "support_group"}
    assert event.subject_uuid == made.uuid


@pytest.mark.parametrize("level", [3, 4])
def test_in_a_serious_case_only_a_coordinator_who_manages_it_decides(run: Run, level: int) -> None:
    weigh(run, **AGAINST)
    make_serious(run, level)
    share_case(run.actor, run.case, run.scene.colleague, Level.MANAGE, now=NOW)
    for other in (run.scene.teacher, run.scene.colleague):
        assert not may_override(run.scene.who(other), run.case)
    assert may_override(run.scene.who(run.actor), run.case)
    assert begin_as_it_stands(run, advice_reason=REASON).advice_reason == REASON


def test_teacher_who_leads_a_serious_talk_is_refused_in_words(run: Run) -> None:
    weigh(run, **AGAINST)
    make_serious(run)
    values = {"method": "support_group", "variant": "without_target", "share_ok": True, "now": NOW}
    with pytest.raises(RuleBroken) as complaint, override("nl"):
        start_intervention(
            run.scene.teacher, run.scene.conversation, advice_reason=REASON, **values
        )  # type: ignore[arg-type]
    assert [problem.code for problem in complaint.value.problems] == ["coordinator"]


def test_coordinator_of_another_school_decides_nothing(run: Run) -> None:
    make_serious(run)
    other = make_person(Role.COORDINATOR, make_school("Elders", "elders"))
    assert not may_override(run.scene.who(other), run.case)


def test_without_a_case_nobody_is_asked(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    assert (made.advice, made.advice_reason) == ("", "")


# ── who reads what ───────────────────────────────────────────────────────────
def test_who_only_reads_along_sees_the_advice_without_what_the_case_told(run: Run) -> None:
    weigh(run)
    SeverityAssessment.objects.filter(case=run.case).update(red_flags=["weapon"])
    reader = make_person(Role.TEACHER, run.scene.school, first_name="Ander")
    share_case(run.actor, run.case, reader, Level.VIEW, now=NOW)
    conversation = run.scene.conversation
    seen, whole = (
        CheckPage(conversation, NOW, run.scene.who(person)) for person in (reader, run.actor)
    )
    assert [one.advice.verdict for one in seen.advice] == [
        one.advice.verdict for one in whole.advice
    ]
    [mine], [all_of_it] = (page.of_methods(["no_blame"]) for page in (seen, whole))
    assert mine.in_the_way == []
    assert mine.is_told_in_part
    assert len(all_of_it.in_the_way) == 1
    assert len(seen.lines) == 8
    assert len(whole.lines) == 9


def test_consent_is_not_told_to_who_may_not_read_step_8(run: Run) -> None:
    weigh(run)
    record = run.scene.step(8)
    record.visibility = "handler_only"
    record.save()
    writer = make_person(Role.TEACHER, run.scene.school, first_name="Ander")
    share_case(run.actor, run.case, writer, Level.CONTRIBUTE, now=NOW)
    page = CheckPage(run.scene.conversation, NOW, run.scene.who(writer))
    assert page.may_write
    assert "Wil de leerling een aanpak met de klas of groep?" not in dict(page.lines)
    assert points_to("support_group")["consent"] == "given"


def test_what_may_be_criminal_is_not_told_to_who_may_not_read_what_happened(run: Run) -> None:
    weigh(run)
    told = {"happened_on": NOW.date(), "description": "Een foto", "recorded_at": NOW}
    Incident.objects.create(case=run.case, possible_offence=True, **told)
    writer = make_person(Role.TEACHER, run.scene.school, first_name="Ander")
    share_case(run.actor, run.case, writer, Level.CONTRIBUTE, now=NOW)
    asked = CheckPage(run.scene.conversation, NOW, run.scene.who(writer))
    assert asked.sees_all
    record = run.scene.step(2)
    record.visibility = "handler_only"
    record.save()
    asked = CheckPage(run.scene.conversation, NOW, run.scene.who(writer))
    assert [one.in_the_way for one in asked.of_methods(["no_blame"])] == [[]]
    assert [one.is_told_in_part for one in asked.of_methods(["no_blame"])] == [True]
