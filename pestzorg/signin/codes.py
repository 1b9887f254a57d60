"""One-time codes: each counts once, also within its half minute, and tries are limited per account."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pestzorg.signin import devices, throttle

LAST_USED = "last_counter"


@transaction.atomic
def use_once(authenticator: Authenticator, code: str) -> bool:
    """Mark the half minute of this code as used; False when it, or a later one, was used before."""
    # Locked: two requests with the same code at the same moment are still a replay.
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(row.data["secret"])
    fitting = [c for c in totp.yield_hotp_counters_from_time() if _fits(secret, c, code)]
    if not fitting or min(fitting) <= row.data.get(LAST_USED, -1):
        return False
    row.data[LAST_USED] = max(fitting)
    row.save(update_fields=["data"])
    authenticator.data = row.data
    return True


def _fits(secret: str, counter: int, code: str) -> bool:
    expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
    return bool(totp.compare_user_code(actual=code, expected=expected))


class LimitedCode:
    """For allauth's forms with a code field: limited tries, and no code twice."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        """The code, when it is right for the first time."""
        key = f"code {devices.whose_tries(context.request, self.user.email)}"
        if not throttle.take(key, throttle.SIGN_IN, context.request.now):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc] # the form it is mixed into
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not use_once(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        throttle.give_back(key)
        return code


class AuthenticateForm(LimitedCode, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateForm(LimitedCode, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """A fresh proof with a code."""


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; that it also replaces the password is the usual choice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with this passkey alone")
        alone.help_text = _(
            "Your device checks your finger, your face or a PIN. No password needed."
        )
        alone.initial = True


class AskResetForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Mails a link; too often for one address, it quietly mails nothing, known address or not."""

    def save(self, request: Any, **kwargs: Any) -> str:
        """The address that was filled in."""
        email: str = self.cleaned_data["email"]
        if throttle.take(f"reset {email.lower()}", throttle.RESET_MAIL, request.now):
            super().save(request, **kwargs)
        return email


class ChangePasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password of an open screen cannot be guessed without end either."""

    def clean_oldpassword(self) -> str:
        """The old password, when it is right."""
        key = f"old password {self.user.pk}"
        if not throttle.take(key, throttle.SIGN_IN, context.request.now):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        password: str = super().clean_oldpassword()
        throttle.give_back(key)
        return password
