"""The paper for the family: who looked, by role and initials, and no name, no other pupil, no text (R33)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from cases.ceilings import Level
from cases.models import Case
from cases.queries.access_report import access_report
from cases.services.break_glass import break_glass
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.pdf.typeset import NotTypeset, digest_of
from pestzorg.testing.builders import NOW, make_agreement, make_case_active, make_pupil
from pestzorg.testing.clients import signed_in


@pytest.fixture
def looked(scene: Scene, at: Any) -> Scene:
    """The teacher read, the school leader came in an emergency, and there is a case of another pupil."""
    at(NOW)
    make_agreement(scene.coordinator, scene.case, what="Bel de ouders van Noor")
    other = make_pupil(scene.school_class, "Daan", "Anders")
    make_case_active(scene.coordinator, scene.colleague, scene.school, other)
    break_glass(scene.principal, scene.case, reason="x y" * 20, reason_code="danger", now=NOW)
    for person in (scene.teacher, scene.principal):
        signed_in(person).get(f"/cases/{scene.case.uuid}/")
    return scene


def address(scene: Scene) -> str:
    return f"/cases/{scene.case.uuid}/looks/report/"


def words_of(answer: Any) -> str:
    pages = PdfReader(BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_paper_tells_days_roles_and_initials(looked) -> None:
    answer = signed_in(looked.coordinator).post(address(looked))
    assert answer["Content-Type"] == "application/pdf"
    assert f"wie-keek-{looked.case.reference}.pdf" in answer["Content-Disposition"]
    words = words_of(answer)
    for word in ("Wie keek in dit dossier", "3 november 2025", "MV", "Leraar", "één keer geopend"):
        assert word in words
    assert "noodtoegang" in words
    assert "gevaar" not in words


def test_no_name_no_other_pupil_no_reporter_and_no_text_stands_on_it(looked) -> None:
    client = signed_in(looked.coordinator)
    told = words_of(client.post(address(looked))), client.get(address(looked)).content.decode()
    # The code of the case is made of chance, so that "7A" can stand in it.
    paper, page = (words.replace(looked.case.reference, "") for words in told)
    preview = page.split('id="h-paper"')[1]
    people = [looked.teacher, looked.coordinator, looked.colleague, looked.principal]
    names = [name for person in people for name in (person.first_name, person.email)]
    for word in (*names, "de Vries", "Noor", "Visser", "Daan", "Anders", "7A", "Bel de ouders"):
        assert word not in paper, word
        assert word not in preview, word


def test_the_preview_shows_what_the_paper_says(looked) -> None:
    client = signed_in(looked.coordinator)
    data = access_report(looked.case, NOW)  # before the preview, which is a look itself
    preview = client.get(address(looked)).content.decode()
    paper = words_of(client.post(address(looked)))
    for line in data["lines"]:
        for cell in line:
            assert cell in preview
            assert cell in paper


def test_making_it_is_logged_with_the_digest_that_stands_on_it(looked) -> None:
    words = words_of(signed_in(looked.coordinator).post(address(looked)))
    event = AuditEvent.objects.get(verb="access_report_made")
    assert (event.rule, event.actor_id, event.role) == (
        "R33",
        looked.coordinator.pk,
        "coordinator",
    )
    assert event.facts["digest"] in words.replace(" ", "")
    assert len(event.facts["digest"]) == len(digest_of({}))


@pytest.mark.parametrize("level", [Level.VIEW, Level.CONTRIBUTE])
def test_who_may_not_export_gets_no_paper(level, looked) -> None:
    share_case(looked.coordinator, looked.case, looked.colleague, level, now=NOW)
    client = signed_in(looked.colleague)
    assert (client.get(address(looked)).status_code, client.post(address(looked)).status_code) == (
        404,
        404,
    )


def test_a_paper_that_fails_says_so_and_logs_no_content(looked, monkeypatch, caplog) -> None:
    def fail(*args: Any) -> bytes:
        raise NotTypeset("took too long")

    monkeypatch.setattr("cases.services.access_report.typeset", fail)
    answer = signed_in(looked.coordinator).post(address(looked), follow=True)
    assert "Het papier kon niet worden gemaakt" in answer.content.decode()
    assert "Noor" not in caplog.text
    assert not AuditEvent.objects.filter(verb="access_report_made").exists()


def test_nobody_looked_yet_is_said_in_words(scene, at) -> None:
    at(NOW)
    data = access_report(Case.objects.select_related("school").get(pk=scene.case.pk), NOW)
    assert data["lines"] == []
    answer = signed_in(scene.coordinator).get(address(scene))
    assert data["nobody"] in answer.content.decode()
