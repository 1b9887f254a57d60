"""Who the session belongs to, read in one statement with the session itself."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

# The account that the session of this request brought along, while Django looks for it.
_brought: ContextVar[Any] = ContextVar("brought", default=None)


class AccountBackend(AuthenticationBackend):  # type: ignore[misc] # allauth has no types
    """allauth's, which is not asked again for the account that came with the session."""

    def get_user(self, user_id: Any) -> Any:
        """The account, if it may still sign in."""
        brought = _brought.get()
        if brought is None or brought.pk != user_id:
            return super().get_user(user_id)
        return brought if self.user_can_authenticate(brought) else None


class ReaderMiddleware(AuthenticationMiddleware):
    """Django's own, which checks everything it always checks, with one question less."""

    def process_request(self, request: HttpRequest) -> None:
        """Gives `request.user`, found on first use."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _reader(request))  # type: ignore[assignment]


def _reader(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):
        request.session.get(SESSION_KEY)  # reads the session, and with it the account
        token = _brought.set(request.session.owner)
        try:
            request._cached_user = get_user(request)
        finally:
            _brought.reset(token)
    return request._cached_user
