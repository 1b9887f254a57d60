"""The session engine: the browser holds the key, the database only its hash, and the data is sealed to that hash."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import tink
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from pestzorg import clock
from pestzorg.crypto.keyset import cipher
from pestzorg.signin.models import Session
from pestzorg.signin.question import session_of

# What the middleware writes into a session, and what the list of own sessions reads from the row.
STARTED, SEEN, PROVED, HIDDEN, CLIENT = "started", "seen", "proved", "hidden", "client"
OWNER = "_auth_user_id"  # Django's name


def hash_of(session_key: str) -> str:
    """How a key is stored. The key is random, so a plain hash cannot be turned around."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(DatabaseStore):
    """Django's database store, with hashed keys and sealed data."""

    must_renew = False
    # What came with the row, and a request need not ask for: the database's clock, and whose session it is.
    read_at: datetime | None = None
    well_until: datetime | None = None  # when reminders were last known to leave in time
    owner: Any = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table of this store."""
        return Session

    def load(self) -> dict[str, Any]:
        """The data; empty when the key is unknown, too old, or the seal does not open."""
        key = self.session_key
        row: Any = session_of(hash_of(key)) if key else None
        if row is None:
            self._session_key = None
            return {}
        self.must_renew, self.read_at, self.owner = row.must_renew, row.read_at, row.user
        self.well_until = row.well_until
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Whether this key is taken."""
        return Session.objects.filter(session_key=hash_of(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """End a session; without a key, this one."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=hash_of(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of this session, as it is now; the clocks of a signed-in one start with it."""
        if OWNER in data and STARTED not in data:
            data[STARTED] = data[SEEN] = data[PROVED] = clock.now().timestamp()
        return Session(
            session_key=hash_of(self._own_key()),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(OWNER),
            started_at=_moment(data.get(STARTED)),
            seen_at=_moment(data.get(SEEN)),
            client=data.get(CLIENT, ""),
        )

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal the data: it may hold a secret being set up, or a form on its way through a fresh sign-in."""
        plain = self.serializer().dumps(session_dict)
        return base64.b64encode(cipher().encrypt(plain, self._place())).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Open the seal. One that does not open, such as after a change of keys, is an ended session."""
        try:
            plain = cipher().decrypt(base64.b64decode(session_data), self._place())
        except (tink.TinkError, ValueError):
            return {}
        return dict(self.serializer().loads(plain))

    def _place(self) -> bytes:
        return f"signin_session|session_data|{hash_of(self._own_key())}".encode()

    def _own_key(self) -> str:
        return str(self._get_or_create_session_key())  # type: ignore[attr-defined] # not in the stubs


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
