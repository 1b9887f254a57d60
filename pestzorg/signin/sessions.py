"""The life of a session: stamped at sign-in, ended when it is idle, old or hidden, listed and ended by its owner."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import HttpRequest

from pestzorg.signin.models import Session
from pestzorg.signin.store import CLIENT, HIDDEN, OWNER, PROVED, SEEN, STARTED, hash_of
from pestzorg.web.middleware import TimedRequest

SEEN_EVERY = 60  # seconds; noting every request would make every page a write

# What a list of sessions may tell of a browser. First match wins: Edge also says Chrome, Chrome also says Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def is_signed_in(request: HttpRequest) -> bool:
    """Whether the session itself belongs to somebody; a caller with a token has no session."""
    return OWNER in request.session


def stamp(request: TimedRequest) -> None:
    """Somebody just proved who they are: the clocks of this session start now."""
    moment = request.now.timestamp()
    session = request.session
    session[STARTED] = session[SEEN] = session[PROVED] = moment
    session[CLIENT] = client_of(request.headers.get("User-Agent", ""))


def proved_again(request: TimedRequest) -> None:
    """A fresh proof within a session; it goes on under a new key."""
    request.session.cycle_key()
    request.session[PROVED] = request.now.timestamp()


def enter(request: TimedRequest) -> bool:
    """Go on with this session; False when it was over and has been ended."""
    session, moment = request.session, request.now.timestamp()
    if _is_over(session, moment):
        logout(request)
        return False
    if getattr(session, "must_renew", False):
        session.cycle_key()
    if moment - session[SEEN] > SEEN_EVERY:
        session[SEEN] = moment
    return True


def hide(request: TimedRequest) -> None:
    """The reader pressed "Hide"; after a short while only a new sign-in goes on."""
    if is_signed_in(request):
        request.session.setdefault(HIDDEN, request.now.timestamp())


def is_hidden(request: HttpRequest) -> bool:
    """Whether the reader pressed "Hide" and did not come back."""
    return HIDDEN in request.session


def show_again(request: HttpRequest) -> None:
    """The reader came back in time."""
    if is_signed_in(request):
        request.session.pop(HIDDEN, None)


def sessions_of(user_id: int) -> QuerySet[Session]:
    """Every session of somebody, the latest first."""
    return Session.objects.filter(user_id=user_id).order_by("-seen_at")


def end_sessions(user_id: int, *, but: str | None = None) -> int:
    """End the sessions of somebody at once, except the one with the key `but`. Returns how many."""
    others = sessions_of(user_id)
    if but:
        others = others.exclude(session_key=hash_of(but))
    return others.delete()[0]


def renew_sessions(user_id: int) -> None:
    """What somebody may do has changed: their sessions go on under new keys from the next request."""
    sessions_of(user_id).update(must_renew=True)


def client_of(user_agent: str) -> str:
    """ "Firefox, Windows": enough to recognise one's own, too little to follow anybody."""
    found = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return ", ".join(filter(None, found))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in known if re.search(mark, user_agent)), "")


def _is_over(session: Any, moment: float) -> bool:
    ends = (
        (STARTED, settings.SESSION_LONGEST),
        (SEEN, settings.SESSION_IDLE),
        (HIDDEN, settings.SESSION_HIDDEN),
    )
    return any(_passed(session.get(mark), moment) > after for mark, after in ends)


def _passed(since: float | None, moment: float) -> timedelta:
    return timedelta(0) if since is None else timedelta(seconds=moment - since)
