"""The keyset of this installation, kept outside the database. Which key it may lose is decided in ceremony.py."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import tink
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from tink import aead, secret_key_access

aead.register()

UNREADABLE = "FIELD_KEYSET is not a readable keyset."


def new_keyset() -> str:
    """A fresh keyset with one AES-256-GCM key, as JSON text. Whoever holds it can read every case."""
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    return str(tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


@lru_cache(maxsize=4)
def primitive(keyset_json: str) -> aead.Aead:
    """The cipher of a keyset; refuses a keyset that cannot be read."""
    try:
        handle = tink.json_proto_keyset_format.parse(keyset_json, secret_key_access.TOKEN)
        return handle.primitive(aead.Aead)
    except tink.TinkError:
        raise ImproperlyConfigured(UNREADABLE) from None


def cipher() -> aead.Aead:
    """The cipher of this installation."""
    return primitive(current_keyset())


# ── where it stands ──────────────────────────────────────────────────────────
def keyset_file() -> Path | None:
    """The file that holds the keyset; None when it came as a value in the environment."""
    if settings.FIELD_KEYSET_FILE:
        return Path(settings.FIELD_KEYSET_FILE)
    return None if settings.FIELD_KEYSET else _embedded_file(settings.VAR_DIR / "keyset.json")


def current_keyset() -> str:
    """The keyset as it is now: a file is read anew when it changed, so a new key needs no restart here."""
    file = keyset_file()
    if file is None:
        return str(settings.FIELD_KEYSET)
    found = file.stat()
    return _content(file, found.st_ino, found.st_mtime_ns)


def replace_keyset(file: Path, text: str) -> None:
    """Put a new keyset in place of the old one: readers see the one or the other, never half of it."""
    written = _beside(file, text)
    written.chmod(file.stat().st_mode)
    written.replace(file)


@lru_cache(maxsize=4)
def _content(file: Path, _inode: int, _changed: int) -> str:
    return file.read_text(encoding="utf-8").strip()


def _embedded_file(path: Path) -> Path:
    # Only demo, tests and development come here: production refuses to start without FIELD_KEYSET.
    if not path.exists():
        made = _beside(path, new_keyset())
        # Two processes may start at once: a link is refused when the other one was first.
        with suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    return path


def _beside(path: Path, text: str) -> Path:
    """A file in the same folder, readable by its owner only and surely on the disk."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(file.name)


# ── the keys in it, oldest first ─────────────────────────────────────────────
def key_ids(keyset_json: str) -> list[int]:
    """Ids of the keys, oldest first: new keys are added at the end."""
    return [int(key["keyId"]) for key in _parsed(keyset_json)["key"]]


def primary_id(keyset_json: str) -> int:
    """Id of the key that seals new text."""
    return int(_parsed(keyset_json)["primaryKeyId"])


def with_new_key(keyset_json: str) -> str:
    """The keyset and one fresh key at its end, which opens but does not seal yet."""
    old, new = _parsed(keyset_json), _parsed(new_keyset())
    while new["primaryKeyId"] in key_ids(keyset_json):
        new = _parsed(new_keyset())
    return _checked({**old, "key": [*old["key"], *new["key"]]})


def with_primary(keyset_json: str, key_id: int) -> str:
    """The keyset with this key as the one that seals."""
    return _checked({**_parsed(keyset_json), "primaryKeyId": key_id})


def without_keys(keyset_json: str, gone: list[int]) -> str:
    """The keyset without these keys; refuses to take the primary one."""
    old = _parsed(keyset_json)
    return _checked({**old, "key": [key for key in old["key"] if key["keyId"] not in gone]})


def refuse_weak(keyset_json: str) -> None:
    """Refuse what is no keyset, and keys that are not random AES-256-GCM keys with Tink's prefix."""
    primitive(keyset_json)
    for key in _parsed(keyset_json)["key"]:
        secret = b64decode(key["keyData"]["value"])[2:]  # two bytes of the message around it
        is_strong = key["keyData"]["typeUrl"].endswith(".AesGcmKey") and len(secret) == 32
        if not is_strong or len(set(secret)) < 8 or key["outputPrefixType"] != "TINK":
            raise ImproperlyConfigured("FIELD_KEYSET may only hold random AES-256-GCM keys.")


def _parsed(keyset_json: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(keyset_json)
    except ValueError:
        raise ImproperlyConfigured(UNREADABLE) from None
    return found


def _checked(keyset: dict[str, Any]) -> str:
    # Tink itself says whether it is a keyset: it refuses one whose primary key is not there.
    text = json.dumps(keyset, indent=2)
    primitive(text)
    return text
