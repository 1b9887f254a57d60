"""The two mails of "forgot password", which leave while somebody waits: examples of them for whoever looks after mail."""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from pestzorg.outbox import builders
from pestzorg.outbox.builders import Content, Example

KIND = "password"
KEYS = ("password_reset_key", "unknown_account")


class PasswordMails:
    """Shows what allauth sends with our templates; it sends nothing itself."""

    label = _("Forgot password")

    def examples(self, language: str, now: datetime) -> list[Example]:
        """With a link that opens nothing. These mails have no HTML."""
        return [Example(key, _content(key, language)) for key in KEYS]


def _content(key: str, language: str) -> Content:
    context = {"password_reset_url": f"{settings.BASE_URL}/account/password/reset/key/X-X/"}
    with override(language):
        mail = get_adapter().render_mail(f"account/email/{key}", "x@example.org", context)
        return Content(subject=str(mail.subject), text=str(mail.body), html="")


def register() -> None:
    """Let whoever looks after mail find them."""
    builders.past_the_outbox[KIND] = PasswordMails()
