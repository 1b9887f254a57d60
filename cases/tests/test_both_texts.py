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
from cases.services.items import put_incident, put_measure, put_participant
from cases.services.steps import save_step
from cases.services.talks import change_talk, record_talk
from cases.tests.finishing import done
from cases.web.steps import StepPage
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW, make_agreement, make_pupil, make_talk
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
    assert re.search(r"^/cases/[-0-9a-f]{36}/conversations/[-0-9a-f]{36}/2/$", draft.place)
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
    done(scene, 1)
    number = next(s.number for s in scene.conversation.edition.steps if s.skip_reasons)
    reason = scene.conversation.edition.step(number).skip_reasons[0]
    url = step_url(scene, number)
    typed = {
        "summary": "Nog niet nodig",
        "action": "skip",
        "skip_reason": reason,
        "skip_note": "Wil niemand noemen",
    }
    assert marit.post(url, opened(marit, url) | typed).status_code == 302
    record = scene.conversation.step_records.get(step=number)
    assert (record.status, record.summary) == ("skipped", "Nog niet nodig")


def test_a_step_that_cannot_be_left_out_yet_shows_a_new_row_as_saved_and_not_twice(scene, marit):
    url = step_url(scene, 10)
    named = {"name": "Oma Riet", "relationship": "grandparent", "answer": "accepted"}
    row = {f"support_persons-new-{name}": value for name, value in named.items()}
    row["support_persons-new-tasks"] = "listen"
    why = {"action": "skip", "skip_reason": "pupil_declined", "skip_note": "Wil niet"}
    page = marit.post(url, opened(marit, url) | row | why)
    assert page.status_code == 422
    again = fields_of(page.content.decode(), 'id="step-form"')
    assert (again["skip_reason"], again["skip_note"]) == (["pupil_declined"], ["Wil niet"])
    marit.post(url, again | {"action": "save"})
    assert scene.conversation.support_persons.count() == 1


@pytest.fixture
def bo(scene):
    """A classmate who is offered as a bystander."""
    pupil = make_pupil(scene.school_class, "Bo", "Smit")
    told = {"description": "Duwde in de gang.", "seen_by": "Bo stond erbij."}
    put_incident(scene.teacher, scene.case, None, now=NOW, **told)
    return pupil


def test_a_bystander_whom_two_people_give_a_part_is_asked(scene, marit, sami, bo):
    url, offer = step_url(scene), f"people-offer-{bo.uuid}"
    hers, his = opened(marit, url), opened(sami, url)
    marit.post(url, hers | {f"{offer}-role": "bystander", "action": "save"})
    page = sami.post(url, his | {f"{offer}-role": "defender", "action": "save"})
    assert page.status_code == 409
    assert scene.case.participants.get(pupil=bo).role == "bystander"
    asked = fields_of(page.content.decode(), "data-quiet")
    assert sami.post(url, asked | {"both:keep": "mine"}).status_code == 302
    assert scene.case.participants.get(pupil=bo).role == "defender"


def test_a_word_about_a_bystander_joins_the_part_that_another_gave(scene, marit, sami, bo):
    url, offer = step_url(scene), f"people-offer-{bo.uuid}"
    his = opened(sami, url)
    put_participant(scene.teacher, scene.case, None, now=NOW, name="Bo", role="bystander")
    typed = {f"{offer}-role": "bystander", f"{offer}-note": "Wil het vertellen", "action": "save"}
    assert sami.post(url, his | typed).status_code == 302
    person = scene.case.participants.get(name="Bo")
    assert (person.role, person.note) == ("bystander", "Wil het vertellen")


def test_a_part_for_somebody_who_is_no_longer_named_is_kept(scene, marit, sami, bo):
    url = step_url(scene)
    his = opened(sami, url)
    put_incident(scene.teacher, scene.case, scene.case.incidents.get(), now=LATER, seen_by="")
    typed = {f"people-offer-{bo.uuid}-role": "defender", "action": "save"}
    assert sami.post(url, his | typed).status_code == 302
    assert scene.case.participants.get(pupil=bo).role == "defender"


OFFER = "agreements-offer-change_password"


@pytest.fixture
def offered(scene):
    """Step 7 with one offer, and what somebody posts who opened it before another made it an agreement."""
    agreed = {"status": "agreed", "owner": "Noor", "deadline": NOW.date() + timedelta(1)}
    put_measure(scene.teacher, scene.conversation, "change_password", now=NOW, **agreed)
    return step_url(scene, 7)


def test_an_offer_that_somebody_made_an_agreement_meanwhile_is_made_once(
    scene, marit, sami, offered
):
    hers, his = opened(marit, offered), opened(sami, offered)
    marit.post(offered, hers | {"action": "add-agreements"})
    assert sami.post(offered, his | {"action": "add-agreements"}).status_code == 302
    assert scene.case.agreements.get().version == 1


def test_what_is_typed_in_an_offer_that_is_an_agreement_by_now_is_added_or_asked(
    scene, marit, sami, offered
):
    hers, his = opened(marit, offered), opened(sami, offered)
    marit.post(offered, hers | {f"{OFFER}-what": "Van Marit", "action": "add-agreements"})
    assert sami.post(offered, his | {f"{OFFER}-helper": "Els"}).status_code == 302
    assert scene.case.agreements.get().helper == "Els"
    page = sami.post(offered, his | {f"{OFFER}-what": "Van Sami"})
    assert page.status_code == 409
    asked = fields_of(page.content.decode(), "data-quiet")
    assert sami.post(offered, asked | {"both:keep": "mine"}).status_code == 302
    kept = scene.case.agreements.get()
    assert (kept.what, kept.helper) == ("Van Sami", "Els")


def test_what_is_typed_in_an_offer_that_was_let_go_becomes_an_agreement(scene, sami, offered):
    his = opened(sami, offered)
    put_measure(scene.teacher, scene.conversation, "change_password", now=LATER, status="declined")
    day = (NOW.date() + timedelta(1)).isoformat()
    sami.post(offered, his)
    assert not scene.case.agreements.exists()
    his = {**his, "once": ""}
    sami.post(offered, his | {f"{OFFER}-helper": "Els", f"{OFFER}-deadline": day})
    assert scene.case.agreements.get().helper == "Els"


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
