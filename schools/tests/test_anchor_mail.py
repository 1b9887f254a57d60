"""The weekly letter to the data protection officers: it holds an anchor, and nothing about any school or case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as sent

from pestzorg.audit import log
from pestzorg.audit.anchors import read
from pestzorg.audit.chain import chain
from pestzorg.audit.verify import verify
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail
from pestzorg.testing.builders import NOW, make_person, make_school
from schools.models import User
from schools.roles import Role
from schools.services.anchor_mail import queue_anchor_mails
from schools.services.people import give_role
from schools.tasks import run_anchor_mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(at) -> User:
    at(NOW)
    school, other = make_school(), make_school("Het Kompas", "het-kompas")
    make_person(Role.COORDINATOR, school)
    person = make_person(Role.DPO, school, first_name="Dirk")
    give_role(None, person, Role.DPO, now=NOW - timedelta(days=1), board=other.board)
    chain(NOW)
    return person


def test_each_officer_gets_one_letter_a_week_with_the_head_of_the_chain(officer) -> None:
    assert (run_anchor_mails(), queue_anchor_mails(NOW)) == (1, 0)
    assert deliver(NOW).sent == 1
    (letter,) = sent.outbox
    assert letter.to == [officer.email]
    line = next(line for line in letter.body.splitlines() if line[:1].isdigit())
    assert line in letter.alternatives[0][0]
    anchors = read([line])
    assert anchors
    assert verify(anchors).bad is None


def test_the_letter_shows_that_the_chain_was_computed_anew(officer) -> None:
    queue_anchor_mails(NOW)
    deliver(NOW)
    line = next(line for line in sent.outbox[0].body.splitlines() if line[:1].isdigit())
    position = int(line.split()[0])
    assert verify({position: "0" * 64}).bad is not None


def test_the_letter_names_nobody_and_no_school(officer) -> None:
    queue_anchor_mails(NOW)
    deliver(NOW)
    told = sent.outbox[0].subject + sent.outbox[0].body + sent.outbox[0].alternatives[0][0]
    for word in ("Dirk", "Vaart", "Kompas", "PZ-"):
        assert word not in told
    assert "functionaris gegevensbescherming" in told


def test_a_repeat_of_a_mail_keeps_the_head_it_was_written_with(officer) -> None:
    queue_anchor_mails(NOW)
    deliver(NOW)
    first = Mail.objects.get().text
    log.record(None, "step_saved", now=NOW)
    chain(NOW)
    Mail.objects.update(state="retry", retry_at=NOW)
    deliver(NOW)
    assert Mail.objects.get().text == first
    assert sent.outbox[0].body == sent.outbox[1].body


def test_without_a_chain_no_letter_leaves(at) -> None:
    at(NOW)
    make_person(Role.DPO, make_school())
    queue_anchor_mails(NOW)
    counts = deliver(NOW)
    assert (counts.sent, counts.aborted) == (0, 1)
