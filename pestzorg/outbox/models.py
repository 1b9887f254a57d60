"""Mails on their way out, and the heartbeats of the jobs. Plain ids: this room knows no person and no case."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from pestzorg.identity import WithUuid


class State(models.TextChoices):
    """Where a mail is; screens never show these words."""

    QUEUED = "queued"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    PARKED = "parked"
    ABORTED = "aborted"
    BOUNCED = "bounced"  # it left, and came back


class Priority(models.IntegerChoices):
    """Who goes first when more is due than may leave at once."""

    URGENT = 0
    TODAY = 1
    USUAL = 2


OPEN = (State.QUEUED, State.RETRY, State.SENDING)


def claimable_at() -> Coalesce:
    """When an open mail may be claimed: after its lease, else after its pause, else from `not_before`."""
    return Coalesce("lease_until", "retry_at", "not_before")


class Mail(WithUuid):
    """One mail to one person. Built when first claimed, then frozen, so that a repeat is the same mail."""

    kind = models.CharField(max_length=20)
    recipient_id = models.BigIntegerField()
    local_date = models.DateField()
    key = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.USUAL)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often somebody died or hung with it in hands: so many repeats are possible.
    takeovers = models.PositiveSmallIntegerField(default=0)
    server_away = models.BooleanField(default=False)  # the last try failed at the server
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)  # set while SENDING only
    retry_at = models.DateTimeField(null=True)  # set in RETRY only
    first_tried_at = models.DateTimeField(null=True)
    built_at = models.DateTimeField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, blank=True)  # class and SMTP code, never a message
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["recipient_id", "local_date", "key"], name="outbox_mail_once"
            ),
        ]
        indexes = [
            # How many there are in each state, for a monitor that asks every minute.
            models.Index(fields=["state"], name="outbox_mail_state"),
            # The claim reads this index once per priority, from the front, however many mails wait for a later try.
            models.Index(
                "priority",
                claimable_at(),
                "id",
                name="outbox_mail_claimable",
                condition=models.Q(state__in=["queued", "retry", "sending"]),
            ),
            models.Index(
                fields=["state", "retry_at"],
                name="outbox_mail_stuck",
                condition=models.Q(state__in=["retry", "parked"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} {self.state}"


class What(models.TextChoices):
    """What a mail service tells of a mail that it had accepted."""

    HARD = "hard", _("The address does not exist, or takes no mail.")
    SOFT = "soft", _("The mailbox could not take mail several times.")
    COMPLAINT = "complaint", _("Mail from pestzorg was marked as unwanted.")


class MailEvent(models.Model):
    """One piece of news from the mail service, noted once. Holds nothing that a mail said, and no address."""

    key = models.CharField(max_length=64, unique=True)  # a hash: the same news comes more than once
    recipient_id = models.BigIntegerField()
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="events")
    what = models.CharField(max_length=9, choices=What.choices)
    noted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["recipient_id", "noted_at"], name="outbox_event_person"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.recipient_id}"


class DeadAddress(models.Model):
    """An address of somebody that mail does not reach. With another address the person gets mail again."""

    recipient_id = models.BigIntegerField()
    address_hash = models.CharField(max_length=64)
    what = models.CharField(max_length=9, choices=What.choices)
    since = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["recipient_id", "address_hash"], name="outbox_dead_address_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.what}"


class Heartbeat(models.Model):
    """When a job last came to its end; readiness turns red when this is long ago."""

    name = models.CharField(max_length=20, unique=True)
    beat_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%Y-%m-%d %H:%M}"
