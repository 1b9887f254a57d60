"""Guessing the six digits of a class: how often somebody may be wrong, and who does not guess because the board was scanned.

Right codes never count. A flood from one address closes typed codes for that address alone; the code on the board and
the codes on paper hold secrets that cannot be guessed, and work through every flood.
"""

from __future__ import annotations

from typing import TypedDict

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare, salted_hmac

from pestzorg.signin.throttle import charge, has_room
from pestzorg.web.addresses import network_of
from pestzorg.web.middleware import TimedRequest


class Limit(TypedDict):
    """How many wrong codes at once, and how many a second after that."""

    burst: int
    rate: float


# A school shares one address: a class that misreads the board twice, all thirty, is not locked out. One address uses
# up a sixth of what comes back for all.
PER_ADDRESS: Limit = {"burst": 60, "rate": 1 / 60}
# The odds. In a lesson of fifty minutes one address gets 60 + 50 = 110 guesses among 1,000,000 codes: 1 in 9,000 that a
# certain class is hit, 1 in 450 that any of twenty is. However many addresses somebody has, together they get
# 600 + 300 = 900: 1 in 1,100, and 1 in 55. A hit is one place in one class, which that class misses; it shows nothing.
TOGETHER: Limit = {"burst": 600, "rate": 1 / 10}
ALL = "survey codes"
BOARD = Signer(salt="interventions.survey.board")
SEAL_LENGTH = 22  # of 64 signs each: 132 bits, and the QR code stays coarse enough for the last row


def may_guess(request: TimedRequest) -> bool:
    """Whether a typed code is looked at: neither this address nor all together were wrong too often."""
    limits = ((_key(request), PER_ADDRESS), (ALL, TOGETHER))
    return all(has_room(key, request.now, **limit) for key, limit in limits)


def was_wrong(request: TimedRequest) -> None:
    """Count one wrong code, for the address and for all."""
    charge(_key(request), request.now, **PER_ADDRESS)
    charge(ALL, request.now, **TOGETHER)


def seal_of(code: str) -> str:
    """What the QR code on the board carries beside the digits."""
    return BOARD.signature(code)[:SEAL_LENGTH]


def was_scanned(code: str, seal: str) -> bool:
    """Whether this code comes from a board: then it is no guess."""
    return constant_time_compare(seal, seal_of(code))


def _key(request: TimedRequest) -> str:
    # With a key that is not in the database: a bare hash of an address is the address.
    named = salted_hmac("interventions.survey.address", network_of(request), algorithm="sha256")
    return f"{ALL} {named.hexdigest()}"
