"""A log that the database really refuses to write: nothing is shown, and no act happens (S39, S43)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from cases.models import Agreement, Case
from pestzorg.audit import log
from pestzorg.audit.log import LogUnwritable
from pestzorg.demo import scenario_a
from pestzorg.testing.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)

BROKEN = {
    "postgresql": (
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
        "CREATE TRIGGER broken BEFORE INSERT ON audit_auditevent EXECUTE FUNCTION broken()",
    ),
    "sqlite": (
        "CREATE TRIGGER broken BEFORE INSERT ON audit_auditevent "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    ),
}
MENDED = {
    "postgresql": ("DROP FUNCTION broken CASCADE",),
    "sqlite": ("DROP TRIGGER broken",),
}


def run(statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def broken_log(at: Any) -> Iterator[scenario_a.SchoolA]:
    school = scenario_a.found_school_a("x")
    scenario_a.report_and_assess(school)
    at(NOW + timedelta(days=7))
    run(BROKEN[connection.vendor])
    yield school
    run(MENDED[connection.vendor])


def test_no_content_and_no_act_without_a_log(broken_log, client, caplog) -> None:
    caplog.set_level("CRITICAL", "django.request")
    case = Case.objects.get()
    client.force_login(broken_log.marit)
    pages = ("/", "/cases/", f"/cases/{case.uuid}/", f"/api/v1/cases/{case.uuid}/")
    answers = [client.get(path) for path in pages]
    answers.append(client.get("/api/v1/agreements/00000000-0000-0000-0000-000000000000/"))
    answers.append(client.post(f"/cases/{case.uuid}/conversation/begin/", {}))
    assert {answer.status_code for answer in answers} == {503}
    assert case.target.name not in "".join(answer.content.decode() for answer in answers)
    assert not Agreement.objects.exists()
    assert "disk full" not in caplog.text


def test_an_act_that_cannot_be_logged_does_not_happen(broken_log) -> None:
    with pytest.raises(LogUnwritable):
        log.record(None, "step_saved", now=NOW)
