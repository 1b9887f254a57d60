"""Secrets that a program carries: long, random, recognised when they leak, and kept as a hash only."""

from __future__ import annotations

import hashlib
import secrets

from pestzorg.logs import MARK


def new_secret() -> str:
    """256 random bits behind the mark of this installation."""
    return MARK + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored instead of the secret."""
    # Plain SHA-256 is enough: the secret has 256 random bits, so there is nothing to guess or to salt.
    return hashlib.sha256(secret.encode()).hexdigest()
