"""Somebody does a task of a colleague until a day; then it is the colleague's again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.agreement import Agreement
from cases.models.case import Case
from cases.models.conversation import Conversation
from cases.models.follow_up_talk import FollowUpTalk
from pestzorg.identity import WithUuid


class StandIn(WithUuid):
    """One task: an agreement, a talk, or leading a conversation. A row stays, so that pages can say for whom it was.

    An agreement names two colleagues, who may be away at the same time: `parts` says which names stand there for whom.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stand_ins")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="stand_ins"
    )
    talk = models.ForeignKey(
        FollowUpTalk, on_delete=models.CASCADE, null=True, blank=True, related_name="stand_ins"
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="stand_ins"
    )
    parts = models.JSONField(default=list)
    absent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stand_ins"
    )
    until = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("stand-in")
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="stand_in_running")
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(agreement__isnull=False, talk=None, conversation=None)
                    | Q(agreement=None, talk__isnull=False, conversation=None)
                    | Q(agreement=None, talk=None, conversation__isnull=False)
                ),
                name="stand_in_for_one_task",
            ),
            *(
                models.UniqueConstraint(
                    fields=[kind, "absent", "substitute"],
                    condition=Q(ended_at=None),
                    name=f"stand_in_once_per_{kind}",
                )
                for kind in ("agreement", "talk", "conversation")
            ),
        ]

    def __str__(self) -> str:
        return f"stand-in {self.pk}"

    @property
    def task(self) -> Agreement | FollowUpTalk | Conversation:
        """What is done for the colleague."""
        if task := self.agreement or self.talk or self.conversation:
            return task
        raise LookupError(f"{self} stands for no task")  # stand_in_for_one_task forbids it
