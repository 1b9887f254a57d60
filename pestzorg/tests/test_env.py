"""Readers of settings: a setting that cannot be used stops the start with its name and a clear sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from pestzorg import env

NAME = "PESTZORG_TEST_SETTING"


def test_a_secret_comes_from_a_file_without_its_last_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("geheim\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert env.text(NAME) == "geheim"


@pytest.mark.parametrize("broken", ["missing", ".", "binary"])
def test_a_file_that_cannot_be_read_is_named_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / broken))
    with pytest.raises(ImproperlyConfigured, match=rf"{NAME}_FILE.*kan niet gelezen worden"):
        env.text(NAME)


def test_a_value_and_a_file_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "x")
    monkeypatch.setenv(f"{NAME}_FILE", "/nowhere")
    with pytest.raises(ImproperlyConfigured, match="not both"):
        env.text(NAME)


@pytest.mark.parametrize("value", [None, ""])
def test_a_required_setting_without_value_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} is required"):
        env.text(NAME)


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("ON", True), ("0", False), ("", False)]
)
def test_flags_are_read(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=not expected) is expected


@pytest.mark.parametrize(
    ("value", "reader"),
    [
        ("maybe", lambda: env.flag(NAME, default=True)),
        ("ten", lambda: env.number(NAME, 1)),
        ("nonsense", lambda: env.database(NAME, "")),
        ("nonsense://x", lambda: env.email(NAME, "")),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, value: str, reader: object
) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        reader()  # type: ignore[operator]
