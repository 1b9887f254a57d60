"""A step page is one request and at most twelve questions to the database, whatever the size of the case.

What every page asks comes on top: the session, the account, the rights, the case, and the line in the log.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.conversations import begin_sitting
from cases.services.items import put_incident, put_participant, put_prior_action
from pestzorg.testing.builders import NOW, make_agreement, make_talk

MOST = 12
OF_EVERY_PAGE = re.compile(
    r'FROM "(signin_session|cases_case|cases_access)"'
    r"|SELECT e\.cases|INSERT INTO audit_auditevent|SAVEPOINT"
    r'|FROM "schools_user" WHERE "schools_user"."id" = '
)


def filled(scene, times):
    for number in range(times):
        put_incident(scene.teacher, scene.case, None, now=NOW, description=f"Voorval {number}")
        put_participant(
            scene.teacher, scene.case, None, now=NOW, name=f"Kind {number}", role="alleged_bully",
            certainty="named_by_target",
        )  # fmt: skip
        put_prior_action(
            scene.teacher, scene.conversation, None, now=NOW, action_type="told_teacher"
        )
        make_agreement(scene.teacher, scene.case)
        make_talk(scene.teacher, scene.case)


def asked(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in caught.captured_queries if not OF_EVERY_PAGE.search(q["sql"])]


@pytest.mark.parametrize("view", ["talk", "write"])
@pytest.mark.parametrize("number", range(1, 11))
def test_a_step_page_asks_at_most_twelve_times(scene, at, number, view):
    at(NOW)
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    client = Client()
    client.force_login(scene.teacher)
    url = reverse("conversation:step", args=[scene.case.uuid, number]) + f"?view={view}"
    filled(scene, 1)
    small = asked(client, url)
    filled(scene, 8)
    large = asked(client, url)
    assert len(small) <= MOST, "\n".join(small)
    assert len(large) == len(small), "\n".join(large)
