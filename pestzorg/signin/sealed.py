"""What sign-in keeps sealed inside allauth's own table: secrets of apps and of recovery codes."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

import tink
from allauth.mfa.models import Authenticator
from django.db import transaction

from pestzorg.crypto.fields import Sealed
from pestzorg.crypto.keyset import cipher, current_keyset, primary_id

SECRET_PLACE = b"mfa_authenticator|data"
KEPT_AS = ("secret", "seed")  # allauth's names in the data of an authenticator


def seal(text: str) -> str:
    """Encrypt a secret, as text that fits into JSON."""
    return base64.b64encode(cipher().encrypt(text.encode(), SECRET_PLACE)).decode()


def open_seal(sealed: str) -> str:
    """Decrypt a secret; raises TinkError for one that does not open."""
    return str(cipher().decrypt(base64.b64decode(sealed), SECRET_PLACE).decode())


class SecondFactorSecrets:
    """Tells key rotation what is sealed here, see pestzorg/crypto/rotation.py."""

    name = "mfa_authenticator"

    def per_key(self) -> Counter[int]:
        return Counter(
            _key_id(sealed)
            for data in Authenticator.objects.values_list("data", flat=True)
            for _name, sealed in _sealed_in(data)
        )

    def seal_anew(self) -> tuple[int, int]:
        results = [
            _seal_row(number) for number in Authenticator.objects.values_list("pk", flat=True)
        ]
        return sum(done for done, _failed in results), sum(failed for _done, failed in results)


@transaction.atomic
def _seal_row(number: int) -> tuple[int, int]:
    row = Authenticator.objects.select_for_update().filter(pk=number).first()
    done = failed = 0
    for name, sealed in list(_sealed_in(row.data)) if row else []:
        if _key_id(sealed) == primary_id(current_keyset()):
            continue
        try:
            row.data[name] = seal(open_seal(sealed))
            done += 1
        except tink.TinkError:
            failed += 1
    if done:
        row.save(update_fields=["data"])
    return done, failed


def _sealed_in(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, data[name]) for name in KEPT_AS if name in data)


def _key_id(sealed: str) -> int:
    return Sealed(base64.b64decode(sealed)).key_id
