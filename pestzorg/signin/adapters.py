"""Where allauth asks this house: who may sign in, what counts as a try, what leaves by mail, how secrets are kept."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any, cast
from urllib.parse import quote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pestzorg.audit import log as audit
from pestzorg.signin import devices, notices, sealed, sessions, step_up, throttle
from pestzorg.web.middleware import TimedRequest

log = logging.getLogger(__name__)


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the school and nobody signs up; tries are limited per account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    # ── tries ────────────────────────────────────────────────────────────────
    def pre_authenticate(self, request: TimedRequest, **credentials: Any) -> None:
        """Count this try, or refuse it in the same words for every address."""
        self._tries = devices.whose_tries(request, credentials.get("email") or "")
        if not throttle.take(self._tries, throttle.SIGN_IN, request.now):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account; a closed one answers exactly like a wrong password."""
        user = super().authenticate(request, **credentials)
        if user and not user.is_active:
            throttle.take(self._tries, throttle.SIGN_IN, cast(TimedRequest, request).now)
            return None
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        throttle.give_back(self._tries)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """For whoever watches the log: how often, not who."""
        log.warning("a sign-in was refused")

    # ── signed in ────────────────────────────────────────────────────────────
    def login(self, request: TimedRequest, user: Any) -> None:
        """Noted before it happens; then Django gives the session a new key, and its clocks start now."""
        known = devices.is_known(request, user.email)
        audit.record(
            user, "signed_in", now=request.now, subject_uuid=user.uuid, known_browser=known
        )
        super().login(request, user)
        sessions.stamp(request)

    def post_login(self, request: TimedRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember the browser, and tell the owner about one that was not known."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.SIGN_IN_NOTICES and not devices.is_known(request, user.email):
            notices.tell(user, "new_device", request.now)
        devices.remember(request, response, user.email)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not step_up.is_fresh(self.request)

    def set_password(self, user: Any, password: str) -> None:
        """A new password ends every other session, and no browser is known any more."""
        super().set_password(user, password)
        sessions.end_sessions(user.pk, but=self.request.session.session_key)
        devices.forget_devices(user.email)
        throttle.forget(devices.whose_tries(self.request, user.email))

    # ── mail ─────────────────────────────────────────────────────────────────
    def get_reset_password_from_key_url(self, key: str) -> str:
        """Links never follow the Host header."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", quote(key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away changes nothing on the page: it would tell who has an account."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            log.error("sign-in mail could not leave: %s", type(error).__name__)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: str | None = None
    ) -> None:
        """allauth's notices leave through the outbox, without address, place or browser in them."""
        notices.tell(user, template_prefix.rpartition("/")[2], cast(TimedRequest, self.request).now)


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of apps and recovery codes are sealed; passkeys belong to the address of the installation."""

    def get_totp_issuer(self) -> str:
        return "pestzorg"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.BASE_URL).hostname or "localhost", "name": "pestzorg"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's name
        """How a new passkey is called until its owner names it."""
        number = user.authenticator_set.filter(type=type).count() + 1
        return _("My passkey") if number == 1 else _("Passkey %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.open_seal(encrypted_text)
