"""Browsers in which somebody signed in before. Their tries are counted apart, so a stranger cannot lock them out."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse

from pestzorg.signin.models import KnownDevice
from pestzorg.web.middleware import TimedRequest

KNOWN_FOR = timedelta(days=180)


def whose_tries(request: TimedRequest, email: str) -> str:
    """The key under which tries for this account count: those of a known browser by themselves."""
    device = _device(request, email)
    return f"device {device.pk}" if device else f"account {_hash(email.lower())}"


def is_known(request: TimedRequest, email: str) -> bool:
    """Whether this account signed in with this browser lately."""
    return _device(request, email) is not None


def remember(request: TimedRequest, response: HttpResponse, email: str) -> None:
    """This browser is known from now on, under a new secret: an old copy of the cookie is worth nothing."""
    secret = secrets.token_urlsafe(32)
    KnownDevice.objects.filter(secret_hash=_held(request)).update(secret_hash=_hash(secret))
    KnownDevice.objects.update_or_create(
        account=_hash(email.lower()),
        secret_hash=_hash(secret),
        defaults={"used_at": request.now},
    )
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        secret,
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_devices(email: str) -> None:
    """After a new password no browser is known any more."""
    KnownDevice.objects.filter(account=_hash(email.lower())).delete()


def _device(request: TimedRequest, email: str) -> KnownDevice | None:
    if settings.DEVICE_COOKIE_NAME not in request.COOKIES:
        return None
    lately = KnownDevice.objects.filter(used_at__gt=request.now - KNOWN_FOR)
    return lately.filter(account=_hash(email.lower()), secret_hash=_held(request)).first()


def _held(request: TimedRequest) -> str:
    return _hash(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
