"""Drafts on the server: kept encrypted for one person, given back on the page alone, gone once the page is saved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases.ceilings import Level
from cases.models import StepRecord
from cases.protocol import vocabulary
from cases.services.assessing import begin_assessing
from cases.services.reporting import report_concern
from cases.services.sharing import share_case
from pestzorg.posting import drafts
from pestzorg.posting.models import Draft
from pestzorg.posting.tasks import run_clean
from pestzorg.testing.builders import NOW, make_talk
from pestzorg.testing.posted import fields_of

LATER = NOW + timedelta(minutes=1)
REPORT = reverse("reports:new")


@pytest.fixture
def marit(scene, at):
    at(NOW)
    return signed_in(scene.teacher)


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def step_url(scene):
    return reverse("conversation:step", args=[scene.case.uuid, 2])


def keep(client, url, **typed):
    page = fields_of(client.get(url).content.decode(), "data-autosave")
    sent = page | typed | {"draft": "keep", "who": str(client.user.uuid)}
    return client.post(url, sent)


def offered(page):
    return page.context["drafts"].mine


def test_what_is_typed_is_kept_and_offered_on_the_page(scene, marit):
    answer = keep(marit, step_url(scene), story="Ze lachen")
    assert (answer.status_code, answer.json()) == (201, {"at": "10.00 uur"})
    page = marit.get(step_url(scene))
    assert "Je hebt hier nog een concept van maandag 3 november, 10.00 uur" in page.content.decode()
    taken = marit.get(step_url(scene), {"draft": offered(page).uuid})
    assert fields_of(taken.content.decode(), "data-autosave")["story"] == ["Ze lachen"]
    assert offered(taken) is None


def test_a_draft_changes_nothing_that_others_see(scene, marit):
    keep(marit, step_url(scene), story="Ze lachen")
    record = StepRecord.objects.get(step=2)
    assert (record.answers, record.version, record.status) == ({}, 1, "not_started")


def test_a_draft_that_is_taken_up_ends_when_the_page_is_saved(scene, marit):
    keep(marit, step_url(scene), story="Ze lachen")
    draft = Draft.objects.get()
    page = marit.get(step_url(scene), {"draft": draft.uuid})
    sent = fields_of(page.content.decode(), "data-autosave")
    assert marit.post(step_url(scene), sent | {"action": "save"}).status_code == 302
    assert StepRecord.objects.get(step=2).answers == {"story": "Ze lachen"}
    assert not Draft.objects.exists()


def test_an_older_draft_is_not_overwritten_by_a_fresh_page(scene, marit, at):
    keep(marit, step_url(scene), story="Gisteren")
    at(LATER)
    keep(marit, step_url(scene), story="Vandaag")
    assert {drafts.typed_in(d)["story"] for d in Draft.objects.all()} == {"Gisteren", "Vandaag"}


def test_a_half_filled_row_comes_back_without_complaints(scene, marit):
    keep(marit, step_url(scene), **{"people-new-note": "Die ene"})
    page = marit.get(step_url(scene), {"draft": Draft.objects.get().uuid}).content.decode()
    assert "Die ene" in page
    assert "pz-err" not in page


def test_a_draft_can_be_thrown_away(scene, marit):
    keep(marit, step_url(scene), story="Ze lachen")
    sent = {"draft": "drop", "once": Draft.objects.get().key}
    assert marit.post(step_url(scene), sent).url == step_url(scene)
    assert not Draft.objects.exists()


def test_the_report_form_keeps_drafts_too(scene, marit):
    keep(marit, REPORT, about="Kees", description="Zit alleen", signs=["left_out"])
    page = marit.get(REPORT, {"draft": Draft.objects.get().uuid}).content.decode()
    sent = fields_of(page, "data-autosave")
    assert (sent["about"], sent["description"], sent["signs"]) == (
        ["Kees"],
        ["Zit alleen"],
        ["left_out"],
    )
    marit.post(REPORT, sent)
    assert not Draft.objects.exists()


def test_a_refused_page_offers_no_draft_of_itself(scene, marit):
    keep(marit, REPORT, about="Kees")
    taken = marit.get(REPORT, {"draft": Draft.objects.get().uuid}).content.decode()
    page = marit.post(REPORT, fields_of(taken, "data-autosave") | {"about": ""})
    assert page.status_code == 422
    assert offered(page) is None


def test_nobody_else_gets_it_but_knows_who_is_writing(scene, marit, at):
    keep(marit, step_url(scene), story="Kanarie")
    draft = Draft.objects.get()
    assert b"anarie" not in bytes(Draft.objects.values_list("data", flat=True)[0].ciphertext)
    sami = signed_in(scene.coordinator)
    page = sami.get(step_url(scene), {"draft": draft.uuid})
    assert "Kanarie" not in page.content.decode()
    assert "Marit schrijft hier ook" in page.content.decode()
    at(NOW + timedelta(minutes=6))
    assert "schrijft hier ook" not in sami.get(step_url(scene)).content.decode()
    sami.post(step_url(scene), {"draft": "drop", "once": draft.key})
    assert Draft.objects.exists()


def test_who_only_reads_keeps_no_draft_and_is_told_nothing(scene, marit):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    keep(marit, step_url(scene), story="Ze lachen")
    joost = signed_in(scene.colleague)
    page = joost.get(step_url(scene)).content.decode()
    assert "data-autosave" not in page
    assert "schrijft hier ook" not in page
    sent = {"draft": "keep", "who": str(scene.colleague.uuid), "story": "x"}
    assert joost.post(step_url(scene), sent).status_code == 404


def test_text_of_somebody_else_on_this_device_is_refused(scene, marit):
    sent = {"draft": "keep", "who": str(scene.coordinator.uuid), "story": "x"}
    assert marit.post(step_url(scene), sent).status_code == 403
    assert not Draft.objects.exists()


def test_a_page_without_a_form_keeps_nothing(scene, marit):
    sent = {"draft": "keep", "who": str(scene.teacher.uuid)}
    url = reverse("conversation:overview", args=[scene.case.uuid])
    assert marit.post(url, sent).status_code == 405
    assert not Draft.objects.exists()


def test_a_draft_that_nobody_picks_up_goes(scene, marit):
    keep(marit, step_url(scene), story="Ze lachen")
    assert drafts.clean(now=NOW + timedelta(days=59)) == 0
    assert drafts.clean(now=NOW + timedelta(days=61)) == 1


def test_the_daily_job_cleans_drafts_and_sendings(scene, marit, at):
    keep(marit, step_url(scene), story="Ze lachen")
    marit.post(
        REPORT, fields_of(marit.get(REPORT).content.decode(), "data-autosave") | {"about": "K"}
    )
    at(NOW + timedelta(days=61))
    assert run_clean() == {"drafts": 1, "sendings": 1}


# ── the key for text that waits in the browser ───────────────────────────────
def test_the_key_is_that_of_the_session_and_of_nobody_else(scene, marit):
    url = reverse("posting:key")
    first = marit.get(url).json()
    assert marit.get(url).json()["key"] == first["key"]
    assert first["who"] == str(scene.teacher.uuid)
    assert signed_in(scene.teacher).get(url).json()["key"] != first["key"]
    assert Client().get(url).status_code == 302


def test_the_script_stores_nothing_in_clear_and_fits_on_a_few_screens():
    script = (Path(settings.BASE_DIR) / "pestzorg/static/js/autosave.js").read_text()
    assert "localStorage" not in script
    assert "indexedDB" not in script
    assert script.count("sessionStorage.setItem") == 1
    assert len(script.splitlines()) < 200


def test_a_form_that_is_sent_elsewhere_keeps_its_draft_for_its_own_page(scene, marit):
    overview = reverse("conversation:overview", args=[scene.case.uuid])
    begin = reverse("conversation:begin", args=[scene.case.uuid])
    typed = {
        "once": "x",
        "place_note": "Bij het raam",
        "draft": "keep",
        "who": str(marit.user.uuid),
    }
    assert marit.post(begin, typed).status_code == 201
    kept = marit.get(overview).context["begin_drafts"].mine
    own = [scene.case.uuid, scene.conversation.uuid]
    assert kept.place == reverse("conversation:begin", args=own)
    taken = marit.get(overview, {"draft": kept.uuid})
    assert (taken.status_code, taken.context["begin_drafts"].mine) == (200, None)
    assert 'value="x"' in taken.content.decode()
    dropped = marit.post(begin, {"draft": "drop", "once": "x", "next": overview})
    assert dropped["Location"] == overview
    assert not Draft.objects.exists()


def test_a_draft_that_is_taken_up_is_not_judged_before_somebody_sends_it(scene, marit):
    talk = reverse("cases:talk-page", args=[make_talk(scene.coordinator, scene.case).uuid])
    keep(marit, talk, note="Ze lachte weer")
    page = marit.get(talk, {"draft": Draft.objects.get().uuid})
    assert page.status_code == 200
    assert "Ze lachte weer" in page.content.decode()
    assert "pz-err" not in page.content.decode()
    assert marit.post(talk, {"note": "Ze lachte weer"}).status_code == 422


# ── short forms ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "field", "value"),
    [("language", "language", "en"), ("pause", "resume_by", "2025-11-05")],
)
def test_the_short_forms_of_the_conversation_keep_drafts(scene, marit, name, field, value):
    conversation = scene.conversation
    if name == "pause":
        conversation.status, conversation.paused_reason = "paused", "time"
        conversation.resume_by = NOW.date()
        conversation.save()
    place = reverse(f"conversation:{name}", args=[scene.case.uuid, conversation.uuid])
    overview = reverse("conversation:overview", args=[scene.case.uuid])
    form = fields_of(marit.get(overview).content.decode(), place)
    typed = form | {field: value, "draft": "keep", "who": str(scene.teacher.uuid)}
    assert marit.post(place, typed).status_code == 201
    page = marit.get(overview)
    kept = page.context[f"{name}_drafts"].mine
    assert f"{overview}?draft={kept.uuid}" in page.content.decode()
    taken = marit.get(overview, {"draft": kept.uuid})
    sent = fields_of(taken.content.decode(), place)
    assert (sent[field], sent["once"]) == ([value], [kept.key])
    assert taken.context[f"{name}_drafts"].mine is None
    assert marit.post(place, sent).status_code == 302
    assert not Draft.objects.exists()


def test_assessing_again_keeps_drafts(scene, marit):
    page = reverse("cases:severity", args=[scene.case.uuid])
    keep(marit, page, red_flags=["weapon"])
    taken = marit.get(page, {"draft": Draft.objects.get().uuid})
    assert taken.status_code == 200
    sent = fields_of(taken.content.decode(), "data-autosave")
    assert sent["red_flags"] == ["weapon"]
    assert "pz-err" not in taken.content.decode()


def test_the_first_assessment_keeps_drafts_until_it_is_made(scene, at):
    at(NOW)
    report = report_concern(scene.teacher, scene.school, about="Kees", now=NOW)
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    sami, page = signed_in(scene.coordinator), reverse("cases:assess", args=[report.case.uuid])
    answers = {term.key: "1" for term in vocabulary.terms("severity_indicators")}
    keep(sami, page, **answers)
    assert offered(sami.get(page))
    taken = sami.get(page, {"draft": Draft.objects.get().uuid})
    sent = fields_of(taken.content.decode(), "data-autosave")
    assert sami.post(page, sent).status_code == 302
    assert not Draft.objects.exists()
