"""The report of a conversation: per audience exactly what its edition prints, other pupils as letters, nothing private."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from cases.ceilings import Level
from cases.models import Agreement, Conversation, StepRecord
from cases.models.step_record import Visibility
from cases.protocol import Field, editions
from cases.services import items
from cases.services.conversations import step_records
from cases.services.sharing import share_case
from cases.tests.printing import AUDIENCES, address, article_of, paper, preview, signed_in
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.demo import scenario_a
from pestzorg.pdf.typeset import NotTypeset
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_class,
    make_person,
    make_pupil,
    make_talk,
)
from schools.roles import Role

HELP = {"tasks": ["listen"], "answer": "accepted"}
OTHER_NAMES = ("Lieke", "Bakker", "Daan", "Smet", "Tess")


@pytest.fixture
def held(scene: Scene, at: Any) -> Scene:
    """Every step may be shared with the parents, so that `printed` decides."""
    at(NOW)
    for number in range(1, 11):
        record = scene.step(number)
        record.visibility = Visibility.SHAREABLE
        record.save()
    return scene


def write(scene: Scene, step: int, **answers: Any) -> StepRecord:
    """Answers as stored, whatever a form would say about them."""
    record = scene.step(step)
    record.answers = {**record.answers, **answers}
    record.save()
    return record


def canary(scene: Scene, number: int, step: int, field: Field) -> tuple[Any, str]:
    """An answer nobody else gives, and how it reads in Dutch; labels of ticks and choices are their own canary."""
    if field.kind in ("char", "text"):
        return f"Kanarie{number}x", f"Kanarie{number}x"
    if field.kind == "staff":
        person = make_person(Role.TEACHER, scene.school, first_name=f"Kanarie{number}x")
        return str(person.uuid), f"Kanarie{number}x"
    if field.kind == "class_group":
        return str(make_class(scene.school, f"Kanarie{number}x").uuid), f"Kanarie{number}x"
    if field.kind in ("date", "datetime"):
        day = date(2031, 1, 1) + timedelta(days=number)
        stored = day.isoformat() + ("" if field.kind == "date" else "T09:05")
        return (
            stored,
            f"{day.day} {('januari', 'februari', 'maart')[day.month - 1]} 2031",
        )
    if field.kind == "score":
        return step, f"{step} op 10"
    if field.kind == "choice":
        return field.choices[-1].key, ""
    return ([c.key for c in field.choices] if field.kind == "multi" else True), ""


def question(field: Field, audience: str) -> str:
    asked = field.for_pupil.nl if audience == "pupil" and field.for_pupil else field.label.nl
    ticked = field.kind == "must_be_true" or (field.kind == "bool" and not field.required)
    return asked if ticked or asked.endswith("?") else f"{asked}:"


@pytest.mark.parametrize("key", editions())
def test_each_audience_gets_exactly_what_the_edition_prints_for_it(key: str, held: Scene) -> None:
    Conversation.objects.update(edition_key=key)
    asked = [(s.number, f) for s in held.conversation.edition.steps for f in s.fields]
    told = {}
    for number, (step, field) in enumerate(asked):
        value, told[step, field.key] = canary(held, number, step, field)
        write(held, step, **{field.key: value})
    assert len(told) > 50
    path = f"/api/v1/conversations/{held.conversation.uuid}/"
    in_api = signed_in(held.coordinator).get(path).json()["steps"]
    for step, field in asked:
        kept = StepRecord.objects.get(step=step).answers
        assert in_api[step - 1]["answers"][field.key] == kept[field.key]
    for audience in AUDIENCES:
        places = preview(held, audience), paper(held, audience)
        for step, field in asked:
            shown = f"{question(field, audience)} {told[step, field.key]}".strip()
            # A grade says little without its question; a day has its weekday between the two.
            words = shown if field.kind == "score" else told[step, field.key] or shown
            for place in places:
                assert (words in place) == (audience in field.printed), (audience, step, field.key)
                if audience in field.printed:
                    assert question(field, audience) in place, (audience, step, field.key)


def test_summaries_private_notes_and_private_steps_are_on_no_paper(held: Scene) -> None:
    record = write(held, 2, story="Kanarieprivé")
    record.visibility = Visibility.HANDLER_ONLY
    record.summary = "Kanariekort"
    record.save()
    shown = write(held, 3, goal_statement="Kanariedoel")
    shown.private_note = "Kanarienotitie"
    shown.save()
    for audience in AUDIENCES:
        for place in (preview(held, audience), paper(held, audience)):
            assert "Kanarieprivé" not in place
            assert "Kanariekort" not in place
            assert "Kanarienotitie" not in place
            assert "Kanariedoel" in place


def test_what_is_for_the_care_team_is_not_on_the_paper_of_the_parents(held: Scene) -> None:
    record = write(held, 2, story="Kanarieteam")
    record.visibility = Visibility.CARE_TEAM
    record.save()
    found = {audience: "Kanarieteam" in paper(held, audience) for audience in AUDIENCES}
    assert found == {"pupil": True, "parents": False, "file": True}
    client = signed_in(held.coordinator)
    pages = {audience: client.get(address(held, audience)) for audience in AUDIENCES}
    told = {audience: "Ouders lezen alleen" in p.content.decode() for audience, p in pages.items()}
    assert told == {"pupil": False, "parents": True, "file": False}


def test_a_paper_without_content_says_so_before_it_is_given(held: Scene) -> None:
    def warns(audience: str) -> bool:
        page = signed_in(held.coordinator).get(address(held, audience)).content.decode()
        return "Er staat nog niets op dit papier" in page

    write(held, 2, story="Ze lachen me uit.")
    assert not warns("parents")
    held.conversation.step_records.update(visibility=Visibility.CARE_TEAM)
    assert warns("parents")
    assert not warns("pupil")
    assert "Er staat nog niets" not in preview(held, "parents")


def test_the_lists_of_a_private_step_stay_away_too(held: Scene) -> None:
    items.put_measure(held.teacher, held.conversation, "change_password", now=NOW, status="agreed")
    make_talk(held.coordinator, held.case)
    items.put_support_person(
        held.teacher,
        held.conversation,
        None,
        now=NOW,
        name="Oma Kanarie",
        relationship="grandparent",
        **HELP,
    )
    words = ("Wachtwoord", held.coordinator.full_name, "Oma Kanarie")
    place = preview(held, "pupil")
    assert [word for word in words if word not in place] == []
    for number in (6, 9, 10):
        record = held.step(number)
        record.visibility = Visibility.HANDLER_ONLY
        record.save()
    assert not any(word in preview(held, "pupil") for word in words)


def test_an_agreement_is_on_the_paper_of_those_who_may_see_it(held: Scene) -> None:
    for visibility in (["pupil"], ["parents"], ["care_team"]):
        agreement = make_agreement(held.coordinator, held.case, what=f"Kanarie-{visibility[0]}")
        Agreement.objects.filter(pk=agreement.pk).update(visibility=visibility)
    for audience, expected in (
        ("pupil", {"pupil"}),
        ("parents", {"parents"}),
        ("file", {"pupil", "parents", "care_team"}),
    ):
        place = preview(held, audience)
        assert set(re.findall(r"Kanarie-(\w+)", place)) == expected
        assert set(re.findall(r"Kanarie-(\w+)", paper(held, audience))) == expected


def test_what_a_pupil_does_not_want_to_do_is_for_the_file_only(held: Scene) -> None:
    for key, status in (("change_password", "agreed"), ("use_nickname", "declined")):
        items.put_measure(held.teacher, held.conversation, key, now=NOW, status=status)
    assert "schuilnaam" in preview(held, "file").lower() or "Wil niet" in preview(held, "file")
    for audience in ("pupil", "parents"):
        assert "Wil niet" not in preview(held, audience)


def test_other_pupils_are_the_same_letter_everywhere_and_no_name_stands_anywhere(
    held: Scene,
) -> None:
    lieke = items.put_participant(
        held.teacher,
        held.case,
        None,
        now=NOW,
        pupil=make_pupil(held.school_class, "Lieke", "Bakker"),
        name="Lieke",
        role="alleged_bully",
    )
    make_pupil(held.school_class, "Daan", "De Smet")  # a classmate whom the case does not name
    make_pupil(held.school_class, "Finn", "Bos")  # one whom nobody mentions gets no letter
    story = "LIEKE BAKKER duwde, bakker lachte, Liekes vriend daan filmde. @lieke_2012 postte. Ik praat liever."
    write(held, 2, story=story, wishes="Dat lieke en Daan De  Smet stoppen")
    make_agreement(
        held.coordinator,
        held.case,
        what="Praat met Daan",
        owner_type="pupil_other",
        owner_staff=None,
        owner_participant=lieke,
        helper="Tess",
    )
    Agreement.objects.update(visibility=["pupil", "parents"])
    items.put_support_person(
        held.teacher,
        held.conversation,
        None,
        now=NOW,
        name="Tess",
        relationship="classmate",
        **HELP,
    )
    make_talk(held.coordinator, held.case, with_participant=lieke, with_role="alleged_bully")
    for audience in AUDIENCES:
        for place in (preview(held, audience), paper(held, audience)):
            for name in OTHER_NAMES:
                assert name.casefold() not in place.casefold(), (audience, name)
            assert (
                "leerling A duwde, leerling A lachte, leerling A's vriend leerling C filmde. @leerling A_2012 postte."
                " Ik praat liever."
            ) in place
            assert "Dat leerling A en leerling C stoppen" in place
            assert "Praat met leerling C" in place
            assert "leerling B" in place
            assert "leerling D" not in place
            assert "Noor" in place


def test_the_own_name_stays_when_another_pupil_shares_it(held: Scene) -> None:
    make_pupil(held.school_class, "Noor", "Jansen")
    write(held, 2, story="Noor zei dat Noor Jansen lachte")
    assert "Noor zei dat leerling A lachte" in preview(held, "pupil")


def test_a_name_at_the_beginning_of_a_line_is_found_too(held: Scene) -> None:
    make_pupil(held.school_class, "Lieke", "Bakker")
    make_pupil(held.school_class, "Zoë", "Daïr")
    write(held, 2, story="Eerst lachten ze.\nLieke filmde.\r\nZoe\u0308 ook.")
    shown = preview(held, "pupil")
    assert "lachten ze. leerling A filmde. leerling B ook." in shown


def test_a_name_is_found_with_its_accents_and_without(held: Scene) -> None:
    make_pupil(held.school_class, "Zoë", "Daïr")
    make_pupil(held.school_class, "Rene", "Bos")
    write(held, 2, story="Één keer: zoe lachte, Dair's vriend René ook. Chloé niet.")
    shown = preview(held, "pupil")
    assert "Één keer: leerling B lachte, leerling B's vriend leerling A ook. Chloé niet." in shown


def test_words_that_stand_for_a_name_make_no_holes(held: Scene) -> None:
    items.put_participant(
        held.teacher, held.case, None, now=NOW, name="Een jongen uit 3B", role="unknown"
    )
    write(held, 2, story="Een keer zat een jongen uit 3B achter een boom")
    assert "Een keer zat leerling A achter een boom" in preview(held, "pupil")


def test_the_parents_paper_is_refused_where_it_is_not_safe_to_tell_them(held: Scene) -> None:
    client = signed_in(held.coordinator)
    for reason, status in (
        ("unsafe_now", 422),
        ("authority_requested", 422),
        ("not_relevant", 200),
    ):
        write(held, 3, parents_part_skipped=True, parents_skip_reason=reason)
        assert client.get(address(held, "parents")).status_code == status
        assert client.get(address(held, "pupil")).status_code == 200


def test_the_parents_paper_is_refused_while_the_pupil_objects(held: Scene) -> None:
    record = write(held, 3, parents_status="pupil_objects", goal_statement="Kanariedoel")
    client = signed_in(held.coordinator)
    for visibility in (Visibility.CARE_TEAM, Visibility.HANDLER_ONLY):
        record.visibility = visibility
        record.save()
        for send in (client.get, client.post):
            answer = send(address(held, "parents"))
            assert answer.status_code == 422
            assert "De leerling wil niet dat de ouders het weten" in answer.content.decode()
            assert "Kanariedoel" not in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="conversation_report_made").exists()
    assert client.get(address(held, "pupil")).status_code == 200
    write(held, 3, parents_status="planned")
    assert client.get(address(held, "parents")).status_code == 200


@pytest.mark.parametrize("level", [Level.VIEW, Level.CONTRIBUTE])
def test_who_may_not_export_gets_no_paper_and_no_page(level, held: Scene) -> None:
    share_case(held.coordinator, held.case, held.colleague, level, now=NOW)
    client = signed_in(held.colleague)
    for audience in AUDIENCES:
        assert client.get(address(held, audience)).status_code == 404
        assert client.post(address(held, audience)).status_code == 404


def test_there_are_three_audiences(held: Scene) -> None:
    assert signed_in(held.coordinator).get(address(held, "press")).status_code == 404


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_paper_is_tagged_and_dutch(audience: str, held: Scene) -> None:
    answer = signed_in(held.coordinator).post(address(held, audience))
    root = PdfReader(BytesIO(answer.content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert str(root["/Lang"]).startswith("nl")
    assert f"gespreksverslag-{held.case.reference}.pdf" in answer["Content-Disposition"]


def test_preview_and_download_leave_a_row_and_share_one_digest(held: Scene) -> None:
    shown = preview(held, "file")
    assert AuditEvent.objects.filter(verb="case_read", rule="R33").count() == 1
    printed = paper(held, "file").replace(" ", "")
    event = AuditEvent.objects.get(verb="conversation_report_made")
    assert (event.rule, event.actor_id, event.facts["audience"]) == (
        "R33",
        held.coordinator.pk,
        "file",
    )
    assert event.facts["digest"] in printed
    assert event.facts["digest"] in shown


def test_the_pupils_paper_says_you_and_has_a_line_to_sign_for_both(held: Scene) -> None:
    write(held, 3, parents_status="informed_by_pupil")
    write(held, 5, not_your_fault_said=True)
    make_talk(held.coordinator, held.case)
    for place in (preview(held, "pupil"), paper(held, "pupil")):
        for words in ("Jouw ouders: Jij hebt het al verteld", "Het is niet jouw schuld.", "Jij"):
            assert words in place
        assert "De leerling" not in place


def test_a_paper_that_fails_says_so_and_logs_no_content(held, monkeypatch, caplog) -> None:
    def fail(*args: Any) -> bytes:
        raise NotTypeset("took too long")

    monkeypatch.setattr("cases.services.conversation_report.typeset", fail)
    answer = signed_in(held.coordinator).post(address(held, "pupil"), follow=True)
    assert "Het papier kon niet worden gemaakt" in answer.content.decode()
    assert "Noor" not in caplog.text
    assert not AuditEvent.objects.filter(verb="conversation_report_made").exists()


def test_on_paper_the_page_is_the_document_alone(held: Scene) -> None:
    page = signed_in(held.coordinator).get(address(held, "pupil")).content.decode()
    before = page.split("<main")[1].split('<article class="pz-doc"')[0]
    assert before.count("<div") == before.count("</div>")
    assert "pz-noprint" in before.split("<nav")[0]
    assert page.split("</article>")[1].split("</main>")[0].strip() == ""
    sheet = Path(str(finders.find("css/print.css"))).read_text()
    hidden = next(line for line in sheet.splitlines() if "display: none" in line)
    assert ".pz-noprint" in hidden
    assert ".pz-doc" in sheet
    assert ".pz-sign" in sheet


def test_scenario_a_reads_well_from_beginning_to_end(at: Any, db: None, client: Client) -> None:
    at(scenario_a.at(6, 15))
    a = scenario_a.found_school_a("pestzorg-test")
    conversation = scenario_a.report_and_assess(a)
    scenario_a.first_sitting(a, conversation)
    scenario_a.second_sitting(a, conversation)
    client.force_login(a.sami)
    for audience in AUDIENCES:
        page = client.get(f"/cases/{conversation.case.uuid}/conversation/report/{audience}/")
        article = article_of(page.content.decode())
        for name in ("Lieke", "Tess", "Daan", "Bo", "Finn", "Yara", "Mila"):
            assert not re.search(rf"\b{name}\b", article), (audience, name)
        with translation.override("nl"):
            titles = [str(record.definition.title) for record in step_records(conversation)]
        assert (titles[2] in article) == (audience == "pupil")
        # No agreement of this story is marked as one for the parents.
        assert ("Een nieuw wachtwoord" in article) == (audience != "parents")
