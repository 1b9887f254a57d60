"""Whatever somebody of the school looks at, the button that hides it is there."""

from __future__ import annotations

from typing import Any

import pytest

from pestzorg.rules.registry import routes
from pestzorg.testing.builders import NOW
from pestzorg.tests.security.personas import World, build_world
from pestzorg.tests.security.test_second_factor import filled

# The cover itself, what is shown before somebody is signed in, signing in again, and the description of the API:
# nothing of a case is on them.
WITHOUT = {
    "api:docs",
    "account_confirm_email",
    "account_email_verification_sent",
    "home:hidden",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
PERSONAS = ("TM", "CO", "PR")


def pages_of(world: World, persona: str) -> dict[str, Any]:
    """Every page that this persona gets, by its address."""
    client, found = world.client(persona), {}
    objects = world.other | world.own.get(persona, {})
    for path in {filled(r, objects) for r in routes() if r.method == "GET"} - {"/account/logout/"}:
        answer = client.get(path)
        is_page = answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]
        if is_page and path != "/clock/":
            found[path] = answer
        client.get("/clock/back/")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_page_of_the_staff_can_be_hidden(db: None, at: Any, persona: str) -> None:
    at(NOW)
    pages = pages_of(build_world(), persona)
    without = {
        path
        for path, answer in pages.items()
        if "data-hide" not in answer.content.decode()
        and answer.resolver_match.view_name not in WITHOUT
    }
    assert without == set()
    assert len(pages) > 15
