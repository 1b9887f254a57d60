"""Mails on their way out, and the heartbeats of the jobs. Plain ids: this room knows no person and no case."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce

from pestzorg.identity import WithUuid


class State(models.TextChoices):
    """Where a mail is; screens never show these words."""

    QUEUED = "queued"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    PARKED = "parked"
    ABORTED = "aborted"


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
    attempts = models.PositiveSmallIntegerField(default=0)
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
            # The claim reads this index from the front, however many mails wait for a later try.
            models.Index(
                claimable_at(),
                "id",
                name="outbox_mail_claimable",
                condition=models.Q(state__in=["queued", "retry", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} {self.state}"


class Heartbeat(models.Model):
    """When a job last came to its end; readiness turns red when this is long ago."""

    name = models.CharField(max_length=20, unique=True)
    beat_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%Y-%m-%d %H:%M}"
