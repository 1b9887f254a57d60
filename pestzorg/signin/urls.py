"""Signing in: allauth's pages, with ours in their place where a proof, a key or an end is at stake."""

from __future__ import annotations

from typing import Any

from allauth.account.urls import urlpatterns as account_patterns
from allauth.mfa.base.views import authenticate, index
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp.views import deactivate_totp
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from pestzorg.rules.registry import declare_foreign
from pestzorg.signin import own_sessions, views

OURS = {"account_logout", "account_reauthenticate", "account_email"}


def _ruled(rule: str, patterns: list[Any]) -> list[Any]:
    return declare_foreign(patterns, GET=rule, POST=rule, PUT=rule)


urlpatterns = [
    path("sessions/", own_sessions.own_sessions, name="own_sessions"),
    *_ruled(
        "P01",
        [
            path("logout/", login_not_required(views.SignOut.as_view()), name="account_logout"),
            path("reauthenticate/", views.Reauthenticate.as_view(), name="account_reauthenticate"),
            path("email/", views.OwnAddress.as_view(), name="account_email"),
            *(route for route in account_patterns if route.name not in OURS),
        ],
    ),
    *_ruled(
        "P07",
        [
            path("2fa/", index, name="mfa_index"),
            path("2fa/authenticate/", authenticate, name="mfa_authenticate"),
            path("2fa/again/", views.ReauthenticateCode.as_view(), name="mfa_reauthenticate"),
            path("2fa/app/add/", views.ActivateApp.as_view(), name="mfa_activate_totp"),
            path("2fa/app/remove/", deactivate_totp, name="mfa_deactivate_totp"),
            path("2fa/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
            path(
                "2fa/codes/new/",
                recovery.generate_recovery_codes,
                name="mfa_generate_recovery_codes",
            ),
            path(
                "2fa/codes/file/",
                recovery.download_recovery_codes,
                name="mfa_download_recovery_codes",
            ),
            path("2fa/passkeys/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
            path(
                "2fa/passkeys/<int:pk>/remove/",
                views.RemovePasskey.as_view(),
                name="mfa_remove_webauthn",
            ),
            path(
                "2fa/passkeys/again/",
                views.ReauthenticatePasskey.as_view(),
                name="mfa_reauthenticate_webauthn",
            ),
            path(
                "2fa/passkeys/login/",
                login_not_required(views.PasskeySignIn.as_view()),
                name="mfa_login_webauthn",
            ),
        ],
    ),
]
