"""Short mails about somebody's own account: a new browser, a changed second step. Content-free, through the outbox."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from pestzorg.audit import log
from pestzorg.outbox import builders, queue
from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import Content, Example, Unchanged, Verdict
from pestzorg.outbox.models import Mail

KIND = "account"

# allauth's name of what happened -> the one sentence that is told
SENTENCES: dict[str, Any] = {
    "new_device": _("Somebody signed in to your account with a browser that was not used before."),
    "password_changed": _("The password of your account was changed."),
    "password_reset": _("The password of your account was changed."),
    "totp_activated": _("An app with sign-in codes was added to your account."),
    "totp_deactivated": _("The app with sign-in codes was taken off your account."),
    "webauthn_added": _("A passkey was added to your account."),
    "webauthn_removed": _("A passkey was taken off your account."),
    "second_step_removed": _("An administrator took the second step off your account."),
    "recovery_codes_generated": _("New recovery codes were made for your account."),
}


def tell(user: Any, what: str, now: datetime) -> None:
    """Note in the audit log, and queue a mail to the owner, that this happened to an account."""
    if what not in SENTENCES:
        return
    log.record(user, what, now=now, subject_uuid=user.uuid)
    # The random end makes each notice a mail of its own, also when the same happens twice on a day.
    key = f"{what}:{secrets.token_hex(6)}"
    queue.put(KIND, user.pk, queue.local_date_of(now), key, now, now)


class AccountNotice:
    """Writes the notices."""

    label = _("Notice about the own account")

    def build(self, mail: Mail, address: Address, now: datetime) -> Verdict:
        """One sentence and where to look; the same every time."""
        if mail.built_at:
            return Unchanged()
        return _content(mail.key.partition(":")[0], address.language)

    def examples(self, language: str, now: datetime) -> list[Example]:
        """One per thing that happens to an account."""
        return [
            Example(what, _content(what, language), about=str(sentence))
            for what, sentence in SENTENCES.items()
        ]

    def settled(self, mail: Mail, now: datetime) -> None:
        """Nothing waits for it."""


def _content(what: str, language: str) -> Content:
    with override(language):
        context = {
            "sentence": SENTENCES[what],
            "link": f"{settings.BASE_URL}/account/settings/",
            "language": language,
        }
        return Content(
            subject=str(_("About your account of pestzorg")),
            text=render_to_string("mail/account.txt", context).strip() + "\n",
            html=render_to_string("mail/account.html", context),
        )


def register() -> None:
    """Let the outbox know who writes these mails."""
    builders.register(KIND, AccountNotice())
