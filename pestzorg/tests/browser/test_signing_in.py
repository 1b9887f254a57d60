"""Signing in as people do: a passkey of a (virtual) device, an app with codes, and the question in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from playwright.sync_api import Page, expect

from pestzorg.testing.builders import (
    NOW,
    PASSWORD,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import User
from schools.roles import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


class Desk:
    """One person at one browser."""

    def __init__(self, page: Page, url: str, person: User) -> None:
        self.page, self.url, self.person = page, url, person
        page.set_default_timeout(10_000)

    def open(self, path: str) -> None:
        """Go to a page."""
        self.page.goto(self.url + path)

    def press(self, name: str) -> None:
        """Press a button or link by what stands on it."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_text(name, exact=True).last.click()

    def give_password(self) -> None:
        """Fill in address and password."""
        self.open("/account/login/")
        self.page.fill("[name=login]", self.person.email)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Inloggen")

    def sign_out(self) -> None:
        """Forget who is signed in, as another morning."""
        self.page.context.clear_cookies()


@pytest.fixture
def desk(
    page: Page, live_server: Any, settings: Any, set_clock: Callable[[datetime], None]
) -> Desk:
    # A passkey belongs to a name: 127.0.0.1 is none, localhost is.
    url = live_server.url.replace("127.0.0.1", "localhost")
    settings.MFA_REQUIRED, settings.BASE_URL = True, url
    cache.clear()
    set_clock(NOW)
    return Desk(page, url, make_person(Role.COORDINATOR, make_school()))


@pytest.fixture
def finger(desk: Desk) -> Any:
    """A device with a passkey store and a fingerprint that always fits."""
    devtools = desk.page.context.new_cdp_session(desk.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda fits: devtools.send(
        "WebAuthn.setUserVerified",
        {"authenticatorId": made["authenticatorId"], "isUserVerified": fits},
    )


def set_up_passkey(desk: Desk) -> None:
    """First sign-in: a password, then a passkey."""
    desk.give_password()
    expect(desk.page).to_have_url(desk.url + "/account/2fa/")
    desk.press("Toegangssleutel toevoegen")
    desk.page.fill("[name=name]", "Laptop van school")
    desk.press("Toegangssleutel toevoegen")
    expect(desk.page.locator("h1")).to_have_text("Herstelcodes")
    desk.press("Ik heb ze bewaard: verder")
    expect(desk.page).to_have_url(desk.url + "/overview/")


def test_a_passkey_signs_in_without_a_password(desk: Desk, finger: Any) -> None:
    set_up_passkey(desk)
    desk.sign_out()
    desk.open("/account/login/?next=/cases/")
    desk.press("Met een toegangssleutel")
    expect(desk.page).to_have_url(desk.url + "/cases/")


def test_a_passkey_is_the_second_step_after_a_password(desk: Desk, finger: Any) -> None:
    set_up_passkey(desk)
    desk.sign_out()
    desk.give_password()
    expect(desk.page.locator("h1")).to_have_text("Nog één stap")
    desk.press("Met een toegangssleutel")
    expect(desk.page).to_have_url(desk.url + "/overview/")


def test_a_finger_that_does_not_fit_opens_nothing_and_says_so(desk: Desk, finger: Any) -> None:
    set_up_passkey(desk)
    desk.sign_out()
    finger(False)
    desk.open("/account/login/")
    desk.page.get_by_role("button", name="Met een toegangssleutel").click()
    expect(desk.page.locator("[data-passkey-failed]")).to_be_visible()
    desk.open("/cases/")
    expect(desk.page).to_have_url(re.compile("/account/login/"))


def test_a_passkey_can_be_seen_and_taken_away(desk: Desk, finger: Any) -> None:
    set_up_passkey(desk)
    desk.open("/account/2fa/")
    expect(desk.page.get_by_text("Laptop van school").first).to_be_visible()
    desk.page.locator("main a[href*='/passkeys/'][href$='/remove/']").click()
    desk.press("Toegangssleutel weghalen")
    expect(desk.page.get_by_text("Laptop van school")).to_have_count(0)
    assert not Authenticator.objects.exists()


def test_a_passkey_answers_when_a_fresh_proof_is_asked(
    desk: Desk, finger: Any, set_clock: Callable[[datetime], None]
) -> None:
    set_up_passkey(desk)
    set_clock(NOW + timedelta(minutes=6))
    desk.open("/account/tokens/")
    expect(desk.page.locator("h1")).to_have_text("Ben jij het?")
    desk.page.get_by_role("link", name="Met een toegangssleutel").click()
    desk.press("Met een toegangssleutel")
    expect(desk.page).to_have_url(desk.url + "/account/tokens/")


def test_an_app_is_set_up_from_the_key_and_signs_in_the_next_day(
    desk: Desk, set_clock: Callable[[datetime], None]
) -> None:
    desk.give_password()
    desk.press("App koppelen")
    secret = desk.page.locator("code").first.inner_text()
    codes = [
        totp.format_hotp_value(totp.hotp_value(secret, counter))
        for counter in totp.yield_hotp_counters_from_time()
    ]
    desk.page.fill("[name=code]", codes[0])
    desk.press("Koppelen")
    recovery = desk.page.locator(".pz-codes code").first.inner_text()
    with desk.page.expect_download() as saving:
        desk.page.get_by_text("Opslaan als bestand").click()
    assert recovery in saving.value.path().read_text(encoding="utf-8")
    desk.sign_out()
    set_clock(NOW + timedelta(days=1))
    desk.give_password()
    desk.page.fill("[name=code]", codes[0])  # the one that was used yesterday
    desk.press("Inloggen")
    expect(desk.page.locator("[data-error-summary]")).to_be_visible()
    desk.page.fill("[name=code]", codes[-1])
    desk.press("Inloggen")
    expect(desk.page).to_have_url(desk.url + "/overview/")
    desk.sign_out()
    desk.give_password()
    desk.page.fill("[name=code]", recovery)
    desk.press("Inloggen")
    expect(desk.page).to_have_url(desk.url + "/overview/")


def test_nothing_typed_is_lost_when_a_proof_is_asked_late(
    desk: Desk, settings: Any, set_clock: Callable[[datetime], None]
) -> None:
    settings.MFA_REQUIRED = False
    school = desk.person.memberships.get().school
    teacher = make_person(Role.TEACHER, school, first_name="Marit")
    colleague = make_person(Role.TEACHER, school, first_name="Joost")
    case = make_case_active(desk.person, teacher, school, make_pupil(make_class(school)))
    desk.give_password()
    desk.open(f"/cases/{case.uuid}/access/")
    desk.page.locator("[name=colleague]").select_option(str(colleague.uuid))
    set_clock(NOW + timedelta(minutes=10))
    with desk.page.expect_navigation():
        desk.page.locator("form:has([name=colleague]) button").last.click()
    expect(desk.page.locator("h1")).to_have_text("Ben jij het?")
    desk.page.fill("[name=password]", PASSWORD)
    desk.press("Verder")
    expect(desk.page.get_by_text("Joost kan dit dossier nu zien.")).to_be_visible()


def test_hide_leads_back_only_for_half_a_minute(
    desk: Desk, settings: Any, set_clock: Callable[[datetime], None]
) -> None:
    settings.MFA_REQUIRED = False
    desk.give_password()
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Escape")
    expect(desk.page).to_have_url(desk.url + "/clock/")
    set_clock(NOW + timedelta(seconds=100))
    desk.page.get_by_role("link").last.click()
    expect(desk.page).to_have_url(re.compile("/account/login/"))
    expect(desk.page.get_by_text("Je was even weg.")).to_be_visible()
