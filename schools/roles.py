"""Roles on a membership, and what people call them in each country. What a role may do: cases/ceilings.py."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What somebody is at a school, a board, or (system_admin) for the installation."""

    TEACHER = "teacher", _("Teacher")
    COORDINATOR = "coordinator", _("Anti-bullying coordinator")
    COUNSELLOR = "counsellor", _("Confidential counsellor")
    PRINCIPAL = "principal", _("School leader")
    SCHOOL_ADMIN = "school_admin", _("School account administrator")
    BOARD_VIEWER = "board_viewer", _("Board member")
    DPO = "dpo", _("Data protection officer")
    SAFETY_OFFICER = "safety_officer", _("Safety officer of the board")
    SYSTEM_ADMIN = "system_admin", _("System administrator")


SCHOOL_ROLES = frozenset(
    {Role.TEACHER, Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL, Role.SCHOOL_ADMIN}
)
BOARD_ROLES = frozenset({Role.BOARD_VIEWER, Role.DPO, Role.SAFETY_OFFICER})

# country -> role -> what the screen calls it there; absent = the general label above
TITLES = {
    "be": {
        Role.TEACHER: pgettext_lazy("Flanders", "Teacher"),
        Role.COORDINATOR: pgettext_lazy("Flanders", "Anti-bullying coordinator"),
        Role.PRINCIPAL: pgettext_lazy("Flanders", "School leader"),
    }
}


def title_of(role: str, country: str) -> str:
    """The label of a role as a school in this country says it."""
    return str(TITLES.get(country, {}).get(Role(role), Role(role).label))
