"""When a failed mail is tried again, and what may be said about the failure. It sends nothing itself."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from uuid import UUID

# Minutes to wait after the first, second, ... failure; the last figure repeats.
PAUSES = (1, 2, 4, 8, 16, 30)
# Each mail adds up to a fifth of its own, so that what failed together does not come back together.
SPREAD = 0.2
# A server that is away over a weekend plus a day is somebody's problem, not an outage.
PATIENCE = timedelta(hours=72)
MOST_TRIES = 8
# Said before any recipient is named: to every mail, because of a password or a setting. A person has to mend it,
# and until then mail waits and the pages say that it is late.
TO_EVERYBODY = (SMTPAuthenticationError, SMTPConnectError, SMTPHeloError, SMTPNotSupportedError)
MAIL_TOO_LARGE = 552  # the one answer to a sender that is about the mail
WORKER_LOST = "WorkerLost"  # the error of a mail in whose sending workers died


def next_try_at(
    error: Exception, attempts: int, first_tried_at: datetime, now: datetime, uuid: UUID
) -> datetime | None:
    """The moment of the next try, or None when the mail has to be parked for a person to look at."""
    tried_for = now - first_tried_at
    if tried_for >= PATIENCE if is_temporary(error) else attempts >= MOST_TRIES:
        return None
    pause = timedelta(minutes=PAUSES[min(max(attempts, 1), len(PAUSES)) - 1])
    return now + pause * (1 + SPREAD * (uuid.int % 1000) / 1000)


def is_temporary(error: Exception) -> bool:
    """True for a server that cannot be reached, talks nonsense, says "later" (4xx) or takes no mail from us at all."""
    if isinstance(error, TO_EVERYBODY) or _refuses_us(error):
        return True
    codes = _codes(error)
    if codes:
        return all(code < 500 for code in codes)
    if isinstance(error, SMTPServerDisconnected):
        return True
    # smtplib's own errors are OSErrors too; those without a code are no matter of patience.
    return isinstance(error, OSError) and not isinstance(error, SMTPException)


def is_servers(error: Exception) -> bool:
    """True when it is the server that is away or says "later", whoever the mail is for."""
    return is_temporary(error) and not isinstance(error, SMTPRecipientsRefused)


def name_of(error: Exception) -> str:
    """Class and SMTP code. Never the message: servers repeat the address in it."""
    codes = "/".join(str(code) for code in sorted(set(_codes(error))))
    return f"{type(error).__name__} {codes}".strip()[:80]


def describe(error: Exception) -> str:
    """For the log: name, file and line. Never the traceback, which ends with the message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return name_of(error) + place


def _codes(error: Exception) -> list[int]:
    if isinstance(error, SMTPRecipientsRefused):
        refused: Mapping[str, tuple[int, bytes]] = error.recipients
        return [code for code, _ in refused.values()]
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []


def _refuses_us(error: Exception) -> bool:
    return isinstance(error, SMTPSenderRefused) and error.smtp_code != MAIL_TOO_LARGE
