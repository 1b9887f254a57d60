"""A school adapts a method: new versions, what runs keeps its words, other schools hear nothing of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from interventions.models import MethodCopy
from interventions.protocol import current, loader
from interventions.queries.methods import SchoolMethod
from interventions.queries.offered import offered
from interventions.services.adapting import adapt_method, retire_copy
from interventions.services.phases import plan_phase
from interventions.tests.methods import with_newer
from interventions.tests.running import Run, begin, begin_other, fresh, hold, phase
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW, make_school

KEY = "support_group"
OURS = {"label": "Steungroep bij ons op school"}


def adapt(run: Run, adaptations: dict[str, Any], key: str = KEY, **more: Any) -> MethodCopy:
    return adapt_method(run.actor, run.scene.school, key, adaptations, now=NOW, **more)


def codes(run: Run, adaptations: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(RuleBroken) as refused:
        adapt(run, adaptations, **more)
    return [problem.code for problem in refused.value.problems]


def test_what_begins_after_it_has_the_words_of_the_school(run: Run) -> None:
    copy = adapt(run, OURS)
    made = fresh(begin(run))
    assert (made.method_copy, made.edition) == (copy, "2026-1")
    assert str(made.definition.label) == OURS["label"]
    assert phase(made, "interview_target").definition == current(KEY).phases[0]


def test_what_runs_keeps_the_words_it_began_with(run: Run) -> None:
    made = begin(run)
    first = adapt(run, OURS)
    assert fresh(made).definition == current(KEY)
    other = begin_other(run, "shared_concern")
    shared = adapt(run, {"label": "Pikas"}, key="shared_concern")
    assert fresh(other).definition == current("shared_concern")
    second = adapt(run, {"label": "Onze steungroep"}, read=first)
    assert (first.number, second.number, shared.number) == (1, 2, 1)


def test_running_one_keeps_its_version_when_the_school_changes_it_or_goes_back(run: Run) -> None:
    first = adapt(run, OURS)
    made = begin(run)
    second = adapt(run, {"label": "Iets anders"}, read=first)
    assert str(fresh(made).definition.label) == OURS["label"]
    retire_copy(run.actor, run.scene.school, KEY, now=NOW, read=second)
    assert str(fresh(made).definition.label) == OURS["label"]
    assert offered(run.scene.school, KEY) == current(KEY)


def test_another_school_hears_nothing_of_it(run: Run) -> None:
    adapt(run, OURS)
    other = make_school("Het Kompas", "het-kompas")
    assert offered(other, KEY) == current(KEY)
    assert offered(None, KEY) == current(KEY)
    assert SchoolMethod(other, KEY).history == []


def test_days_of_the_school_count_when_a_phase_is_planned(run: Run) -> None:
    adapt(run, {"phases-meet_again-gap": [7, 7]}, key="no_blame")
    published, own = current("no_blame"), offered(run.scene.school, "no_blame")
    made = begin_other(run, "no_blame")
    gaps = [m.phase("usual", "meet_again").gap for m in (published, own, fresh(made).definition)]
    assert [gap.least for gap in gaps if gap] == [5, 7, 7]


def test_a_phase_that_the_school_leaves_out_is_not_there(run: Run) -> None:
    off = {"phases-summit_meeting-off": True, "phases-preparatory_group_meeting-off": True}
    adapt(run, off, key="shared_concern")
    made = begin_other(run, "shared_concern")
    keys = list(fresh(made).phases.values_list("key", flat=True))
    assert keys == ["team_decision", "individual_talks", "talk_with_target", "individual_follow_up",
                    "monitoring"]  # fmt: skip
    assert hold(run, phase(made, "team_decision"), NOW.date()).is_settled
    with pytest.raises(RuleBroken):
        plan_phase(run.actor, phase(made, "monitoring"), date(2025, 1, 1), now=NOW)


def test_each_change_is_a_version_and_one_is_in_use(run: Run) -> None:
    first = adapt(run, OURS)
    later = NOW + timedelta(days=1)
    school = run.scene.school
    second = adapt_method(run.actor, school, KEY, {"label": "B"}, now=later, read=first)
    assert SchoolMethod(school, KEY).history == [second, first]
    first.refresh_from_db()
    assert (first.status, first.retired_by, first.retired_at) == ("retired", run.actor, later)
    assert first.adaptations == OURS


def test_log_tells_what_was_done_without_a_word_of_it(run: Run) -> None:
    copy = adapt(run, OURS)
    retire_copy(run.actor, run.scene.school, KEY, now=NOW, read=copy)
    events = AuditEvent.objects.filter(subject_uuid=copy.uuid).order_by("id")
    assert [event.verb for event in events] == ["method_adapted", "method_copy_retired"]
    assert {event.rule for event in events} == {"R64"}
    assert events[0].facts == {"method": KEY, "number": 1}


def test_what_says_nothing_new_is_refused(run: Run) -> None:
    published = {"label": current(KEY).label.nl}
    assert codes(run, published) == ["same"]
    copy = adapt(run, OURS)
    assert codes(run, {**OURS, "purpose": ""}, read=copy) == ["same"]
    assert codes(run, OURS | {"no_such_place": "x"}, read=copy) == ["unknown"]
    assert MethodCopy.objects.get() == copy


def test_refusals_write_nothing(run: Run) -> None:
    assert codes(run, {"smallest_class": 2}) == ["forbidden"]
    assert codes(run, OURS, key="no_such_method") == ["unknown"]
    with pytest.raises(RuleBroken):
        retire_copy(run.actor, run.scene.school, KEY, now=NOW)
    assert not MethodCopy.objects.exists()


def test_who_read_an_older_version_reads_again(run: Run) -> None:
    adapt(run, OURS)
    with pytest.raises(Stale):
        adapt(run, {"label": "Van een ander"})
    with pytest.raises(Stale):
        retire_copy(run.actor, run.scene.school, KEY, now=NOW)


def test_newer_edition_tells_what_changed_and_saving_takes_it_over(run: Run, sixth: str) -> None:
    school = run.scene.school
    first = adapt(run, {"label": "Luisterkring", "phases-listen-say-0": "Zeg het maar."}, key=sixth)
    changed = {"Horen wat er speelt.": "Horen hoe het gaat.", "Terugkijken": "Nog eens"}
    with_newer(loader.EDITIONS, sixth, changed)
    shown = SchoolMethod(school, sixth)
    assert shown.is_behind
    assert not shown.rules_changed
    said = [(str(one.part), one.label, one.was, one.now) for one in shown.changes]
    assert [(was, now) for _part, _label, was, now in said] == [
        (["Horen wat er speelt."], ["Horen hoe het gaat."]),
        (["Terugkijken"], ["Nog eens"]),
    ]
    assert offered(school, sixth).version == "2026-1"
    second = adapt(run, shown.carried, key=sixth, read=first)
    assert (second.edition, second.adaptations) == ("2026-2", first.adaptations)
    assert not SchoolMethod(school, sixth).is_behind


def test_newer_edition_with_other_rules_says_so(run: Run, sixth: str) -> None:
    adapt(run, {"label": "Luisterkring"}, key=sixth)
    with_newer(loader.EDITIONS, sixth, {"least = 5, most = 10": "least = 6, most = 10"})
    assert SchoolMethod(run.scene.school, sixth).rules_changed


def test_place_that_is_gone_is_named_and_not_carried(run: Run, sixth: str) -> None:
    adapt(run, {"label": "Kring", "phases-listen-say-0": "Zeg maar."}, key=sixth)
    say = 'say = [{ nl = "Vertel maar.", en = "Go ahead and tell." }]\n'
    with_newer(loader.EDITIONS, sixth, {say: ""})
    shown = SchoolMethod(run.scene.school, sixth)
    assert [(one.was, one.now) for one in shown.changes] == [(["Vertel maar."], [])]
    assert shown.carried == {"label": "Kring"}
