"""Who belongs where, in which role, from when until when. Rights hang here, never on the account."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pestzorg.identity import WithUuid
from schools.models.exclusion import SchoolExclusion
from schools.models.school import Board, School
from schools.roles import Role


class Membership(WithUuid):
    """One person at one school, or at one board, or (neither) for the installation."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    board = models.ForeignKey(
        Board, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=True) | Q(board__isnull=True),
                name="membership_one_place",
            ),
            models.UniqueConstraint(
                fields=["user", "school"],
                condition=Q(school__isnull=False),
                name="membership_once_at_school",
            ),
            models.UniqueConstraint(
                fields=["user", "board"],
                condition=Q(board__isnull=False),
                name="membership_once_at_board",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(school__isnull=True, board__isnull=True),
                name="membership_once_at_installation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.school_id or self.board_id or 'installation'}"


class MembershipRoleQuerySet(models.QuerySet["MembershipRole"]):
    """Questions about roles that depend on the moment."""

    def running_at(self, now: datetime) -> MembershipRoleQuerySet:
        """Roles that have begun and not ended, also of somebody who may do nothing with them now."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now
        )

    def valid_at(self, now: datetime) -> MembershipRoleQuerySet:
        """Roles that count at `now`: begun, not ended, membership active, person active and not kept out.

        Who is excluded from a school keeps only the role of account administrator there, which opens no case.
        """
        kept_out = SchoolExclusion.objects.filter(
            school=OuterRef("membership__school"), user=OuterRef("membership__user"), lifted_at=None
        )
        return self.running_at(now).filter(
            Q(role=Role.SCHOOL_ADMIN) | ~Exists(kept_out),
            membership__state=Membership.State.ACTIVE,
            membership__user__is_active=True,
        )


class MembershipRole(models.Model):
    """A role on a membership. Ending is a date, so leaving and returning write nothing else."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = MembershipRoleQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="role_runs_forward",
            ),
            models.UniqueConstraint(fields=["membership", "role", "valid_from"], name="role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of membership {self.membership_id}"
