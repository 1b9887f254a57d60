"""Who calls the API: a personal token in the header, or a signed-in member of staff in the browser."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from pestzorg.signin import throttle
from pestzorg.web.middleware import TimedRequest
from schools.models import ApiToken, User
from schools.services.tokens import token_of

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer pz_...`. A token in the address is not looked at: addresses end up in logs."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The owner and the token; refuses unknown, expired and revoked ones in the same words."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = token_of(secret.strip(), cast(TimedRequest, request).now)
        if token is None:
            raise AuthenticationFailed(
                _("This token does not work. It may have ended or been taken back.")
            )
        wait = throttle.spend(f"token {token.pk}", cast(TimedRequest, request).now)
        if wait:
            raise Throttled(wait)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes "nobody signed in" a 401 instead of a 403."""
        return SCHEME


class StaffSession(SessionAuthentication):
    """The browser session of a member of staff; writing needs the CSRF token."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Bearer, in the words of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "description": "Personal token, read only."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the session."""

    target_class = StaffSession
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A cookie, in the words of OpenAPI; its name depends on the installation."""
        return {"type": "apiKey", "in": "cookie", "name": "__Host-pz"}
