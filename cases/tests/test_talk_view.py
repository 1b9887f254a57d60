"""The two ways to look at a step: the talk, where the pupil may read along, and the writing up. Neither loses anything."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cases.ceilings import Level
from cases.models import SelfProtectionMeasure, StepRecord
from cases.protocol import edition
from cases.services import items
from cases.services.conversations import begin_sitting, end_sitting, open_sitting
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.posting.models import Draft
from pestzorg.testing.builders import NOW
from schools.models import SchoolClass

PRIVATE = "Kanarie keek naar de deur"
FOR_ADULTS = ("red_flags", "immediate_danger", "private_note", "summary", "visibility")


@pytest.fixture
def talking(scene: Scene, at: Any) -> Scene:
    at(NOW)
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    return scene


@pytest.fixture
def teacher(client: Client, scene: Scene) -> Client:
    client.force_login(scene.teacher)
    return client


def url(scene: Scene, number: int, query: str = "") -> str:
    return f"/cases/{scene.case.uuid}/conversation/{number}/{query}"


def page_of(client: Client, scene: Scene, number: int, query: str = "") -> str:
    answer = client.get(url(scene, number, query))
    assert answer.status_code == 200
    return answer.content.decode()


def view_of(page: str) -> str:
    found = re.search(r'name="view" value="(\w+)"', page)
    assert found
    return found[1]


def sent_by(page: str, **typed: str) -> dict[str, str]:
    """What a browser would send of the hidden fields, with what was typed."""
    names = ("seen", "once", "view")
    found = {n: re.search(rf'name="{n}" value="([^"]*)"', page) for n in names}
    return {n: match[1] for n, match in found.items() if match} | typed


# ── which view comes ─────────────────────────────────────────────────────────
def test_the_talk_comes_by_itself_while_a_sitting_is_open(
    teacher: Client, scene: Scene, at: Any
) -> None:
    at(NOW)
    assert view_of(page_of(teacher, scene, 2)) == "write"
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    assert view_of(page_of(teacher, scene, 2)) == "talk"


def test_a_choice_holds_for_all_steps_until_the_sitting_ends(
    teacher: Client, talking: Scene
) -> None:
    assert view_of(page_of(teacher, talking, 2, "?view=write")) == "write"
    assert view_of(page_of(teacher, talking, 5)) == "write"
    sitting = open_sitting(talking.conversation)
    assert sitting
    told = {"ended_because": "time", "recap_read_aloud": True, "safety_score": 5}
    end_sitting(talking.teacher, sitting, now=NOW, next_contact_at=NOW.replace(day=28), **told)
    page_of(teacher, talking, 5, "?view=talk")
    asked = {"safety_score": 5, "new_incident": False, "still_agrees": True}
    begin_sitting(talking.teacher, talking.conversation, now=NOW, **asked)
    assert view_of(page_of(teacher, talking, 5)) == "talk"


def test_a_view_that_does_not_exist_is_no_choice(teacher: Client, talking: Scene) -> None:
    assert view_of(page_of(teacher, talking, 2, "?view=cinema&language=xx&words=loud")) == "talk"


def test_who_only_reads_changes_the_view_with_links(client: Client, talking: Scene) -> None:
    share_case(talking.coordinator, talking.case, talking.colleague, Level.VIEW, now=NOW)
    client.force_login(talking.colleague)
    page = page_of(client, talking, 2)
    assert '<a href="?view=write">' in page
    assert 'name="action" value="see:' not in page


# ── what the talk shows ──────────────────────────────────────────────────────
@pytest.mark.parametrize("number", range(1, 11))
def test_the_talk_asks_only_what_is_asked_of_the_pupil(
    teacher: Client, talking: Scene, number: int
) -> None:
    save_step(talking.teacher, talking.step(number), {}, now=NOW, private_note=PRIVATE)
    save_step(talking.teacher, talking.step(number), {}, now=NOW, summary="Kort gezegd")
    page = page_of(teacher, talking, number)
    assert PRIVATE not in page
    assert "Kort gezegd" not in page
    for name in FOR_ADULTS:
        assert f'name="{name}"' not in page
    assert 'id="people"' not in page
    assert 'id="parent_contacts"' not in page


def test_the_questions_are_in_the_words_of_the_pupil(teacher: Client, talking: Scene) -> None:
    page = page_of(teacher, talking, 2)
    assert "Hoe voel je je dan?" in page
    assert "Dat zeg ik liever niet" in page
    assert "Gevoelens" not in page
    assert "mag leeg blijven" not in page
    written_up = page_of(teacher, talking, 2, "?view=write")
    assert "Gevoelens" in written_up
    assert 'name="private_note"' in written_up


def test_what_is_urgent_for_the_teacher_waits_behind_a_word(
    teacher: Client, talking: Scene
) -> None:
    save_step(talking.teacher, talking.step(1), {"red_flags": ["weapon"]}, now=NOW)
    talk, written_up = (page_of(teacher, talking, 2, f"?view={v}") for v in ("talk", "write"))
    assert "Voor jou: dit vraagt nu aandacht" in talk
    assert "Voor jou: dit vraagt nu aandacht" not in written_up
    for page in (talk, written_up):
        assert page.count('id="h-alarm"') == 1


def test_step_6_has_three_large_choices_and_the_writing_up_all(
    teacher: Client, talking: Scene
) -> None:
    values = re.compile(r'name="measures-change_password-status" value="(\w*)"')
    assert values.findall(page_of(teacher, talking, 6)) == ["already_done", "agreed", "not_now"]
    everything = values.findall(page_of(teacher, talking, 6, "?view=write"))
    assert set(everything) == set(SelfProtectionMeasure.Status.values)


def test_what_was_written_up_beside_the_three_stays_a_choice(
    teacher: Client, talking: Scene
) -> None:
    items.put_measure(
        talking.teacher, talking.conversation, "use_nickname", now=NOW, status="declined"
    )
    page = page_of(teacher, talking, 6)
    assert re.search(r'name="measures-use_nickname-status" value="declined"[^>]*checked', page)
    teacher.post(url(talking, 6), {**rows_sent(page), "view": "talk", "action": "save"})
    assert talking.conversation.measures.get(key="use_nickname").status == "declined"


def rows_sent(page: str) -> dict[str, str]:
    """The checked radios and the hidden stamps of every measure."""
    stamps = dict(re.findall(r'name="(measures-\w+-seen)" value="([^"]*)"', page))
    checked = dict(re.findall(r'name="(measures-\w+-status)" value="(\w+)"[^>]*checked', page))
    return stamps | checked


# ── nothing is lost ──────────────────────────────────────────────────────────
def test_the_talk_leaves_alone_what_it_does_not_show(teacher: Client, talking: Scene) -> None:
    answers = {"impact_signals": ["sleep"], "story": "Ze lachen.", "feelings": ["sad"]}
    save_step(
        talking.teacher, talking.step(2), answers, now=NOW, summary="Kort", private_note=PRIVATE
    )
    page = page_of(teacher, talking, 2)
    typed = sent_by(page, story="Ze lachen mij uit.", feelings="sad", action="save")
    assert teacher.post(url(talking, 2), typed).status_code == 302
    record = StepRecord.objects.get(step=2)
    assert record.answers == {**answers, "story": "Ze lachen mij uit."}
    assert (record.summary, record.private_note) == ("Kort", PRIVATE)
    assert record.visibility == "care_team"


def test_going_to_the_other_view_saves_first(teacher: Client, talking: Scene) -> None:
    page = page_of(teacher, talking, 2)
    typed = sent_by(page, story="Net verteld.", action="see:view=write")
    answer = teacher.post(url(talking, 2), typed)
    assert answer.url == url(talking, 2, "?view=write")
    assert StepRecord.objects.get(step=2).answer("story") == "Net verteld."
    written_up = page_of(teacher, talking, 2, "?view=write")
    assert "Net verteld." in written_up
    back = sent_by(written_up, story="Net verteld.", private_note="Los", action="see:view=talk")
    assert teacher.post(url(talking, 2), back).url == url(talking, 2, "?view=talk")
    assert StepRecord.objects.get(step=2).private_note == "Los"


def test_stopping_saves_first(teacher: Client, talking: Scene) -> None:
    typed = sent_by(page_of(teacher, talking, 2), story="Tot hier.", action="stop")
    assert teacher.post(url(talking, 2), typed).url.endswith("/conversation/end/")
    assert StepRecord.objects.get(step=2).answer("story") == "Tot hier."


def test_a_draft_comes_back_in_the_view_it_was_typed_in(teacher: Client, talking: Scene) -> None:
    page = page_of(teacher, talking, 2, "?view=write")
    draft = {"draft": "keep", "who": str(talking.teacher.uuid), "private_note": "Nog niet klaar"}
    teacher.post(url(talking, 2), sent_by(page, **draft))
    assert "Nog niet klaar" not in page_of(teacher, talking, 2, "?view=talk")
    taken = page_of(teacher, talking, 2, f"?draft={Draft.objects.get().uuid}")
    assert view_of(taken) == "write"
    assert "Nog niet klaar" in taken


def test_a_row_of_the_talk_begins_with_what_is_usual(teacher: Client, talking: Scene) -> None:
    typed = sent_by(
        page_of(teacher, talking, 2),
        action="add-incidents",
        **{"incidents-new-description": "Stickers", "incidents-new-channels": "whatsapp"},
    )
    assert teacher.post(url(talking, 2), typed).status_code == 302
    incident = talking.case.incidents.get()
    assert (incident.description, incident.date_precision) == ("Stickers", "exact")


def test_a_row_keeps_what_only_the_writing_up_asks(teacher: Client, talking: Scene) -> None:
    row = items.put_incident(
        talking.teacher, talking.case, None, now=NOW, description="Stickers", forms=["cyber"]
    )
    name = f"incidents-{row.uuid}"
    page = page_of(teacher, talking, 2)
    assert f'name="{name}-forms"' not in page
    seen = re.search(rf'name="{name}-seen" value="([^"]*)"', page)
    assert seen
    typed = {f"{name}-description": "Stickers van haar foto", f"{name}-seen": seen[1]}
    assert teacher.post(url(talking, 2), sent_by(page, action="save", **typed)).status_code == 302
    row.refresh_from_db()
    assert (row.description, row.forms) == ("Stickers van haar foto", ["cyber"])


# ── what is said in the talk goes on ─────────────────────────────────────────
def test_what_the_pupil_will_do_is_offered_as_an_agreement(teacher: Client, talking: Scene) -> None:
    page = page_of(teacher, talking, 6)
    chosen = {f"measures-{k}-status": "agreed" for k in ("change_password", "file_complaint")}
    teacher.post(url(talking, 6), {**rows_sent(page), **chosen, "view": "talk", "action": "next"})
    found = {m.key: (m.owner, bool(m.deadline)) for m in talking.conversation.measures.all()}
    assert found == {"change_password": ("Noor", True), "file_complaint": ("Een ouder", True)}
    offers = page_of(teacher, talking, 7)
    assert 'name="agreements-offer-change_password-what"' in offers
    assert 'name="agreements-offer-change_password-responsible_staff"' in offers


def test_an_agreement_is_made_in_the_talk(teacher: Client, talking: Scene) -> None:
    page = page_of(teacher, talking, 7)
    row = {"what": "Moeder bellen", "owner": "me", "when": "", "deadline": "2025-11-07"}
    row["responsible_staff"] = str(talking.teacher.uuid)
    typed = {f"agreements-new-{name}": value for name, value in row.items()}
    answer = teacher.post(url(talking, 7), sent_by(page, action="add-agreements", **typed))
    assert answer.status_code == 302
    assert talking.case.agreements.get().what == "Moeder bellen"
    assert page.count('name="agreements-new-responsible_staff"') == 1


def test_discussed_goes_on_when_only_the_writing_up_is_missing(
    teacher: Client, talking: Scene
) -> None:
    page = page_of(teacher, talking, 1)
    told = {"consent_to_talk": "yes", "safety_score": "4"}
    ticks = {"safety_promise_given": "on", "confidentiality_explained": "on"}
    answer = teacher.post(url(talking, 1), sent_by(page, action="done", **told, **ticks))
    assert answer.url == url(talking, 2)
    assert StepRecord.objects.get(step=1).status == "in_progress"
    assert "schrijf je later op" in page_of(teacher, talking, 2)


def test_discussed_stays_when_the_pupil_was_not_asked_something(
    teacher: Client, talking: Scene
) -> None:
    page = page_of(teacher, talking, 1)
    answer = teacher.post(url(talking, 1), sent_by(page, consent_to_talk="yes", action="done"))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert view_of(shown) == "talk"
    assert shown.count("data-error-summary") == 1
    assert "Uitgenodigd door" not in shown


def test_the_writing_up_says_all_that_is_missing(teacher: Client, talking: Scene) -> None:
    page = page_of(teacher, talking, 5, "?view=write")
    answer = teacher.post(url(talking, 5), sent_by(page, action="done"))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Rond eerst stap 1 af" in shown
    assert "Waardering uitgesproken" in shown


def test_the_last_step_leads_to_no_next_one(teacher: Client, talking: Scene) -> None:
    last = page_of(teacher, talking, 10)
    assert "Besproken, naar het overzicht" in last
    assert "naar de volgende stap" not in last


def test_the_arrow_back_says_where_it_leads(teacher: Client, talking: Scene) -> None:
    back = f'href="/cases/{talking.case.uuid}/conversation/" aria-label="Terug naar het gesprek"'
    assert back in page_of(teacher, talking, 3)


def test_the_first_agreement_and_the_first_talk_are_not_called_another(
    teacher: Client, talking: Scene
) -> None:
    agreements, talks = page_of(teacher, talking, 7), page_of(teacher, talking, 9)
    assert "Maak een afspraak" in agreements
    assert "Nog een afspraak" not in agreements
    assert "Plan een gesprek</summary>" in talks
    assert "Nog een gesprek plannen" not in talks


# ── language and words ───────────────────────────────────────────────────────
def test_the_prompts_are_said_in_english_whatever_the_page_speaks(
    teacher: Client, talking: Scene
) -> None:
    page = page_of(teacher, talking, 2, "?language=en")
    assert '<p class="pz-say-q" lang="en" dir="auto">Would you like to tell me' in page
    assert "How do you feel then?" in page
    assert "Besproken, naar de volgende stap" in page
    assert "How safe do you feel now?" in page_of(teacher, talking, 7)


def test_the_language_of_the_conversation_is_spoken_first(teacher: Client, talking: Scene) -> None:
    conversation = talking.conversation
    for language, heard in (("en", "How do you feel then?"), ("ti", "Hoe voel je je dan?")):
        conversation.language = language
        conversation.save(update_fields=["language"])
        assert heard in page_of(teacher, talking, 2)


def test_young_children_hear_simple_words_and_the_switch_changes_that(
    teacher: Client, talking: Scene
) -> None:
    assert "Neem rustig de tijd" in page_of(teacher, talking, 2)
    SchoolClass.objects.update(name="groep 5")
    assert "We hebben alle tijd" in page_of(teacher, talking, 2)
    assert "Neem rustig de tijd" in page_of(teacher, talking, 2, "?words=usual")
    assert "Neem rustig de tijd" in page_of(teacher, talking, 2)


def test_every_step_says_its_sentences_in_both_views(teacher: Client, talking: Scene) -> None:
    for step in edition(talking.conversation.edition_key).steps:
        for view in ("talk", "write"):
            page = page_of(teacher, talking, step.number, f"?view={view}")
            assert all(sentence.nl in page for sentence in step.say)


# ── refused ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("view", ["talk", "write"])
def test_what_is_to_be_assessed_first_is_said_where_the_teacher_looks(
    teacher: Client, talking: Scene, view: str
) -> None:
    sitting = open_sitting(talking.conversation)
    assert sitting
    told = {"ended_because": "time", "recap_read_aloud": True, "safety_score": 5}
    end_sitting(talking.teacher, sitting, now=NOW, next_contact_at=NOW.replace(day=28), **told)
    asked = {"safety_score": 5, "new_incident": True, "still_agrees": True}
    later = NOW.replace(hour=NOW.hour + 1)
    begin_sitting(talking.teacher, talking.conversation, now=later, **asked)
    page = page_of(teacher, talking, 5, f"?view={view}")
    answer = teacher.post(url(talking, 5), sent_by(page, action="done"))
    assert answer.status_code == 422
    refused = answer.content.decode()
    # The script brings the reader to the summary.
    summary = refused[refused.index("data-error-summary") :].partition("</ul>")[0]
    assert '<a href="#h-notice">Beoordeel eerst opnieuw hoe ernstig het is.' in summary
    assert refused.count('id="h-notice"') == 1
