"""The keyset of this installation: read once from the settings, kept outside the database."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import tink
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from tink import aead, secret_key_access

aead.register()


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
        raise ImproperlyConfigured("FIELD_KEYSET is not a readable keyset.") from None


def cipher() -> aead.Aead:
    """The cipher of this installation."""
    return primitive(settings.FIELD_KEYSET or _embedded_keyset(settings.VAR_DIR / "keyset.json"))


@lru_cache(maxsize=4)
def _embedded_keyset(path: Path) -> str:
    # Only demo, tests and development come here: production refuses to start without FIELD_KEYSET.
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_keyset(), encoding="utf-8")
    return path.read_text(encoding="utf-8")
