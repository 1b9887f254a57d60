"""What a person may learn of a mail that does not arrive: the kind of failure in plain words. Never who or what."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pestzorg.outbox import retry
from pestzorg.outbox.models import Mail, State


class Failure(models.TextChoices):
    """Why a mail stays here, so far as a person can do something about it."""

    ADDRESS = "address", _("The mail server does not accept the address.")
    REFUSED = "refused", _("The mail server does not accept the mail.")
    AWAY = "away", _("The mail server could not be reached for three days.")
    WORKER = "worker", _("Sending broke off again and again.")
    UNWRITTEN = "unwritten", _("The mail could not be put together.")


class GiveUp(models.TextChoices):
    """Why a person takes a mail back that did not arrive."""

    TOLD = "told", _("The colleague knows by another way")
    GONE = "gone", _("The colleague does not work here any more")
    OLD = "old", _("It is too late for this mail")
    OTHER = "other", _("Another reason")


def parked() -> QuerySet[Mail]:
    """The mails that wait for a person, the longest-waiting first."""
    return Mail.objects.filter(state=State.PARKED).order_by("not_before", "pk")


def failure_of(mail: Mail) -> Failure:
    """The kind of failure behind class and code of the last try."""
    if mail.error == retry.WORKER_LOST:
        return Failure.WORKER
    if mail.server_away:
        return Failure.AWAY
    name = mail.error.partition(" ")[0]
    if name == "SMTPRecipientsRefused":
        return Failure.ADDRESS
    return Failure.REFUSED if name.startswith("SMTP") else Failure.UNWRITTEN
