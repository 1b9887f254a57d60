"""Somebody else facilitates from now on: who may read along, who is reminded, and where it can be handed over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.access import Who, can_see_content
from cases.ceilings import Level
from cases.queries.open_work import open_elsewhere
from cases.services.sharing import share_case
from interventions.deadlines.phases import PHASE, PhaseSource
from interventions.models import Intervention
from interventions.services.ending import stop_intervention
from interventions.services.facilitating import change_facilitator
from interventions.services.phases import plan_phase
from interventions.tests.running import Run, begin, begin_freely, fresh, phase
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_school
from schools.models import User
from schools.queries.calendars import calendar_for
from schools.roles import Role

MONDAY_AFTER = date(2025, 11, 10)


@pytest.fixture
def jo(run: Run) -> User:
    return make_person(Role.TEACHER, run.scene.school, first_name="Jo")


def change(run: Run, made: Intervention, person: User | None, **values: Any) -> Intervention:
    return change_facilitator(run.actor, fresh(made), person, now=NOW, **values)


def test_the_new_one_reads_along_and_the_one_before_no_more(run: Run, jo: User) -> None:
    made, former = begin(run), run.scene.colleague
    assert can_see_content(former, run.case, NOW)
    change(run, made, jo, share_ok=True)
    assert fresh(made).facilitator == jo
    assert can_see_content(jo, run.case, NOW)
    assert not can_see_content(former, run.case, NOW)
    event = AuditEvent.objects.get(verb="intervention_facilitator_changed")
    assert (event.subject_uuid, event.case_uuid) == (made.uuid, run.case.uuid)


def test_who_still_has_an_agreement_keeps_reading_until_that_is_done(run: Run, jo: User) -> None:
    made, former = begin(run), run.scene.colleague
    make_agreement(run.actor, run.case, owner_staff=former, share_ok=True)
    change(run, made, jo, share_ok=True)
    assert can_see_content(former, run.case, NOW)


def test_sharing_is_asked_first(run: Run, jo: User) -> None:
    made = begin(run)
    with pytest.raises(RuleBroken) as refused:
        change(run, made, jo)
    assert refused.value.problems[0].field == "share_ok"
    assert not can_see_content(jo, run.case, NOW)


def test_somebody_from_outside_has_a_name_and_no_access(run: Run) -> None:
    made = begin(run)
    change(run, made, None, name=" Els van buiten ")
    assert fresh(made).facilitated_by == "Els van buiten"
    assert not can_see_content(run.scene.colleague, run.case, NOW)


@pytest.mark.parametrize("who", ["nobody", "both", "same", "outsider", "over"])
def test_what_is_refused(run: Run, jo: User, who: str) -> None:
    made = begin(run)
    if who == "over":
        stop_intervention(run.actor, made, "Ging niet.", now=NOW)
    stranger = make_person(Role.TEACHER, make_school("Het Kompas", "het-kompas"))
    given: dict[str, tuple[User | None, str]] = {
        "nobody": (None, "  "),
        "both": (jo, "Els"),
        "same": (run.scene.colleague, ""),
        "outsider": (stranger, ""),
        "over": (jo, ""),
    }
    person, name = given[who]
    with pytest.raises(RuleBroken):
        change(run, made, person, name=name, share_ok=True)
    assert fresh(made).facilitator == run.scene.colleague


def test_the_new_one_is_told_what_the_one_before_was_told(run: Run, jo: User) -> None:
    made = begin(run)
    record = phase(made, "interview_target")
    plan_phase(run.actor, record, MONDAY_AFTER, now=NOW)
    morning = calendar_for(run.scene.school).send_moment(MONDAY_AFTER)
    sweep(morning)
    change_facilitator(run.actor, fresh(made), jo, now=morning, share_ok=True)
    waiting = DueMoment.objects.filter(source=PHASE, settled_at=None, fires_at__lte=morning)
    assert [moment.kind for moment in waiting] == ["phase_today"]
    wanted = PhaseSource().wanted(record.uuid, "phase_today", MONDAY_AFTER, morning)
    assert wanted
    assert wanted.recipients == (jo.pk,)


def test_without_a_case_the_door_goes_along(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    counsellor = run.scene.counsellor
    change(run, made, counsellor)
    assert fresh(made).facilitator == counsellor


def test_open_work_leads_to_the_page_that_hands_it_on(run: Run, jo: User, at: Any) -> None:
    at(NOW)
    made, former = begin(run), run.scene.colleague
    (line,) = open_elsewhere(Who(run.actor, NOW), former.uuid)
    assert line.href == f"/cases/{run.case.uuid}/interventions/{made.uuid}/facilitator/"
    # Whoever reads along gives nothing on, and somebody outside finds nothing.
    assert open_elsewhere(Who(former, NOW), former.uuid) == []
    assert open_elsewhere(Who(jo, NOW), former.uuid) == []
    client = Client()
    client.force_login(run.actor)
    assert line.href in client.get(reverse("cases:work", args=[former.uuid])).content.decode()


def test_the_page_names_another_one(run: Run, jo: User, at: Any) -> None:
    at(NOW)
    made = begin(run)
    client, url = Client(), f"/cases/{run.case.uuid}/interventions/{made.uuid}/facilitator/"
    client.force_login(run.actor)
    assert client.post(url, {"facilitator": jo.uuid}).status_code == 422
    done = client.post(url, {"facilitator": jo.uuid, "share_ok": "on"})
    assert (done.status_code, fresh(made).facilitator) == (302, jo)


def test_who_only_reads_along_names_nobody(run: Run, jo: User, at: Any) -> None:
    at(NOW)
    made = begin(run)
    share_case(run.actor, run.case, jo, Level.VIEW, now=NOW)
    for reader in (run.scene.colleague, jo):
        client = Client()
        client.force_login(reader)
        home = f"/cases/{run.case.uuid}/interventions/{made.uuid}/"
        assert client.get(f"{home}facilitator/").status_code == 404
        assert f"{home}facilitator/" not in client.get(home).content.decode()
