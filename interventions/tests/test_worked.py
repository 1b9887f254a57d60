"""What worked: per method how many ended how, and before beside after. Never about fewer than five."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.access import Who
from cases.models import Case, Sitting
from cases.services.sharing import rebuild_access
from interventions.models import SmallestGroup
from interventions.queries.worked import MethodWorked, worked_at
from interventions.tests.measuring import Measured
from interventions.tests.over import over
from interventions.tests.running import Run, begin
from pestzorg.demo.measured import lines_of
from pestzorg.testing.builders import NOW, make_pupil
from schools.models import User


def worked(run: Run, reader: User | None = None) -> list[MethodWorked]:
    school = run.scene.school
    return worked_at(Who(reader or run.actor, NOW), [school])[school.pk]


def said(line: MethodWorked) -> list[int | None]:
    return [one.count for one in line.said]


def test_four_are_not_told_and_the_fifth_makes_a_group(run: Run) -> None:
    over(run, 4)
    assert worked(run) == []
    over(run, 1)
    (line,) = worked(run)
    assert (line.method.key, line.ended, line.finished, line.stopped) == ("support_group", 5, 5, 0)
    assert said(line) == [0, 5, 0, 0]


def test_the_newest_wait_until_they_are_five(run: Run) -> None:
    over(run, 6)
    over(run, 3, outcome={"target_says": "worse"})
    (line,) = worked(run)
    assert (line.ended, said(line)) == (5, [0, 5, 0, 0])


def test_a_small_count_hides_with_the_next_larger_one_beside_it(run: Run) -> None:
    over(run, 2, outcome={"target_says": "worse"})
    over(run, 5, outcome={"target_says": "stopped"})
    over(run, 8)
    (line,) = worked(run)
    assert (line.ended, line.finished, line.stopped) == (15, 15, 0)
    assert said(line) == [None, 8, 0, None]
    assert line.hides


def test_how_many_stopped_cannot_be_taken_from_the_rest(run: Run) -> None:
    over(run, 2, status="stopped", outcome={})
    over(run, 8)
    (line,) = worked(run)
    assert (line.ended, line.finished, line.stopped) == (10, None, None)
    assert said(line) == [0, None, 0, 0]


def test_each_method_stands_for_itself_the_most_used_first(run: Run) -> None:
    over(run, 5)
    over(run, 10, "restorative_circle", outcome={"closeness_respected": True})
    over(run, 3, "no_blame")
    first, second = worked(run)
    assert (first.method.key, first.ended, first.finished) == ("restorative_circle", 10, 10)
    assert [one.count for one in first.measures] == [10]
    assert second.method.key == "support_group"


def test_one_who_disagreed_is_not_told(run: Run) -> None:
    over(run, 9, "restorative_circle", outcome={"closeness_respected": True})
    over(run, 1, "restorative_circle", outcome={"closeness_respected": False})
    (line,) = worked(run)
    assert [one.count for one in line.measures] == [None]


def test_what_still_runs_and_other_schools_are_not_counted(run: Run) -> None:
    over(run, 5)
    begin(run)
    assert [line.ended for line in worked(run)] == [5]
    assert worked_at(Who(run.actor, NOW), []) == {}


@pytest.mark.parametrize("reader", ["coordinator", "principal", "counsellor"])
def test_the_whole_school_counts_whatever_the_reader_sees(run: Run, reader: str) -> None:
    over(run, 3)
    over(run, 2, case=None)
    assert [line.ended for line in worked(run, getattr(run.scene, reader))] == [5]


def test_a_case_that_is_closed_off_is_not_found_by_subtraction(run: Run) -> None:
    over(run, 5)
    closed = [row.case for row in over(run, 5)]
    for case in closed:
        assert case
        Case.objects.filter(pk=case.pk).update(restricted=True)
        rebuild_access(Case.objects.get(pk=case.pk))
    assert [line.ended for line in worked(run)] == [5]
    assert [line.ended for line in worked(run, run.scene.counsellor)] == [5]


def grade(run: Run, before: int) -> None:
    Sitting.objects.update_or_create(
        conversation=run.scene.conversation,
        number=9,
        defaults={
            "started_at": NOW - timedelta(days=1),
            "ended_at": NOW - timedelta(days=1),
            "safety_score_start": before,
        },
    )


def test_how_safe_the_pupil_felt_before_and_after(run: Run) -> None:
    grade(run, 3)
    for after in (5, 6, 7, 8, 9):
        over(run, 1, outcome={"target_says": "better", "safety_score": after})
    (line,) = worked(run)
    assert line.safety
    assert (line.safety.before_text, line.safety.after_text) == ("3,0", "7,0")
    assert (line.safety.was_at, line.safety.at, line.safety.difference) == (30, 70, "+4,0")


def test_five_approaches_of_one_pupil_are_no_five_pupils(run: Run) -> None:
    over(run, 5, case=run.scene.case)
    assert worked(run) == []
    over(run, 4)
    (line,) = worked(run)
    assert line.ended == 5


def test_grade_that_comes_late_does_not_push_in_among_those_that_were_told(run: Run) -> None:
    grade(run, 3)
    asked = run.scene.conversation
    for number, after in enumerate((5, None, 6, 7, 8, 9)):
        given = {"safety_score": after} if after else {}
        over(
            run,
            1,
            outcome={"target_says": "better", **given},
            ended_at=NOW + timedelta(days=number),
        )
    told = worked(run)[0].safety
    assert told
    Sitting.objects.create(
        conversation=asked,
        number=10,
        started_at=NOW + timedelta(days=9),
        ended_at=NOW + timedelta(days=9),
        safety_score_start=10,
    )
    assert worked(run)[0].safety == told


def test_grades_of_four_are_not_told(run: Run) -> None:
    grade(run, 3)
    over(run, 4, outcome={"target_says": "better", "safety_score": 9})
    over(run, 1)
    (line,) = worked(run)
    assert line.safety is None


def test_without_a_grade_at_the_end_the_first_one_afterwards_counts(run: Run) -> None:
    grade(run, 4)
    Sitting.objects.create(
        conversation=run.scene.conversation,
        number=10,
        started_at=NOW + timedelta(days=2),
        ended_at=NOW + timedelta(days=2),
        safety_score_start=6,
    )
    over(run, 5)
    (line,) = worked(run)
    assert line.safety
    assert line.safety.after_text == "6,0"


def test_how_warm_the_class_was_before_and_after(run: Run) -> None:
    scene = run.scene
    for number in range(10):
        make_pupil(scene.school_class, f"Extra {number}")
    group = Measured(scene.school, scene.school_class, scene.teacher, scene.coordinator)
    group.measure(lines_of("C before")[:12], now=NOW - timedelta(days=1))
    ended = NOW + timedelta(weeks=5)
    group.measure(lines_of("C after")[:12], now=ended)
    over(run, 5, ended_at=ended)
    (line,) = worked(run)
    assert line.thermometer
    assert line.thermometer.after > line.thermometer.before
    over(run, 5, "no_blame", ended_at=NOW - timedelta(days=3), started_at=NOW - timedelta(days=9))
    before_both = next(one for one in worked(run) if one.method.key == "no_blame")
    assert before_both.thermometer is None


def test_what_one_approach_names_is_not_what_another_is_compared_with(run: Run) -> None:
    scene = run.scene
    for number in range(10):
        make_pupil(scene.school_class, f"Extra {number}")
    group = Measured(scene.school, scene.school_class, scene.teacher, scene.coordinator)
    days = [NOW - timedelta(days=1), NOW + timedelta(weeks=5), NOW + timedelta(weeks=12)]
    cool, warm = lines_of("C before")[:12], lines_of("C after")[:12]
    first, _second, last = (
        group.measure(lines, now=day) for lines, day in zip((cool, warm, cool), days, strict=True)
    )
    over(run, 5, baseline_run=first, after_run=last, ended_at=days[2])
    began = NOW + timedelta(weeks=6)
    over(run, 5, "no_blame", started_at=began, ended_at=days[2])
    by_name, by_days = sorted(worked(run), key=lambda line: line.method.key, reverse=True)
    assert by_name.thermometer
    assert by_days.thermometer
    assert by_name.thermometer.before == by_name.thermometer.after
    assert by_days.thermometer.before > by_days.thermometer.after
    SmallestGroup.objects.create(school=scene.school, means_from=13, spread_from=13)
    assert [line.thermometer for line in worked(run)] == [None, None]
