"""allauth's pages where they change who somebody proved to be: the session goes on under a new key."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.views.generic import TemplateView

from pestzorg.signin.codes import use_once
from pestzorg.signin.sessions import end_sessions, proved_again


class SignOut(account.LogoutView):  # type: ignore[misc]
    """Ends the session at the server, and lets the browser forget what it kept of these pages."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Signed out. Cookies are not cleared: the one of a known browser stays useful."""
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class OwnAddress(TemplateView):
    """With which address somebody signs in. allauth's page would write to the database when it is looked at."""

    http_method_names = ["get", "head"]
    template_name = "account/email.html"


class _ProvedAgain:
    """Mixin: a right answer is a fresh proof."""

    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        """First the new key, then on to where the reader was going, or the form that waited."""
        proved_again(self.request)
        return super().form_valid(form)  # type: ignore[misc,no-any-return]


class Reauthenticate(_ProvedAgain, account.ReauthenticateView):  # type: ignore[misc]
    """With the password."""


class ReauthenticateCode(_ProvedAgain, mfa.ReauthenticateView):  # type: ignore[misc]
    """With a code."""


class ReauthenticatePasskey(_ProvedAgain, webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """With a passkey."""


def _count_as_second_factor(request: HttpRequest, kind: str) -> None:
    # Who just set it up has shown it: asking for it again at once would prove nothing more.
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)
    proved_again(request)  # type: ignore[arg-type] # every request is timed by the middleware
    # Whoever came in elsewhere with the password alone must not set up a way of their own beside it.
    end_sessions(request.user.pk, but=request.session.session_key)  # type: ignore[arg-type] # signed in


class ActivateApp(totp.ActivateTOTPView):  # type: ignore[misc]
    """Set up an app with codes."""

    def form_valid(self, form: Any) -> HttpResponse:
        """The code that set it up does not count a second time."""
        response: HttpResponse = super().form_valid(form)
        app = self.request.user.authenticator_set.get(type="totp")
        use_once(app, form.cleaned_data["code"])
        _count_as_second_factor(self.request, "totp")
        return response


class AddPasskey(webauthn.AddWebAuthnView):  # type: ignore[misc]
    """Set up a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        """From now on this session has a second factor."""
        response: HttpResponse = super().form_valid(form)
        _count_as_second_factor(self.request, "webauthn")
        return response


class RemovePasskey(webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    """Take a passkey away; back to the page that lists what is left."""

    http_method_names = ["get", "post"]
    success_url = reverse_lazy("mfa_index")


class PasskeySignIn(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    """A passkey that checked a finger, a face or a PIN is both steps at once."""
