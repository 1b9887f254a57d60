"""Two people on one page: what only one changed is merged, what both changed is asked, nothing is overwritten."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from cases.models import Agreement, FollowUpTalk, Incident
from cases.services.agreements import change_agreement, settle_agreement
from cases.services.items import put_incident, put_measure
from cases.services.steps import save_step
from cases.services.talks import change_talk, record_talk
from cases.web.steps import StepPage
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW, make_agreement, make_talk
from pestzorg.testing.posted import fields_of

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def marit(scene, at):
    at(NOW)
    client = Client()
    client.force_login(scene.teacher)
    return client


@pytest.fixture
def sami(scene, marit):
    client = Client()
    client.force_login(scene.coordinator)
    return client


def step_url(scene, number=2):
    return reverse("conversation:step", args=[scene.case.uuid, number])


def opened(client, url):
    """What a browser would post for this page as it stands."""
    return fields_of(client.get(url).content.decode(), 'id="step-form"')


def answers(scene, number=2):
    return scene.conversation.step_records.get(step=number).answers


def test_the_second_of_two_is_asked_and_nothing_is_overwritten(scene, marit, sami):
    url = step_url(scene)
    hers, his = opened(marit, url), opened(sami, url)
    assert marit.post(url, hers | {"story": "Van Marit", "action": "save"}).status_code == 302
    page = sami.post(url, his | {"story": "Van Sami", "action": "save"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "Van Marit" in text
    assert "Van Sami" in text
    assert "(Marit, 10.00 uur)" in text
    assert answers(scene)["story"] == "Van Marit"
    assert typed_in(Draft.objects.get(user=scene.coordinator))["story"] == "Van Sami"


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"both:keep": "mine"}, "Van Sami"),
        ({"both:keep": "theirs"}, "Van Marit"),
        ({"both:pick:story": "mine"}, "Van Sami"),
        ({"both:pick:story": "theirs"}, "Van Marit"),
        ({"both:pick:story": "both"}, "Van Marit\n\nVan Sami"),
    ],
)
def test_what_is_chosen_is_kept(scene, marit, sami, choice, kept):
    url = step_url(scene)
    his = opened(sami, url)
    save_step(scene.teacher, scene.step(2), {"story": "Van Marit"}, now=NOW)
    page = sami.post(url, his | {"story": "Van Sami", "wishes": "Rust", "action": "save"})
    asked = fields_of(page.content.decode(), "data-quiet")
    assert sami.post(url, asked | choice).status_code == 302
    assert answers(scene) == {"story": kept, "wishes": "Rust"}


def test_different_fields_are_merged_without_a_word(scene, marit, sami):
    url = step_url(scene)
    hers, his = opened(marit, url), opened(sami, url)
    marit.post(url, hers | {"story": "Van Marit", "action": "save"})
    assert sami.post(url, his | {"wishes": "Rust", "action": "save"}).status_code == 302
    assert answers(scene) == {"story": "Van Marit", "wishes": "Rust"}


def test_the_same_words_are_no_clash(scene, marit, sami):
    url = step_url(scene)
    his = opened(sami, url)
    save_step(scene.teacher, scene.step(2), {"story": "Hetzelfde"}, now=NOW)
    assert sami.post(url, his | {"story": "Hetzelfde", "action": "save"}).status_code == 302


def test_emptying_a_text_that_somebody_else_changed_is_asked_too(scene, marit, sami):
    save_step(scene.teacher, scene.step(2), {"story": "Eerst"}, now=NOW)
    url = step_url(scene)
    his = opened(sami, url)
    save_step(scene.teacher, scene.step(2), {"story": "Daarna"}, now=LATER)
    assert sami.post(url, his | {"story": "", "action": "save"}).status_code == 409
    assert answers(scene) == {"story": "Daarna"}


def test_a_third_save_while_choosing_is_asked_again(scene, marit, sami):
    url = step_url(scene)
    his = opened(sami, url)
    save_step(scene.teacher, scene.step(2), {"story": "Een"}, now=NOW)
    page = sami.post(url, his | {"story": "Van Sami", "action": "save"})
    asked = fields_of(page.content.decode(), "data-quiet")
    save_step(scene.teacher, scene.step(2), {"story": "Twee"}, now=LATER)
    again = sami.post(url, asked | {"both:keep": "mine"})
    assert again.status_code == 409
    assert "Twee" in again.content.decode()
    assert answers(scene)["story"] == "Twee"


def test_a_page_without_a_stamp_overwrites_nothing(scene, sami):
    save_step(scene.teacher, scene.step(2), {"story": "Van Marit"}, now=NOW)
    page = sami.post(step_url(scene), {"story": "Van Sami", "action": "save"})
    assert page.status_code == 409
    assert answers(scene)["story"] == "Van Marit"


def test_an_untouched_row_of_an_older_page_undoes_nothing(scene, marit):
    row = put_incident(scene.teacher, scene.case, None, now=NOW, description="Eerst")
    url = step_url(scene)
    hers = opened(marit, url)
    put_incident(scene.coordinator, scene.case, row, now=LATER, description="Daarna")
    assert marit.post(url, hers | {"story": "Ze lachen", "action": "save"}).status_code == 302
    assert Incident.objects.get().description == "Daarna"


def test_one_row_that_two_people_changed_is_asked(scene, marit):
    row = put_incident(scene.teacher, scene.case, None, now=NOW, description="Eerst")
    url, name = step_url(scene), f"incidents-{row.uuid}-description"
    hers = opened(marit, url)
    put_incident(scene.coordinator, scene.case, row, now=LATER, description="Van Sami")
    page = marit.post(url, hers | {name: "Van Marit", "story": "Ze lachen", "action": "save"})
    assert page.status_code == 409
    assert Incident.objects.get().description == "Van Sami"
    assert answers(scene) == {}
    asked = fields_of(page.content.decode(), "data-quiet")
    assert marit.post(url, asked | {"both:keep": "mine"}).status_code == 302
    assert Incident.objects.get().description == "Van Marit"
    assert answers(scene) == {"story": "Ze lachen"}


def test_a_measure_that_two_people_fill_in_first_is_asked(scene, marit):
    url = step_url(scene, 6)
    hers = opened(marit, url)
    key = scene.conversation.edition.measures[0].key
    put_measure(scene.coordinator, scene.conversation, key, now=NOW, status="declined")
    page = marit.post(url, hers | {f"measures-{key}-status": "agreed", "action": "save"})
    assert page.status_code == 409
    assert scene.conversation.measures.get().status == "declined"


def test_an_agreement_that_two_people_changed_is_asked(scene, marit):
    agreement = make_agreement(scene.teacher, scene.case)
    url = reverse("cases:agreement-edit", args=[agreement.uuid])
    hers = fields_of(marit.get(url).content.decode(), "novalidate")
    other = Agreement.objects.get()

    change_agreement(scene.coordinator, other, now=LATER, what="Belt vader", helper="Els")
    page = marit.post(url, hers | {"what": "Belt moeder"})
    assert page.status_code == 409
    assert Agreement.objects.get().what == "Belt vader"
    asked = fields_of(page.content.decode(), "data-quiet")
    assert marit.post(url, asked | {"both:keep": "mine"}).status_code == 302
    kept = Agreement.objects.get()
    assert (kept.what, kept.helper) == ("Belt moeder", "Els")


def test_a_day_and_a_chip_are_one_thing(scene, marit):
    agreement = make_agreement(scene.teacher, scene.case)
    url = reverse("cases:agreement-edit", args=[agreement.uuid])
    hers = fields_of(marit.get(url).content.decode(), "novalidate")

    change_agreement(
        scene.coordinator, Agreement.objects.get(), now=LATER, deadline=NOW.date() + timedelta(4)
    )
    day = NOW.date() + timedelta(1)
    page = marit.post(url, hers | {"when": day.isoformat()})
    assert page.status_code == 409


def test_a_talk_that_two_people_move_is_asked(scene, marit):
    talk = make_talk(scene.teacher, scene.case)
    url = reverse("cases:talk-move", args=[talk.uuid])
    hers = fields_of(marit.get(url).content.decode(), "novalidate")

    change_talk(scene.coordinator, talk, now=NOW, planned_at=NOW + timedelta(days=2))
    page = marit.post(url, hers | {"planned_at": "2025-11-07T11:00"})
    assert page.status_code == 409
    assert FollowUpTalk.objects.get().planned_at == NOW + timedelta(days=2)


def test_a_service_refuses_a_row_that_was_written_meanwhile(scene):
    older = scene.step(2)
    save_step(scene.teacher, scene.step(2), {"story": "Van Marit"}, now=NOW)
    with pytest.raises(Stale):
        save_step(scene.coordinator, older, {"story": "Van Sami"}, now=NOW)
    assert answers(scene) == {"story": "Van Marit"}


def test_a_save_that_slips_in_between_reading_and_writing_is_found(scene, sami, monkeypatch):
    """The page was compared with what was stored, and then somebody saved."""
    url, his = step_url(scene), opened(sami, step_url(scene))
    real, once = StepPage.save, []

    def slow(page, actor, now):
        if not once:
            once.append(1)
            save_step(scene.teacher, scene.step(2), {"story": "Van Marit"}, now=NOW)
        return real(page, actor, now)

    monkeypatch.setattr(StepPage, "save", slow)
    # Without its word: else that save would stand in the transaction that is undone.
    page = sami.post(url, his | {"story": "Van Sami", "action": "save", "once": ""})
    assert page.status_code == 409
    assert answers(scene) == {"story": "Van Marit"}


def test_nobody_else_gets_the_text_that_was_kept(scene, marit, sami):
    url = step_url(scene)
    his = opened(sami, url)
    save_step(scene.teacher, scene.step(2), {"story": "Van Marit"}, now=NOW)
    sami.post(url, his | {"story": "Kanarie", "action": "save"})
    draft = Draft.objects.get()
    assert b"Kanarie" not in bytes(Draft.objects.values_list("data", flat=True)[0].ciphertext)
    assert "Kanarie" not in marit.get(f"{url}?draft={draft.uuid}").content.decode()
    assert re.search(r"^/cases/[-0-9a-f]{36}/conversation/2/$", draft.place)
    assert QueryDict("story=Kanarie")["story"] == typed_in(draft)["story"]


def test_nobody_clashes_with_their_own_save(scene, marit):
    """Step 2 is saved and cannot be finished yet: the page that says so may be changed and sent again."""
    url = step_url(scene)
    page = marit.post(url, opened(marit, url) | {"story": "Eerst", "action": "done"})
    assert page.status_code == 422
    again = fields_of(page.content.decode(), 'id="step-form"')
    assert marit.post(url, again | {"story": "Daarna", "action": "save"}).status_code == 302
    assert answers(scene) == {"story": "Daarna"}


def test_a_step_that_is_left_out_keeps_what_was_typed(scene, marit):
    number = next(s.number for s in scene.conversation.edition.steps if s.skip_reasons)
    reason = scene.conversation.edition.step(number).skip_reasons[0]
    url = step_url(scene, number)
    typed = {"summary": "Nog niet nodig", "action": "skip", "skip_reason": reason}
    assert marit.post(url, opened(marit, url) | typed).status_code == 302
    record = scene.conversation.step_records.get(step=number)
    assert (record.status, record.summary) == ("skipped", "Nog niet nodig")


def test_a_talk_that_somebody_else_wrote_down_shows_what_was_typed(scene, marit):
    talk = make_talk(scene.teacher, scene.case)
    url = reverse("cases:talk-page", args=[talk.uuid])
    hers = fields_of(marit.get(url).content.decode(), "novalidate")
    record_talk(scene.coordinator, FollowUpTalk.objects.get(), status="no_show", now=NOW)
    page = marit.post(url, hers | {"status": "held", "note": "Kanarie"})
    assert page.status_code == 409
    assert "Kanarie" in page.content.decode()
    assert typed_in(Draft.objects.get())["note"] == "Kanarie"
    assert FollowUpTalk.objects.get().status == "no_show"


def test_an_agreement_that_was_settled_meanwhile_shows_what_was_typed(scene, marit):
    agreement = make_agreement(scene.teacher, scene.case)
    url = reverse("cases:agreement-edit", args=[agreement.uuid])
    hers = fields_of(marit.get(url).content.decode(), "novalidate")
    settle_agreement(scene.coordinator, Agreement.objects.get(), "done", now=NOW)
    page = marit.post(url, hers | {"what": "Belt moeder"})
    assert page.status_code == 409
    assert "Belt moeder" in page.content.decode()
    assert marit.get(url).status_code == 404
