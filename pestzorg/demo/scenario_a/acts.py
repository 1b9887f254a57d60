"""What happens in scenario A, day by day, through the services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cases.models import Case, Conversation, Participant, StepRecord
from cases.services import items
from cases.services.agreements import record_agreement
from cases.services.assessing import activate_case, begin_assessing
from cases.services.conversations import (
    begin_sitting,
    complete_conversation,
    end_sitting,
    step_records,
)
from cases.services.reporting import report_concern
from cases.services.steps import complete_step, save_step
from cases.services.talks import plan_follow_up
from pestzorg.demo.scenario_a.said import MEASURES, SEVERITY, agreements_of_step_7, answers
from pestzorg.demo.scenario_a.school import SchoolA, at
from schools.models import Pupil, SchoolClass, User


def report_and_assess(a: SchoolA) -> Conversation:
    """Mon 3 Nov: report, handler Sami. Tue 4 Nov: severity 9, level 2, Marit leads; the case is active."""
    report = report_concern(
        a.marit,
        a.school,
        about="Noor",
        pupil=a.noor,
        signs=["left_out", "group_chat_trouble"],
        description="Moeder mailt: sinds september is er een groepsapp zonder Noor, met stickers van haar foto.",
        now=at(3, 9),
    )
    begin_assessing(a.sami, report.case, a.sami, now=at(3, 16))
    return activate_case(
        a.sami,
        report.case,
        target=a.noor,
        lead=a.marit,
        indicators=SEVERITY,
        red_flags=[],
        now=at(4, 9),
    )


def first_sitting(a: SchoolA, conversation: Conversation) -> None:
    """Tue 4 Nov 10:15-10:40: steps 1 to 5; step 3 is finished after the phone call of Wed 5 Nov."""
    sitting = begin_sitting(a.marit, conversation, now=at(4, 10, 15))
    case, during = conversation.case, at(4, 10, 30)
    _write_down_story(a, conversation, during)
    for number in (1, 2, 4, 5):
        _finish(a.marit, conversation, number, during)
    record = step_records(conversation)[2]
    save_step(a.marit, record, _answers(a)[3], now=during)
    end_sitting(
        a.marit,
        sitting,
        now=at(4, 10, 40),
        ended_because="time",
        recap_read_aloud=True,
        next_contact_at=at(6, 13, 45),
        safety_score=4,
    )
    items.put_parent_contact(
        a.marit,
        case,
        None,
        now=at(5, 16, 30),
        person="Karin, moeder van Noor",
        held_at=at(5, 16),
        mode="phone",
        concerns="Noor heeft buikpijn op maandag.",
        expectations="Dat de stickers verdwijnen.",
        by=a.marit,
    )
    complete_step(a.marit, record, now=at(5, 16, 30))


def _write_down_story(a: SchoolA, conversation: Conversation, now: datetime) -> None:
    case = conversation.case
    items.put_incident(
        a.marit,
        case,
        None,
        now=now,
        description="Groepsapp zonder Noor, met stickers van haar foto.",
        happened_on=date(2025, 10, 27),
        date_precision="month",
        forms=["relational", "cyber"],
        cyber_subforms=["exclusion", "denigration"],
        channels=["whatsapp"],
        audience="class",
        still_online=True,
        sender_known="yes",
    )
    for name, role in (("Lieke", "alleged_bully"), ("Tess", "reinforcer"), ("Daan", "reinforcer")):
        _involve(a, case, name, role, now)
    for name, role in (("Bo", "outsider"), ("Finn", "outsider"), ("Yara", "defender")):
        _involve(a, case, name, role, now)
    for action, effect in (
        ("ignored", "no_effect"),
        ("left_group", "made_worse"),
        ("told_friend", "partly"),
    ):
        items.put_prior_action(
            a.marit,
            conversation,
            None,
            now=now,
            action_type=action,
            effect=effect,
            keep_doing=action == "told_friend",
            note="Mila uit groep 8" if action == "told_friend" else "",
        )


def _involve(a: SchoolA, case: Case, name: str, role: str, now: datetime) -> Participant:
    pupil = Pupil.objects.get(school=a.school, first_name=name)
    return items.put_participant(
        a.marit, case, None, now=now, pupil=pupil, name=name, role=role, certainty="named_by_target"
    )


def second_sitting(a: SchoolA, conversation: Conversation) -> None:
    """Thu 6 Nov 13:45-14:15: steps 6, 7, 10, 9 and 8; completed at 14:20."""
    begin_sitting(
        a.marit,
        conversation,
        now=at(6, 13, 45),
        safety_score=5,
        new_incident=False,
        still_agrees=True,
    )
    for key, values in MEASURES.items():
        items.put_measure(a.marit, conversation, key, now=at(6, 13, 50), **values)
    _finish(a.marit, conversation, 6, at(6, 13, 55))
    make_agreements(a, conversation, at(6, 14))
    for name, relationship, tasks, answered_on in (
        ("Mila", "older_pupil", ["join_at_break"], None),
        ("Karin", "parent", ["help_with_device", "listen"], date(2025, 11, 5)),
    ):
        items.put_support_person(
            a.marit,
            conversation,
            None,
            now=at(6, 14, 5),
            name=name,
            relationship=relationship,
            tasks=tasks,
            answer="accepted" if answered_on else "not_asked",
            answered_on=answered_on,
            asked_by=None if answered_on else a.marit,
            ask_before=None if answered_on else date(2025, 11, 7),
        )
    for number in (7, 10):
        _finish(a.marit, conversation, number, at(6, 14, 5))
    plan_talks(a, conversation, at(6, 14, 10))
    for number in (9, 8):
        _finish(a.marit, conversation, number, at(6, 14, 15))
    complete_conversation(a.marit, conversation, now=at(6, 14, 20))


def make_agreements(a: SchoolA, conversation: Conversation, now: datetime) -> None:
    """The seven agreements of step 7; those from step 6 keep where they come from."""
    target = conversation.target
    for row in agreements_of_step_7(a, target):
        record_agreement(a.marit, conversation.case, conversation=conversation, now=now, **row)


def plan_talks(a: SchoolA, conversation: Conversation, now: datetime) -> None:
    """Step 9: Noor again on 17 Nov (10 Nov comes from step 7), mother on 13 Nov, Lieke apart on 25 Nov."""
    case = conversation.case
    people = {p.name: p for p in case.participants.all()}
    for who, role, conductor, when, purpose in (
        (people["Noor"], "target", a.marit, at(17, 8, 30), "review_agreements"),
        ("Karin", "parent", a.sami, at(13, 16), "inform"),
        (people["Lieke"], "alleged_bully", a.marit, at(25, 12, 15), "progress"),
    ):
        plan_follow_up(
            a.marit,
            case,
            conversation=conversation,
            conductor=conductor,
            planned_at=when,
            with_role=role,
            with_participant=who if isinstance(who, Participant) else None,
            with_name=who if isinstance(who, str) else "",
            purposes=[purpose],
            now=now,
        )
    for name in ("Tess", "Daan"):
        items.put_participant(a.marit, case, people[name], now=now, without_talk="in_group")


def _finish(actor: User, conversation: Conversation, number: int, now: datetime) -> StepRecord:
    record = step_records(conversation)[number - 1]
    save_step(actor, record, _answers_of(conversation).get(number, {}), now=now)
    return complete_step(actor, record, now=now)


def _answers_of(conversation: Conversation) -> dict[int, dict[str, Any]]:
    case = conversation.case
    people = {m.user.email: m.user for m in case.school.memberships.select_related("user")}
    return answers(
        marit=people["teacher.a@example.org"],
        sami=people["coordinator.a@example.org"],
        fleur=people["facilitator.a@example.org"],
        groep7=SchoolClass.objects.get(school=case.school, name="groep 7"),
    )


def _answers(a: SchoolA) -> dict[int, dict[str, Any]]:
    return answers(marit=a.marit, sami=a.sami, fleur=a.fleur, groep7=a.groep7)
