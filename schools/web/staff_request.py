"""The type of a request behind sign-in: it has a moment, and its user is an account."""

from __future__ import annotations

from pestzorg.web.middleware import TimedRequest
from schools.models import User


class StaffRequest(TimedRequest):
    """Only for annotations of views behind sign-in."""

    user: User
