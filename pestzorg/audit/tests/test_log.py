"""What an event holds, that it stands or falls with the act, and that no word of a case gets into it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import models, transaction

from cases.models import Case
from pestzorg.audit import log
from pestzorg.audit.models import AuditEvent
from pestzorg.demo import scenario_a
from pestzorg.testing.builders import NOW
from schools.models import User

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_which_when() -> None:
    actor, case_uuid, subject_uuid = User.objects.create(email="a@x.nl"), uuid4(), uuid4()
    log.record(
        actor,
        "access_given",
        now=NOW,
        school_id=7,
        case_uuid=case_uuid,
        subject_uuid=subject_uuid,
        rule="R27",
        level=20,
        purpose="shared",
    )
    event = AuditEvent.objects.get()
    assert (event.at, event.actor_id, event.verb, event.school_id) == (
        NOW,
        actor.pk,
        "access_given",
        7,
    )
    assert (event.case_uuid, event.subject_uuid, event.rule) == (case_uuid, subject_uuid, "R27")
    assert event.facts == {"level": 20, "purpose": "shared"}


def test_the_system_acts_without_a_person() -> None:
    log.record(None, "access_taken_back", now=NOW)
    assert AuditEvent.objects.get().actor_id is None


def test_an_act_that_is_undone_leaves_no_event() -> None:
    with transaction.atomic():
        log.record(None, "case_reported", now=NOW)
        assert AuditEvent.objects.exists()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_an_event_outlives_what_it_describes() -> None:
    assert not any(isinstance(field, models.ForeignKey) for field in AuditEvent._meta.fields)


def test_writing_an_event_is_one_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        log.record(None, "case_reported", now=NOW)


def test_a_whole_story_leaves_only_keys_and_numbers_in_the_log() -> None:
    a = scenario_a.found_school_a("x")
    conversation = scenario_a.report_and_assess(a)
    scenario_a.first_sitting(a, conversation)
    scenario_a.second_sitting(a, conversation)
    told = list(AuditEvent.objects.all())
    assert len({event.verb for event in told}) > 10
    for event in told:
        for value in (event.verb, *event.facts, *event.facts.values()):
            plain = value is None or isinstance(value, int) or re.fullmatch(r"[a-z_]{1,30}", value)
            assert plain, (event.verb, value)
    of_the_case = {event.case_uuid for event in told} - {None}
    assert of_the_case == {Case.objects.get().uuid}
