"""Two people, two tabs or two taps: what was written meanwhile is never undone by an older page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from cases.ceilings import Level
from cases.models import Agreement, FollowUpTalk
from cases.queries.case_page import CasePage
from cases.services.agreements import change_agreement, settle_agreement
from cases.services.conversations import begin_sitting
from cases.services.items import put_incident
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.services.talks import change_talk, record_talk
from cases.web.agreement_forms import AgreementForm
from pestzorg.errors import RuleBroken
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_agreement, make_talk
from schools.models import Membership, MembershipRole
from schools.queries.calendars import calendar_for
from schools.services.people import end_membership

OVERDUE_AT = datetime(2025, 11, 7, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def remind(now):
    sweep(now)
    deliver(now)


def until_overdue(scene):
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 6))
    for day in (4, 5, 6):
        remind(datetime(2025, 11, day, 8, tzinfo=UTC))
    django_mail.outbox.clear()
    sweep(OVERDUE_AT)
    return agreement


def test_a_settled_agreement_is_not_opened_by_an_older_form(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    older = Agreement.objects.get(pk=agreement.pk)
    settle_agreement(scene.teacher, agreement, "done", now=NOW)
    with pytest.raises(RuleBroken):
        change_agreement(scene.coordinator, older, now=NOW, check_how="x")
    assert Agreement.objects.get(pk=agreement.pk).status == "done"


def test_settling_twice_is_once(scene):
    agreement = make_agreement(scene.teacher, scene.case)
    older, oldest = (Agreement.objects.get(pk=agreement.pk) for _ in range(2))
    settle_agreement(scene.teacher, agreement, "done", now=NOW)
    settle_agreement(scene.teacher, older, "done", now=NOW)
    with pytest.raises(RuleBroken):
        settle_agreement(scene.coordinator, oldest, "cancelled", now=NOW)
    assert Agreement.objects.get(pk=agreement.pk).status == "done"


def test_a_held_talk_is_not_overwritten(scene):
    talk = make_talk(scene.teacher, scene.case)
    older = FollowUpTalk.objects.get(pk=talk.pk)
    outcome = {"progress": "same", "safety_score": 4, "new_incident": False, "note": "Long story"}
    outcome["no_next_talk"] = True
    record_talk(scene.teacher, talk, status="held", now=NOW, **outcome)
    with pytest.raises(RuleBroken):
        record_talk(scene.coordinator, older, status="cancelled", now=NOW, note="")
    kept = FollowUpTalk.objects.get(pk=talk.pk)
    assert (kept.status, kept.note) == ("held", "Long story")


def test_who_leaves_between_sweep_and_mail_passes_the_reminder_on(scene):
    until_overdue(scene)
    end_membership(None, Membership.objects.get(user=scene.teacher), now=OVERDUE_AT)
    for later in (OVERDUE_AT, OVERDUE_AT + HOUR):
        deliver(later)
        sweep(later)
    deliver(OVERDUE_AT + HOUR)
    assert [m.to for m in django_mail.outbox] == [[scene.coordinator.email]]


def test_a_task_given_to_somebody_else_takes_its_reminder_along(scene):
    agreement = until_overdue(scene)
    other = {"owner_staff": scene.coordinator, "responsible_staff": scene.coordinator}
    change_agreement(scene.coordinator, agreement, now=OVERDUE_AT, **other)
    deliver(OVERDUE_AT)
    remind(OVERDUE_AT + HOUR)
    assert [m.to for m in django_mail.outbox] == [[scene.coordinator.email]]


def test_nobody_to_remind_now_is_asked_again(scene):
    make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 6))
    at_school = Membership.objects.filter(school=scene.school)
    at_school.update(state="suspended")
    remind(datetime(2025, 11, 4, 8, tzinfo=UTC))
    at_school.update(state="active")
    remind(datetime(2025, 11, 4, 12, tzinfo=UTC))
    assert len(django_mail.outbox) == 1


def test_a_talk_that_moves_near_is_reminded_of(scene):
    talk = make_talk(scene.teacher, scene.case, planned_at=datetime(2025, 11, 14, 9, tzinfo=UTC))
    now, tomorrow = datetime(2025, 11, 5, 10, tzinfo=UTC), datetime(2025, 11, 6, 9, tzinfo=UTC)
    change_talk(scene.coordinator, talk, now=now, planned_at=tomorrow, conductor=scene.coordinator)
    remind(now + HOUR)
    assert [m.to for m in django_mail.outbox] == [[scene.coordinator.email]]


def test_what_is_agreed_on_the_first_school_day_can_be_saved(scene):
    calendar = calendar_for(scene.school)
    first = calendar.next_school_day(calendar.first)
    now = datetime(first.year, first.month, first.day, 6, tzinfo=UTC)
    MembershipRole.objects.update(valid_from=now - timedelta(days=30))
    make_agreement(scene.coordinator, scene.case, now=now, deadline=first)
    make_talk(scene.coordinator, scene.case, now=now, planned_at=now + 3 * HOUR)


def test_a_closed_step_shows_neither_its_grade_nor_what_was_told(scene, at):
    at(NOW)
    save_step(scene.teacher, scene.step(1), {"safety_score": 3}, now=NOW, visibility="handler_only")
    put_incident(scene.teacher, scene.case, None, now=NOW, description="Told in trust")
    save_step(scene.teacher, scene.step(2), {}, now=NOW, visibility="handler_only")
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client = Client()
    client.force_login(scene.colleague)
    page = client.get(reverse("conversation:overview", args=[scene.case.uuid]))
    assert page.context["last_score"] is None
    page = client.get(reverse("cases:page", args=[scene.case.uuid]))
    assert b"Told in trust" not in page.content
    assert CasePage(scene.who(scene.teacher), scene.case).incidents


def test_a_lead_who_left_cannot_be_named_again(scene):
    end_membership(None, Membership.objects.get(user=scene.teacher), now=NOW)
    given = {"what": "x", "owner": f"staff:{scene.teacher.uuid}", "deadline": "2025-11-06"}
    form = AgreementForm(
        given | {"responsible_staff": str(scene.coordinator.uuid)},
        case=scene.case,
        now=NOW + HOUR,
        user=scene.coordinator,
    )
    assert "owner" in form.errors
