"""Promise R11 for every form of a conversation: offline, server gone, tab closed or crashed, back button: 0 signs lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from cases.services.conversations import begin_sitting, end_sitting, open_sitting, step_records
from cases.services.steps import save_step
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
from pestzorg.testing.builders import NOW, make_agreement, make_talk
from pestzorg.testing.talk import UNFOLD
from pestzorg.tests.browser.test_drafts import CANARY, MORE, Teacher, crash, marit
from pestzorg.tests.browser.test_pages import complaints

__all__ = ["marit"]
TYPED = CANARY + MORE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@dataclass
class Place:
    """A form: the page it is on, the field that is typed in, and where it is sent when that is another address."""

    page: str
    field: str
    sent_to: str = ""


def _named(marit: Teacher, page: str = "") -> str:
    """The address of this very conversation: where its forms are sent, from wherever they were opened."""
    uuid = marit.case.conversations.get().uuid
    return (page or marit.step).replace("/conversation/", f"/conversations/{uuid}/")


def step(marit: Teacher) -> Place:
    return Place(marit.step, "story", _named(marit))


def row_of_a_list(marit: Teacher) -> Place:
    return Place(marit.step, "incidents-new-description", _named(marit))


def talk_view(marit: Teacher) -> Place:
    begin_sitting(marit.user, marit.case.conversations.get(), now=NOW)
    return Place(f"{marit.step}?view=talk", "story", _named(marit))


def private_note(marit: Teacher) -> Place:
    return Place(marit.step, "private_note", _named(marit))


def new_agreement(marit: Teacher) -> Place:
    return Place(f"/cases/{marit.case.uuid}/agreements/new/", "what")


def changed_agreement(marit: Teacher) -> Place:
    agreement = make_agreement(marit.coordinator, marit.case)
    return Place(f"/agreements/{agreement.uuid}/edit/", "check_how")


def end_of_an_agreement(marit: Teacher) -> Place:
    agreement = make_agreement(marit.coordinator, marit.case)
    page = f"/agreements/{agreement.uuid}/"
    return Place(page, "note", f"{page}settle/")


def outcome_of_a_talk(marit: Teacher) -> Place:
    return Place(f"/talks/{make_talk(marit.coordinator, marit.case).uuid}/", "note")


def end_of_a_sitting(marit: Teacher) -> Place:
    begin_sitting(marit.user, marit.case.conversations.get(), now=NOW)
    page = f"/cases/{marit.case.uuid}/conversation/end/"
    return Place(page, "handover_note", _named(marit, page))


def resuming(marit: Teacher) -> Place:
    conversation = marit.case.conversations.get()
    begin_sitting(marit.user, conversation, now=NOW)
    sitting = open_sitting(conversation)
    assert sitting
    save_step(marit.user, step_records(conversation)[0], {}, now=NOW)
    told: dict[str, Any] = {"ended_because": "time", "recap_read_aloud": True, "safety_score": 5}
    end_sitting(marit.user, sitting, now=NOW, next_contact_at=NOW + timedelta(days=1), **told)
    page = f"/cases/{marit.case.uuid}/conversation/"
    return Place(page, "what_changed", _named(marit, f"{page}begin/"))


PLACES: list[Callable[[Teacher], Place]] = [
    step,
    row_of_a_list,
    talk_view,
    private_note,
    new_agreement,
    changed_agreement,
    end_of_an_agreement,
    outcome_of_a_talk,
    end_of_a_sitting,
    resuming,
]


def field(page: Page, place: Place) -> Any:
    found = page.locator(f'[name="{place.field}"]').first
    found.evaluate(UNFOLD)
    return found


def kept() -> str:
    """What the server has of the field that was typed in."""
    (draft,) = Draft.objects.all()
    return next(v for v in typed_in(draft).values() if "anarie" in v)


def lost(typed: str, found: str) -> int:
    return len(typed) - len(found) if typed.startswith(found) else len(typed)


@pytest.mark.parametrize("make", PLACES, ids=lambda make: make.__name__)
def test_no_sign_is_lost_offline_or_in_a_crash(marit: Teacher, make: Any) -> None:
    place = make(marit)
    marit.begin(place.page)
    field(marit.page, place).focus()
    marit.page.keyboard.type(CANARY, delay=5)
    marit.is_kept()
    marit.context.set_offline(True)
    expect(marit.page.locator("[data-offline]")).to_be_visible()
    marit.page.keyboard.type(MORE, delay=5)
    marit.waits()
    marit.sealed()
    marit.context.set_offline(False)
    marit.is_kept()
    assert lost(TYPED, kept()) == 0
    assert Draft.objects.get().place == (place.sent_to or place.page)
    assert marit.waiting() == ""
    crash(marit.page)
    marit.page = marit.context.new_page()
    marit.open(place.page)
    with marit.page.expect_navigation():
        marit.page.get_by_role("link", name="Verder typen").click()
    assert lost(TYPED, field(marit.page, place).input_value()) == 0
    # Nobody pressed a button yet, so nothing is wrong yet.
    expect(marit.page.locator(".pz-err, [data-error-summary]")).to_have_count(0)
    assert complaints(marit.page) == []


@pytest.mark.parametrize("make", [step, outcome_of_a_talk], ids=lambda make: make.__name__)
def test_no_sign_is_lost_when_the_tab_is_closed_in_the_middle_of_a_sentence(
    marit: Teacher, settings: Any, make: Any
) -> None:
    settings.AUTOSAVE_SECONDS = 20
    place = make(marit)
    marit.begin(place.page)
    field(marit.page, place).focus()
    marit.page.keyboard.type(TYPED, delay=5)
    marit.page.on("dialog", lambda dialog: dialog.accept())
    with marit.page.expect_event("close"):
        marit.page.close(run_before_unload=True)
    marit.page = marit.context.new_page()
    marit.open(place.page)
    expect(marit.page.get_by_role("link", name="Verder typen")).to_be_visible()
    assert lost(TYPED, kept()) == 0


@pytest.mark.parametrize("make", [step, new_agreement], ids=lambda make: make.__name__)
def test_no_sign_is_lost_by_the_back_button(marit: Teacher, settings: Any, make: Any) -> None:
    settings.AUTOSAVE_SECONDS = 20
    place = make(marit)
    marit.begin(place.page)
    marit.open("/")
    marit.open(place.page)
    field(marit.page, place).focus()
    marit.page.keyboard.type(TYPED, delay=5)
    asked: list[str] = []

    def leave(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    marit.page.on("dialog", leave)
    marit.page.go_back()
    expect(marit.page).to_have_url(marit.url + "/")
    assert asked == ["beforeunload"]
    marit.page.go_forward()
    expect(marit.page.get_by_role("link", name="Verder typen")).to_be_visible()
    assert lost(TYPED, kept()) == 0


def test_a_server_that_is_down_is_left_in_peace_and_gets_everything_in_the_end(
    marit: Teacher,
) -> None:
    marit.begin(marit.step)
    tries: list[int] = []

    def down(route: Route) -> None:
        if route.request.method == "POST":
            tries.append(1)
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    marit.page.route("**/conversations/*/2/", down)
    marit.type("#id_story", CANARY)
    marit.waits()
    expect(marit.page.locator("[data-offline]")).to_be_visible()
    marit.type("#id_story", MORE)
    marit.sealed()
    marit.page.wait_for_timeout(7000)
    # At once, and then after 2, 4 and 8 seconds; every half a second would be fifteen times.
    assert 2 <= len(tries) <= 4
    marit.page.unroute_all()
    marit.is_kept()
    expect(marit.page.locator("[data-offline]")).to_be_hidden()
    assert lost(TYPED, kept()) == 0
    assert marit.waiting() == ""


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_says_so_and_leaves_the_text(marit: Teacher, status: int) -> None:
    marit.begin(marit.step)
    tries: list[int] = []

    def gone(route: Route) -> None:
        if route.request.method == "POST":
            tries.append(1)
            route.fulfill(status=status, body="")
        else:
            route.continue_()

    marit.page.route("**/conversations/*/2/", gone)
    marit.type("#id_story", TYPED)
    card = marit.page.locator("[data-gone]")
    expect(card).to_be_visible()
    marit.says("Niet bewaard")
    assert complaints(marit.page) == []
    given_up = len(tries)
    marit.type("#id_story", "!")
    marit.page.wait_for_timeout(3000)
    assert len(tries) == given_up
    marit.press("save")
    expect(card).to_be_visible()
    marit.page.wait_for_timeout(500)
    assert len(tries) == given_up + 1
    assert marit.page.input_value("#id_story") == TYPED + "!"
    marit.page.unroute_all()
    with marit.page.expect_navigation():
        marit.press("save")
    assert marit.answer("story") == TYPED + "!"


def test_a_session_that_ends_in_the_form_of_a_talk_is_begun_again_in_place(marit: Teacher) -> None:
    place = outcome_of_a_talk(marit)
    marit.begin(place.page)
    from_before = marit.page.url
    field(marit.page, place).focus()
    marit.page.keyboard.type(CANARY, delay=5)
    marit.is_kept()
    marit.end_session()
    marit.page.keyboard.type(MORE, delay=5)
    signed_out = marit.page.locator("[data-signed-out]")
    expect(signed_out).to_be_visible()
    marit.sealed()
    with marit.context.expect_page() as opened:
        signed_out.locator("a").click()
    marit.sign_in(opened.value, marit.user)
    opened.value.close()
    marit.page.bring_to_front()
    expect(signed_out).to_be_hidden()
    marit.is_kept()
    assert marit.page.url == from_before
    assert lost(TYPED, kept()) == 0
