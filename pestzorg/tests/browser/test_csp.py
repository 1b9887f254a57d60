"""S16: Chromium opens every page there is, and the content security policy has nothing to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page

from pestzorg.rules.registry import routes
from pestzorg.testing.builders import NOW
from pestzorg.tests.security.personas import World, build_world
from pestzorg.tests.security.test_second_factor import filled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

LISTEN = """
  window.stopped = [];
  addEventListener("securitypolicyviolation", (event) =>
    stopped.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
# What the browser saves instead of showing.
FILES = {
    "account/2fa/codes/file/",
    "calendar/<str:secret>.ics",
    "classes/<uuid:class_uuid>/rules/poster/",
    "talks/<uuid:talk_uuid>/calendar/",
}
PERSONAS = ("AN", "TM", "CO")


def pages_of(world: World, persona: str) -> list[str]:
    objects = world.other | world.own.get(persona, {})
    found = {
        filled(route, objects)
        for route in routes()
        if route.method == "GET" and route.path not in FILES and "export" not in route.path
    }
    # Leaving last, so that everything before is seen signed in.
    return sorted(found, key=lambda url: "logout" in url)


def open_as(page: Page, url: str, world: World, persona: str) -> None:
    """Come in past the sign-in page, which has tests of its own."""
    name = django_settings.SESSION_COOKIE_NAME
    client = world.client(persona)
    page.context.clear_cookies()
    if name in client.cookies:
        cookie = {"name": name, "value": client.cookies[name].value, "url": url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]


def test_no_page_asks_for_what_the_policy_stops(
    page: Page, live_server: Any, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(NOW)
    world = build_world()
    page.add_init_script(LISTEN)
    stopped, seen = {}, 0
    for persona in PERSONAS:
        open_as(page, live_server.url, world, persona)
        for path in pages_of(world, persona):
            page.goto(live_server.url + path)
            seen += 1
            if found := page.evaluate("() => window.stopped"):
                stopped[f"{persona} {path}"] = found
    assert stopped == {}
    assert seen > 100


def test_a_page_that_breaks_the_policy_would_be_seen(page: Page, live_server: Any) -> None:
    page.add_init_script(LISTEN)
    page.goto(live_server.url + "/account/login/")
    page.evaluate("() => document.body.setAttribute('style', 'color: red')")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }"
    )
    assert page.evaluate("() => window.stopped.length") >= 1
