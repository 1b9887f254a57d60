"""What a class agrees: adopted, looked at again, changed with its former words kept, ended with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case
from interventions import events
from interventions.access.classes import classes_for_rule
from interventions.models import ClassRule
from interventions.services.class_rules import (
    Wording,
    adopt_rule,
    change_rule,
    end_rule,
    review_rule,
)
from interventions.services.ending import stop_intervention
from interventions.services.phases import hold_phase
from interventions.tests.running import (
    MONDAY,
    Run,
    adopt,
    begin,
    begin_freely,
    begin_other,
    decide,
    hold_up_to,
    keep_out,
    phase,
)
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil
from schools.models import Enrolment
from schools.roles import Role

LATER = date(2025, 12, 15)
TOMORROW = MONDAY + timedelta(days=1)


def free(run: Run, text: str = "We spelen samen", **changes: Any) -> ClassRule:
    """One without any intervention, by the class teacher. The class has ten pupils."""
    words = ("proposed_by", "vote_for", "vote_total", "word_ok")
    wording = {"proposed_by": "pupils"} | {k: changes.pop(k) for k in words if k in changes}
    days = {"adopted_on": MONDAY, "review_on": LATER} | changes
    return adopt_rule(
        run.scene.teacher, run.scene.school_class, Wording(text, **wording), now=NOW, **days
    )


def codes(act: Callable[[], object]) -> set[tuple[str | None, str]]:
    with pytest.raises(RuleBroken) as complaint:
        act()
    return {(problem.field, problem.code) for problem in complaint.value.problems}


# ── adopting ─────────────────────────────────────────────────────────────────
def test_a_rule_is_kept_with_its_days_and_an_event_without_a_case(run: Run) -> None:
    rule = ClassRule.objects.get(pk=free(run, vote_for=9, vote_total=10).pk)
    assert (rule.text, rule.status, rule.review_on) == ("We spelen samen", "active", LATER)
    event = AuditEvent.objects.get(verb=events.RULE_ADOPTED)
    assert (event.subject_uuid, event.case_uuid) == (rule.uuid, None)


def test_the_day_to_look_again_moves_on_to_a_school_day(run: Run) -> None:
    christmas = date(2025, 12, 22)
    assert free(run, review_on=christmas).review_on == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"text": "  "}, ("text", "required")),
        ({"text": "x" * 201}, ("text", "max_length")),
        ({"adopted_on": TOMORROW}, ("adopted_on", "future")),
        ({"adopted_on": date(2025, 7, 31)}, ("adopted_on", "too_early")),
        ({"review_on": MONDAY}, ("review_on", "past")),
        ({"review_on": date(2030, 1, 7)}, ("review_on", "calendar")),
        ({"vote_for": 3}, ("vote_total", "both")),
        ({"vote_total": 3}, ("vote_for", "both")),
        ({"vote_for": 4, "vote_total": 3}, ("vote_for", "votes")),
        ({"vote_for": 9, "vote_total": 11}, ("vote_total", "votes")),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(run: Run, changes: Any, problem: Any) -> None:
    assert codes(lambda: free(run, **changes)) == {problem}
    assert not ClassRule.objects.exists()


@pytest.mark.parametrize(("for_it", "total"), [(0, 0), (0, 10), (10, 10)])
def test_votes_up_to_the_whole_class_are_fine(run: Run, for_it: int, total: int) -> None:
    assert free(run, vote_for=for_it, vote_total=total).vote_for == for_it


def test_a_class_without_a_list_of_pupils_votes_all_the_same(run: Run) -> None:
    Enrolment.objects.all().delete()
    assert free(run, vote_for=20, vote_total=21).vote_total == 21


def test_the_database_keeps_votes_and_states_together(run: Run) -> None:
    rule = free(run)
    for wrong in ({"vote_for": 2}, {"status": "ended"}, {"status": "changed", "ended_on": MONDAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClassRule.objects.filter(pk=rule.pk).update(**wrong)


# ── no names ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        "We laten Noor meedoen",
        "noor doet mee",
        "Noors beurt is Noors beurt",
        "We luisteren naar zoe!",
        "Anne hoort erbij",
        "Anne-Marie hoort erbij",
        "Ieder speelt met Bo",
    ],
)
def test_a_rule_names_no_pupil_of_the_class(run: Run, text: str) -> None:
    make_pupil(run.scene.school_class, "Zoë")
    make_pupil(run.scene.school_class, "Anne-Marie")
    assert codes(lambda: free(run, text)) == {("word_ok", "name")}
    assert free(run, text, word_ok=True).text == text


@pytest.mark.parametrize("text", ["Geen bos zonder bomen", "Een noorse trui", "Ook voor Joris"])
def test_what_only_resembles_a_name_is_fine(run: Run, text: str) -> None:
    make_pupil(make_class(run.scene.school, "8A"), "Joris")
    assert free(run, text).text == text


def test_a_pupil_who_left_the_class_is_not_named_either(run: Run) -> None:
    Enrolment.objects.filter(pupil=run.scene.pupil).update(ends_on=MONDAY - timedelta(days=9))
    assert codes(lambda: free(run, "We laten Noor meedoen")) == {("word_ok", "name")}


# ── who may ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", [Role.TEACHER, Role.PRINCIPAL, Role.COUNSELLOR])
def test_who_only_reads_or_has_nothing_with_the_class_writes_nothing(run: Run, role: Role) -> None:
    other, rule = make_person(role, run.scene.school, first_name="Els"), free(run)
    words = Wording("Anders", "teacher")
    room, day = run.scene.school_class, {"review_on": LATER, "now": NOW}
    acts: list[Callable[[], object]] = [
        lambda: adopt_rule(other, room, words, adopted_on=MONDAY, **day),
        lambda: change_rule(other, rule, words, changed_on=MONDAY, **day),
        lambda: review_rule(other, rule, reviewed_on=MONDAY, **day),
        lambda: end_rule(other, rule, "Klaar", ended_on=MONDAY, now=NOW),
    ]
    for act in acts:
        assert codes(act) == {(None, "not_allowed")}


def test_whoever_runs_an_open_approach_here_writes_and_afterwards_no_more(run: Run) -> None:
    runner = make_person(Role.TEACHER, run.scene.school, first_name="Fleur")
    decide(run, method="no_blame", facilitator=str(runner.uuid))
    made = begin(run, "no_blame")
    rule = adopt(run, made, NOW)
    days: Any = {"reviewed_on": MONDAY, "review_on": LATER, "now": NOW}
    assert review_rule(runner, rule, **days).reviewed_on == MONDAY
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    assert codes(lambda: review_rule(runner, rule, **days)) == {(None, "not_allowed")}


def test_whoever_is_kept_out_of_the_case_keeps_nothing_that_came_out_of_it(run: Run) -> None:
    runner = make_person(Role.TEACHER, run.scene.school, first_name="Fleur")
    decide(run, method="no_blame", facilitator=str(runner.uuid))
    made = begin(run, "no_blame")
    for rule in ("R59", "R60"):
        assert run.scene.school_class in classes_for_rule(runner, rule, NOW)
    keep_out(run, runner)
    for rule in ("R59", "R60"):
        assert run.scene.school_class not in classes_for_rule(runner, rule, NOW)
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    assert run.scene.school_class not in classes_for_rule(runner, "R59", NOW)


# ── out of an intervention ───────────────────────────────────────────────────
def test_adopting_within_an_approach_is_written_down_at_its_case(run: Run) -> None:
    adopt(run, begin_other(run, "no_blame"), NOW)
    assert AuditEvent.objects.get(verb=events.RULE_ADOPTED).case_uuid == run.case.uuid


def test_an_approach_that_is_over_brings_no_rules(run: Run) -> None:
    made = begin_other(run, "no_blame")
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    assert codes(lambda: adopt(run, made, NOW)) == {(None, "over")}


def test_a_closed_case_brings_no_rules(run: Run) -> None:
    made = begin_other(run, "no_blame")
    Case.objects.filter(pk=run.case.pk).update(status="closed")
    assert codes(lambda: adopt(run, made, NOW)) == {(None, "not_allowed")}


def test_a_rule_belongs_to_the_class_of_its_approach(run: Run) -> None:
    made, other = begin_other(run, "no_blame"), make_class(run.scene.school, "8A")
    words, days = Wording("Samen", "pupils"), {"adopted_on": MONDAY, "review_on": LATER}
    assert codes(
        lambda: adopt_rule(run.actor, other, words, intervention=made, now=NOW, **days)
    ) == {(None, "class")}


def test_the_thermometer_asks_for_one_to_three_rules(run: Run) -> None:
    made = begin_freely(run, "class_thermometer", "usual")
    hold_up_to(run, made, "class_rules", MONDAY)
    asked = phase(made, "class_rules")
    assert codes(lambda: hold_phase(run.actor, asked, MONDAY, now=NOW)) == {
        ("class_rules", "required")
    }
    rules = [adopt(run, made, NOW, text=text) for text in ("Een", "Twee", "Drie")]
    assert codes(lambda: adopt(run, made, NOW, text="Vier")) == {(None, "at_most")}
    for rule in rules[1:]:
        end_rule(run.actor, rule, "Toch niet.", ended_on=MONDAY, now=NOW)
    assert hold_phase(run.actor, phase(made, "class_rules"), MONDAY, now=NOW).held_on == MONDAY


def test_the_responsive_circle_may_adopt_three_and_others_leave_it_to_the_class(run: Run) -> None:
    decide(run, method="restorative_circle")
    made = begin_other(run, "restorative_circle", "responsive_circle")
    for text in ("Een", "Twee", "Drie"):
        adopt(run, made, NOW, text=text)
    assert codes(lambda: adopt(run, made, NOW, text="Vier")) == {(None, "at_most")}
    for text in ("Een", "Twee", "Drie", "Vier"):
        free(run, text)


# ── afterwards ───────────────────────────────────────────────────────────────
def test_other_words_leave_the_former_ones_with_their_days(run: Run) -> None:
    rule, today = free(run, vote_for=9, vote_total=10), TOMORROW
    now, words = NOW + timedelta(days=1), Wording("We spelen met iedereen", "together")
    again = change_rule(
        run.scene.teacher, rule, words, changed_on=today, review_on=date(2026, 1, 12), now=now
    )
    rule.refresh_from_db()
    assert (rule.text, rule.status, rule.successor) == ("We spelen samen", "changed", again)
    assert (rule.adopted_on, rule.ended_on) == (MONDAY, today)
    assert (again.adopted_on, again.status, again.vote_for) == (today, "active", None)
    days: Any = {"changed_on": today, "review_on": LATER, "now": now}
    assert codes(lambda: change_rule(run.actor, rule, words, **days)) == {(None, "over")}
    assert codes(lambda: change_rule(run.actor, again, words, **days)) == {("text", "same")}


def test_a_rule_that_ended_says_why_and_ends_once(run: Run) -> None:
    rule, end = free(run), {"ended_on": MONDAY, "now": NOW}
    for reason, code in ((" ", "required"), ("x" * 501, "max_length")):
        assert codes(lambda: end_rule(run.actor, rule, reason, **end)) == {("reason", code)}  # noqa: B023 - called at once
    end_rule(run.actor, rule, "Het gaat vanzelf.", **end)
    rule.refresh_from_db()
    assert (rule.status, rule.end_reason) == ("ended", "Het gaat vanzelf.")
    assert codes(lambda: end_rule(run.actor, rule, "Nog eens", **end)) == {(None, "over")}


def test_no_day_lies_before_the_rule_or_in_the_future(run: Run) -> None:
    rule, before = free(run), MONDAY - timedelta(days=3)
    days: Any = {"review_on": LATER, "now": NOW}
    for day, code in ((before, "too_early"), (TOMORROW, "future")):
        looked = codes(lambda: review_rule(run.actor, rule, reviewed_on=day, **days))  # noqa: B023 - called at once
        assert looked == {("reviewed_on", code)}


def test_the_coordinator_of_another_school_is_a_stranger(run: Run) -> None:
    from pestzorg.testing.builders import make_school

    other = make_person(Role.COORDINATOR, make_school("Het Kompas", "het-kompas"))
    rule = free(run)
    refused = codes(lambda: end_rule(other, rule, "Klaar", ended_on=MONDAY, now=NOW))
    assert refused == {(None, "not_allowed")}
