"""Typed readers for settings from the environment; each also as NAME_FILE, for secrets in files."""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file NAME_FILE; refuses both and, without default, neither."""
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and path:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    found = _content(name, Path(path)) if path else default if value is None else value
    if found is None or (default is None and not found):
        raise ImproperlyConfigured(f"{name} is required: set {name} or {name}_FILE.")
    return found


def secret(name: str, default: str | None = None) -> str:
    """A value that signs things; without default, refuses what can be guessed."""
    value = text(name, default)
    if default is None:
        _refuse_guessable(name, value)
    return value


def secrets(name: str) -> list[str]:
    """Several such values, separated by commas; each is held to the same."""
    found = words(name)
    for value in found:
        _refuse_guessable(name, value)
    return found


def file_of(name: str) -> str | None:
    """The path in NAME_FILE, for what is read again while the program runs; None without one."""
    return os.environ.get(f"{name}_FILE") or None


def flag(name: str, *, default: bool) -> bool:
    """A yes/no setting; refuses any word that is neither."""
    value = text(name, "true" if default else "false").strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in TRUE


def number(name: str, default: int) -> int:
    """A whole number; refuses anything else."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def words(name: str, default: str = "") -> list[str]:
    """A list of words separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str, default: str) -> dict[str, object]:
    """A Django database dictionary from a URL."""
    parsed: dict[str, object] = environ.Env.db_url_config(text(name, default))
    if not parsed.get("ENGINE"):
        raise ImproperlyConfigured(f"{name} is not a database URL.")
    return parsed


def email(name: str, default: str) -> dict[str, object]:
    """Django's EMAIL_* settings from a URL such as smtp+tls://user:secret@host:587."""
    try:
        parsed: dict[str, object] = environ.Env.email_url_config(text(name, default))
    except (KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(f"{name} is not an e-mail URL (smtp://host:port).") from None
    return parsed


def _refuse_guessable(name: str, value: str) -> None:
    # The same limits as Django's check security.W009, which gunicorn and Celery never run.
    if len(value) < 50 or len(set(value)) < 10 or value.startswith(("django-insecure", "embedded")):
        raise ImproperlyConfigured(f"{name} can be guessed: use 50 random characters or more.")


def _content(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        # Before the languages are loaded, so both at once: whoever installs reads one of them.
        raise ImproperlyConfigured(
            f"{name}_FILE: the file {path} cannot be read. / het bestand kan niet gelezen worden."
        ) from None
