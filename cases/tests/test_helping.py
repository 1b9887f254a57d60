"""Done is one question, whether it helped another; the second is answered in the words of the pupil."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases import events
from cases.models import Agreement
from cases.services.agreements import reopen_agreement, settle_agreement
from cases.services.helping import note_help
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW, make_agreement
from schools.models import User

WORDS = "Ze laten me nu meedoen."


@pytest.fixture(autouse=True)
def clock(at: Any) -> None:
    at(NOW)


@pytest.fixture
def done(scene: Scene) -> Agreement:
    agreement = make_agreement(scene.teacher, scene.case)
    return settle_agreement(scene.teacher, agreement, "done", now=NOW)


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)


def test_what_the_pupil_says_stands_beside_what_was_done(scene: Scene, done: Agreement) -> None:
    note_help(scene.teacher, done, helped="a_bit", helped_words=WORDS, now=NOW)
    kept = fresh(done)
    assert (kept.status, kept.helped, kept.helped_words) == ("done", "a_bit", WORDS)
    event = AuditEvent.objects.get(verb=events.AGREEMENT_HELPED)
    assert event.subject_uuid == done.uuid
    assert WORDS not in str(vars(event))


def test_it_may_be_said_of_what_was_done_partly_and_changed_later(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    settle_agreement(scene.teacher, agreement, "partly", note="Alleen moeder", now=NOW)
    for answer in ("yes", "no"):
        note_help(scene.teacher, fresh(agreement), helped=answer, now=NOW)
    assert fresh(agreement).helped == "no"


@pytest.mark.parametrize("status", ["open", "not_done", "cancelled"])
def test_nothing_helped_that_was_not_done(scene: Scene, status: str) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    if status != "open":
        settle_agreement(scene.teacher, agreement, status, now=NOW)
    with pytest.raises(RuleBroken):
        note_help(scene.teacher, agreement, helped="yes", now=NOW)
    assert fresh(agreement).helped == ""


def test_an_answer_that_is_none_is_refused(scene: Scene, done: Agreement) -> None:
    for wrong in ("", "maybe"):
        with pytest.raises(RuleBroken) as refused:
            note_help(scene.teacher, done, helped=wrong, now=NOW)
        assert refused.value.problems[0].field == "helped"


def test_what_was_said_is_kept_when_it_opens_again(
    scene: Scene, done: Agreement, client: Client
) -> None:
    note_help(scene.teacher, done, helped="yes", helped_words=WORDS, now=NOW)
    reopen_agreement(scene.teacher, fresh(done), now=NOW)
    client.force_login(scene.teacher)
    assert WORDS not in client.get(f"/agreements/{done.uuid}/").content.decode()
    settle_agreement(scene.teacher, fresh(done), "done", now=NOW)
    assert WORDS in client.get(f"/agreements/{done.uuid}/").content.decode()


# ── pages ────────────────────────────────────────────────────────────────────
def test_the_page_asks_once_it_is_done_and_shows_the_answer(
    scene: Scene, done: Agreement, client: Client
) -> None:
    client.force_login(scene.teacher)
    url = f"/agreements/{done.uuid}/"
    assert "Hielp het?" in client.get(url).content.decode()
    answer = client.post(f"{url}helped/", {"helped": "yes", "helped_words": WORDS})
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    page = client.get(url).content.decode()
    assert f"Ja, het hielp: “{WORDS}”" in page
    assert WORDS in client.get(f"/cases/{scene.case.uuid}/").content.decode()


def test_a_refused_answer_keeps_the_words(scene: Scene, done: Agreement, client: Client) -> None:
    client.force_login(scene.teacher)
    answer = client.post(f"/agreements/{done.uuid}/helped/", {"helped_words": WORDS})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert WORDS in page
    assert "Kies of het geholpen heeft." in page


def test_two_answers_are_both_shown_and_neither_is_written_over(
    scene: Scene, done: Agreement, client: Client
) -> None:
    client.force_login(scene.teacher)
    url = f"/agreements/{done.uuid}/helped/"
    seen = client.get(url).context["form"]["seen"].value()
    note_help(scene.coordinator, fresh(done), helped="no", helped_words="Nog niet.", now=NOW)
    answer = client.post(url, {"helped": "yes", "helped_words": WORDS, "seen": seen})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Nog niet." in page
    assert WORDS in page
    assert fresh(done).helped_words == "Nog niet."


def test_who_answers_from_an_old_row_writes_over_nobody(scene: Scene, done: Agreement) -> None:
    old = fresh(done)
    note_help(scene.coordinator, fresh(done), helped="no", now=NOW)
    with pytest.raises(Stale):
        note_help(scene.teacher, old, helped="yes", now=NOW)
    assert fresh(done).helped == "no"


def test_an_open_agreement_leads_to_its_page(scene: Scene, client: Client) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    client.force_login(scene.teacher)
    url = f"/agreements/{agreement.uuid}/"
    assert client.get(f"{url}helped/").headers["Location"] == url
    assert client.post(f"{url}helped/", {"helped": "yes"}).status_code == 422


def test_whoever_may_not_settle_is_not_asked(scene: Scene, done: Agreement, client: Client) -> None:
    for person in (scene.colleague, scene.principal):
        client.force_login(person)
        assert client.get(f"/agreements/{done.uuid}/helped/").status_code == 404
        answer = client.post(f"/agreements/{done.uuid}/helped/", {"helped": "yes"})
        assert answer.status_code == 404
    assert fresh(done).helped == ""


def test_a_program_reads_it_and_a_person_writes_it(
    scene: Scene, done: Agreement, client: Client
) -> None:
    client.force_login(scene.teacher)
    url = f"/api/v1/agreements/{done.uuid}/"
    sent = {"helped": "a_bit", "helped_words": WORDS}
    answer = client.post(f"{url}helped/", sent, content_type="application/json")
    assert answer.status_code == 200
    told = client.get(url).json()
    assert (told["helped"], told["helped_words"]) == ("a_bit", WORDS)


# ── the worklist ─────────────────────────────────────────────────────────────
def test_today_shows_apart_what_is_late_and_what_is_for_today(
    scene: Scene, client: Client, at: Any
) -> None:
    due: dict[str, int] = {"Al lang": 1, "Nu dan": 3, "Binnenkort": 5}
    for what, days in due.items():
        make_agreement(
            scene.teacher, scene.case, what=what, deadline=NOW.date() + timedelta(days=days - 1)
        )
    at(NOW + timedelta(days=2))
    User.objects.update(language="nl")
    client.force_login(scene.teacher)
    page = client.get("/").content.decode()
    places = [page.index(f'id="{name}"') for name in ("h-late", "h-today", "h-soon")]
    places = [*places[:1], page.index("Al lang"), places[1], page.index("Nu dan"), places[2]]
    assert places == sorted(places)
    assert page.index("Binnenkort") > places[-1]
