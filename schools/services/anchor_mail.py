"""Once a week the head of the audit chain goes to every data protection officer, who is nobody's administrator."""

from __future__ import annotations

from datetime import datetime

from pestzorg.audit import letter
from schools.models import MembershipRole
from schools.roles import Role


def queue_anchor_mails(now: datetime) -> int:
    """Queue one letter per officer, however many boards they serve. Safe to run twice. Returns how many are new."""
    held = MembershipRole.objects.valid_at(now).filter(role=Role.DPO)
    officers = held.values_list("membership__user_id", flat=True).distinct()
    return sum(letter.put(officer, now) for officer in officers)
