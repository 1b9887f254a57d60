"""A line of the log: where it went wrong and what kind it was, and no word of whom it was about."""

from __future__ import annotations

import logging
import sys

import pytest
from django.conf import settings

from pestzorg.logs import QuietFormatter

FORMATTER = QuietFormatter("{levelname} {name} {message}", style="{")


def line(message: str, *args: object, exc_info: object = None) -> str:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, args, exc_info)  # type: ignore[arg-type]
    return FORMATTER.format(record)


def failure() -> object:
    try:
        try:
            raise KeyError("Noor")
        except KeyError:
            raise ValueError("Key (name)=(Noor) exists") from None
    except ValueError as first:
        try:
            raise RuntimeError("Noor Visser") from first
        except RuntimeError:
            return sys.exc_info()


def test_an_exception_tells_its_kind_and_place_but_not_its_words() -> None:
    text = line("failed", exc_info=failure())
    assert "Noor" not in text
    first, second = text.index("builtins.ValueError"), text.index("builtins.RuntimeError")
    assert first < text.index("which led to") < second
    assert "test_logs.py" in text
    assert "KeyError" not in text  # raised "from None"


def test_a_failed_task_tells_nothing_of_what_it_was_about() -> None:
    facts = {"name": "outbox.deliver", "exc": "ValueError('Noor')", "args": "['Noor']"}
    text = line("Task %(name)s raised: %(exc)s %(args)s", facts)
    assert text == "ERROR x Task outbox.deliver raised: see below "


@pytest.mark.parametrize("evil", ["\n", "\r", "\x1b[31m", "\x00", "\x9b", "\u2028", "\x07"])
def test_nobody_writes_a_line_or_a_colour_of_their_own(evil: str) -> None:
    text = line("Not Found: %s", f"/x{evil}2026 CRITICAL all is well")
    assert len(text.splitlines()) == 1
    assert evil not in text
    assert "CRITICAL" in text  # shown, as part of the line it came in


def test_a_secret_in_an_address_is_not_told() -> None:
    text = line("Gone: %s", "/calendar/pz_Noor-_123456789.ics")
    assert text == "ERROR x Gone: /calendar/pz_....ics"


def test_the_installation_writes_its_log_with_it() -> None:
    assert settings.LOGGING["formatters"]["line"]["()"] == "pestzorg.logs.QuietFormatter"
    (handler,) = settings.LOGGING["root"]["handlers"]
    assert settings.LOGGING["handlers"][handler]["formatter"] == "line"
