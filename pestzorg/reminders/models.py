"""Moments at which something may have to be remembered, and the reminders that came of them.

Rows name their source by a word and a uuid: this room knows no agreement, no case and no calendar.
"""

from __future__ import annotations

from django.db import models

from pestzorg.outbox.models import Mail


class Kind(models.TextChoices):
    """Why somebody is reminded, in the order in which it becomes more pressing for one and the same thing."""

    UPCOMING = "upcoming"
    TALK_UPCOMING = "talk_upcoming"
    PHASE_UPCOMING = "phase_upcoming"
    REVIEW_DUE = "review_due"
    RESUME = "resume"
    FIRST_RESPONSE = "first_response"
    FIRST_TALK = "first_talk"
    AFTERCARE_SOON = "aftercare_soon"
    AFTERCARE_DUE = "aftercare_due"
    PRE_HOLIDAY_LIST = "pre_holiday_list"
    HANDOVER_LIST = "handover_list"
    PHASE_TODAY = "phase_today"
    PHASE_OVERDUE = "phase_overdue"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    STAYED_OPEN = "stayed_open"
    ESCALATION = "escalation"
    EMERGENCY_ACCESS = "emergency_access"
    EMERGENCY_REVIEW = "emergency_review"
    EMERGENCY_OFTEN = "emergency_often"
    NEEDS_MANAGER = "needs_manager"
    NEEDS_ATTENTION = "needs_attention"


# Told to those who watch over it, since whoever has it did not see to it.
STAYED_UNDONE = frozenset({Kind.STAYED_OPEN, Kind.ESCALATION})


class Outcome(models.TextChoices):
    """How a reminder ended."""

    MAILED = "mailed"
    DROPPED = "dropped"
    FAILED = "failed"  # still wanted, and given up: nobody was told


class DueMoment(models.Model):
    """At `fires_at` the sweep asks the source whether, and whom, to remind."""

    source = models.CharField(max_length=40)
    source_uuid = models.UUIDField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    due_on = models.DateField()
    fires_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_uuid", "kind", "due_on"], name="reminders_moment_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["fires_at", "id"],
                name="reminders_moment_due",
                condition=models.Q(settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_uuid} {self.kind} {self.due_on}"


class Reminder(models.Model):
    """One person reminded of one thing: planned once, bound to one mail, settled once."""

    source = models.CharField(max_length=40)
    source_uuid = models.UUIDField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    due_on = models.DateField()
    recipient_id = models.BigIntegerField()
    urgent = models.BooleanField(default=False)
    not_before = models.DateTimeField()
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="reminders")
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    planned_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_uuid", "kind", "due_on", "recipient_id"],
                name="reminders_reminder_once",
            ),
        ]
        # Waiting reminders only: first in line, first urgent one, and all of one person.
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="reminders_waiting_first",
                condition=models.Q(settled_at=None, mail=None, urgent=False),
            ),
            models.Index(
                fields=["not_before", "id"],
                name="reminders_waiting_urgent",
                condition=models.Q(settled_at=None, mail=None, urgent=True),
            ),
            models.Index(
                fields=["recipient_id", "not_before"],
                name="reminders_waiting_person",
                condition=models.Q(settled_at=None, mail=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_uuid} {self.kind} {self.due_on}"
