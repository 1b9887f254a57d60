"""The group and what it proposes: who may be in it, and what becomes of an idea."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import Agreement, Participant
from cases.services.items import put_participant
from cases.services.steps import save_step
from interventions.models import Member, Proposal
from interventions.queries.people import candidates_for
from interventions.services.group import Invited, compose_group
from interventions.services.phases import Note, save_phase
from interventions.services.proposals import add_proposal
from interventions.tests.running import (
    MONDAY,
    Run,
    begin,
    begin_other,
    fill_group,
    hold_up_to,
    phase,
)
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_class, make_pupil

REVIEW = date(2025, 11, 10)


def codes(complaint: pytest.ExceptionInfo[RuleBroken]) -> list[str]:
    return [problem.code for problem in complaint.value.problems]


def lieke(run: Run) -> Participant:
    return put_participant(
        run.actor, run.case, None, now=NOW, name="Lieke", role="reinforcer", pupil=run.pupils[0]
    )


# ── who may be in it ─────────────────────────────────────────────────────────
def test_group_has_parts_of_its_method(run: Run) -> None:
    made = begin(run)
    one, other = lieke(run), run.pupils[1]
    compose_group(run.actor, made, [Invited(one, "difficult"), Invited(other, "friend")], now=NOW)
    found = [(m.name, m.function, m.declined) for m in made.members.all()]
    assert found == [("Lieke", "difficult", False), ("Tess Bos", "friend", False)]


def test_part_of_another_method_is_refused(run: Run) -> None:
    made = begin(run)
    with pytest.raises(RuleBroken) as complaint:
        compose_group(run.actor, made, [Invited(run.pupils[0], "supporter")], now=NOW)
    assert codes(complaint) == ["part"]


def test_pupil_it_is_about_is_never_in_the_group(run: Run) -> None:
    made = begin(run)
    target = run.case.target
    assert target.uuid not in {one.person.uuid for one in candidates_for(made, MONDAY)}
    assert run.scene.pupil.uuid not in {one.person.uuid for one in candidates_for(made, MONDAY)}
    for person in (target, run.scene.pupil):
        with pytest.raises(RuleBroken) as complaint:
            compose_group(run.actor, made, [Invited(person, "friend")], now=NOW)
        assert codes(complaint) == ["foreign"]


def test_pupil_of_another_class_is_refused(run: Run) -> None:
    other = make_pupil(make_class(run.scene.school, "8A"), "Mila")
    with pytest.raises(RuleBroken) as complaint:
        compose_group(run.actor, begin(run), [Invited(other, "friend")], now=NOW)
    assert codes(complaint) == ["foreign"]


def test_adults_sit_only_in_a_restorative_circle(run: Run) -> None:
    with pytest.raises(RuleBroken) as complaint:
        compose_group(run.actor, begin(run), [Invited("Tante Derya", "friend")], now=NOW)
    assert codes(complaint) == ["adult"]
    circle = begin_other(run, "restorative_circle")
    compose_group(run.actor, circle, [Invited("Tante Derya", "supports_target")], now=NOW)
    assert [m.name for m in circle.members.all()] == ["Tante Derya"]


def test_whole_class_needs_no_group(run: Run) -> None:
    made = begin_other(run, "class_thermometer")
    with pytest.raises(RuleBroken) as complaint:
        compose_group(run.actor, made, [Invited(run.pupils[0], "friend")], now=NOW)
    assert codes(complaint) == ["group"]


def test_who_is_left_out_goes_unless_there_was_a_word_with_them(run: Run) -> None:
    made = begin_other(run, "no_blame")
    fill_group(run, made, 6)
    hold_up_to(run, made, "leave_to_group", MONDAY)
    spoke = Proposal.objects.get().member
    invited = [Invited(pupil, "neutral") for pupil in run.pupils[4:6]]
    compose_group(run.actor, made, invited, now=NOW)
    left = {m.pk: m.declined for m in made.members.all()}
    assert spoke is not None
    assert left[spoke.pk] is True
    assert sorted(left.values()) == [False, False, True]


def test_database_knows_one_person_per_member(run: Run) -> None:
    made = begin(run)
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(intervention=made, function="friend")
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(
            intervention=made, function="friend", pupil=run.pupils[0], adult_name="Tante"
        )


# ── what becomes of an idea ──────────────────────────────────────────────────
def idea(run: Run, **values: Any) -> Proposal:
    made = begin(run)
    members = fill_group(run, made, 6)
    hold_up_to(run, made, "collect_suggestions", MONDAY)
    usual = {"text": "Ik zet Noor weer in de app", "member": members[0], "review_on": REVIEW}
    record = phase(made, "collect_suggestions")
    return add_proposal(run.actor, record, now=NOW, **{**usual, **values})


def test_idea_in_a_case_is_an_agreement_of_that_pupil(run: Run) -> None:
    agreement = idea(run).agreement
    assert agreement is not None
    assert (agreement.source, agreement.owner_type, agreement.owner) == (
        "intervention",
        "pupil_other",
        "Lieke Bos",
    )
    assert (agreement.deadline, agreement.responsible_staff) == (REVIEW, run.scene.colleague)
    assert agreement.what == "Ik zet Noor weer in de app"


def test_somebody_of_the_case_owns_it_as_such(run: Run) -> None:
    one = lieke(run)
    made = begin(run)
    compose_group(run.actor, made, [Invited(one, "difficult")], now=NOW)
    record = phase(made, "collect_suggestions")
    made_of = add_proposal(
        run.actor, record, text="Ik stop", member=made.members.get(), review_on=REVIEW, now=NOW
    )
    assert made_of.agreement is not None
    assert made_of.agreement.owner_participant == one


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"text": " "}, "required"),
        ({"member": None}, "required"),
        ({"review_on": date(2025, 11, 2)}, "past"),
    ],
)
def test_half_an_idea_is_refused(run: Run, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleBroken) as complaint:
        idea(run, **wrong)
    assert codes(complaint) == [code]
    assert not Agreement.objects.filter(source="intervention").exists()


def test_idea_of_another_group_is_refused(run: Run) -> None:
    other = begin_other(run, "no_blame")
    stranger = fill_group(run, other, 1)[0]
    with pytest.raises(RuleBroken) as complaint:
        add_proposal(
            run.actor,
            phase(begin_other(run, "support_group"), "collect_suggestions"),
            text="Ik help",
            member=stranger,
            review_on=REVIEW,
            now=NOW,
        )
    assert codes(complaint) == ["foreign"]


def test_what_is_not_realistic_stays_a_line(run: Run) -> None:
    made = begin_other(run, "no_blame")
    members = fill_group(run, made, 6)
    record = phase(made, "collect_ideas")
    line = add_proposal(
        run.actor,
        record,
        text="Ik word zijn beste vriend",
        member=members[0],
        review_on=REVIEW,
        realistic=False,
        now=NOW,
    )
    assert (line.agreement, line.realistic) == (None, False)
    assert not Agreement.objects.filter(source="intervention").exists()


def test_phase_without_proposals_takes_none(run: Run) -> None:
    made = begin(run)
    with pytest.raises(RuleBroken) as complaint:
        add_proposal(
            run.actor, phase(made, "first_meeting"), text="Iets", review_on=REVIEW, now=NOW
        )
    assert codes(complaint) == ["phase"]


def test_idea_against_a_wish_of_the_pupil_asks_why(run: Run) -> None:
    scene = run.scene
    made = begin(run)
    members = fill_group(run, made, 1)
    save_step(scene.teacher, scene.step(2), {"not_wishes": "niet voor de hele klas"}, now=NOW)
    given = {"text": "De hele klas zegt sorry", "member": members[0], "review_on": REVIEW}
    record = phase(made, "collect_suggestions")
    with pytest.raises(RuleBroken) as complaint:
        add_proposal(run.actor, record, now=NOW, **given)
    assert [(p.field, p.code) for p in complaint.value.problems] == [("wish_reason", "wish")]
    kept = add_proposal(run.actor, record, now=NOW, wish_reason="Noor wil dit wel.", **given)
    assert kept.agreement is not None
    assert kept.agreement.against_wish


def test_asking_about_a_person_who_is_not_asked_is_refused(run: Run) -> None:
    made = begin(run)
    note = Note(fill_group(run, made, 5)[0], {"progress": "better"})
    with pytest.raises(RuleBroken) as complaint:
        save_phase(run.actor, phase(made, "first_meeting"), {}, notes=[note], now=NOW)
    assert codes(complaint) == ["unknown"]
