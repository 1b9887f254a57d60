"""The keyset as a text and as a file: keys come and go, a file that changed is read anew, weak keys are refused."""

from __future__ import annotations

import json
import os
import stat
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import tink
from django.core.exceptions import ImproperlyConfigured

from pestzorg.crypto import keyset
from pestzorg.crypto.fields import Sealed, prefix_of

OLD = keyset.new_keyset()
(OLD_ID,) = keyset.key_ids(OLD)


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "field_keyset"
    path.write_text(OLD)
    path.chmod(0o640)
    settings.FIELD_KEYSET_FILE = str(path)
    return path


# ── keys come and go ─────────────────────────────────────────────────────────
def test_a_new_key_opens_but_does_not_seal() -> None:
    longer = keyset.with_new_key(OLD)
    old, new = keyset.key_ids(longer)
    assert (old, keyset.primary_id(longer)) == (OLD_ID, OLD_ID)
    by_new = keyset.primitive(keyset.with_primary(longer, new)).encrypt(b"x", b"place")
    assert keyset.primitive(longer).decrypt(by_new, b"place") == b"x"
    assert keyset.primitive(longer).encrypt(b"x", b"place").startswith(prefix_of(old))


def test_the_promoted_key_seals_and_the_old_one_still_opens() -> None:
    sealed = keyset.primitive(OLD).encrypt(b"x", b"place")
    longer = keyset.with_new_key(OLD)
    new = keyset.key_ids(longer)[-1]
    promoted = keyset.primitive(keyset.with_primary(longer, new))
    assert promoted.decrypt(sealed, b"place") == b"x"
    assert Sealed(promoted.encrypt(b"x", b"place")).key_id == new


def test_a_key_that_is_gone_opens_nothing() -> None:
    sealed = keyset.primitive(OLD).encrypt(b"x", b"place")
    longer = keyset.with_new_key(OLD)
    new = keyset.key_ids(longer)[-1]
    alone = keyset.without_keys(keyset.with_primary(longer, new), [OLD_ID])
    assert keyset.key_ids(alone) == [new]
    with pytest.raises(tink.TinkError):
        keyset.primitive(alone).decrypt(sealed, b"place")


def test_a_new_key_never_takes_the_number_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    other = keyset.new_keyset()
    made = iter([OLD, OLD, other])
    monkeypatch.setattr(keyset, "new_keyset", lambda: next(made))
    assert keyset.key_ids(keyset.with_new_key(OLD)) == [OLD_ID, *keyset.key_ids(other)]


def test_the_primary_key_cannot_be_taken_away_nor_a_strange_one_promoted() -> None:
    longer = keyset.with_new_key(OLD)
    with pytest.raises(ImproperlyConfigured):
        keyset.without_keys(longer, [OLD_ID])
    with pytest.raises(ImproperlyConfigured):
        keyset.with_primary(longer, 1)


# ── the file ─────────────────────────────────────────────────────────────────
def test_a_keyset_file_that_changed_is_read_anew(file: Path) -> None:
    sealed = keyset.cipher().encrypt(b"x", b"place")
    longer = keyset.with_new_key(OLD)
    keyset.replace_keyset(file, keyset.with_primary(longer, keyset.key_ids(longer)[-1]))
    assert keyset.cipher().decrypt(sealed, b"place") == b"x"
    assert not keyset.cipher().encrypt(b"x", b"place").startswith(prefix_of(OLD_ID))


def test_a_replaced_keyset_keeps_its_mode_and_leaves_no_copy(file: Path) -> None:
    keyset.replace_keyset(file, keyset.with_new_key(OLD))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_a_keyset_file_that_is_gone_opens_nothing(file: Path) -> None:
    keyset.cipher()
    file.unlink()
    with pytest.raises(FileNotFoundError):
        keyset.cipher()


def test_two_processes_that_start_at_once_agree_on_one_generated_keyset(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_KEYSET, settings.VAR_DIR = "", tmp_path

    def the_other_was_first() -> str:
        (tmp_path / "keyset.json").write_text(OLD)
        os.utime(tmp_path / "keyset.json")
        return original()

    original = keyset.new_keyset
    monkeypatch.setattr(keyset, "new_keyset", the_other_was_first)
    assert keyset.current_keyset() == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["keyset.json"]


# ── weak keys ────────────────────────────────────────────────────────────────
def with_key(**changes: str) -> str:
    found = json.loads(OLD)
    data, key = found["key"][0]["keyData"], found["key"][0]
    for name, value in changes.items():
        (data if name in data else key)[name] = value
    return json.dumps(found)


def secret(length: int, byte: bytes | None = None) -> str:
    return b64encode(
        bytes([0x1A, length]) + (byte * length if byte else os.urandom(length))
    ).decode()


@pytest.mark.parametrize(
    "weak",
    [
        "build",
        with_key(value=secret(16)),
        with_key(value=secret(32, b"\0")),
        with_key(outputPrefixType="RAW"),
        with_key(status="DISABLED"),
        with_key(typeUrl="type.googleapis.com/google.crypto.tink.AesEaxKey"),
    ],
    ids=["no keyset", "short", "all the same", "without prefix", "disabled", "other cipher"],
)
def test_a_weak_keyset_is_refused(weak: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        keyset.refuse_weak(weak)


def test_a_keyset_of_our_own_is_strong() -> None:
    keyset.refuse_weak(keyset.with_new_key(OLD))
