"""How long something takes, or how long after something it comes, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

BETWEEN = {
    "": _("%(least)s to %(most)s minutes"),
    "school_days": _("%(least)s to %(most)s school days"),
    "weeks": _("%(least)s to %(most)s weeks"),
    "school_weeks": _("%(least)s to %(most)s weeks with school"),
}
EXACTLY = {
    "": ngettext_lazy("%(count)s minute", "%(count)s minutes", "count"),
    "school_days": ngettext_lazy("%(count)s school day", "%(count)s school days", "count"),
    "weeks": ngettext_lazy("%(count)s week", "%(count)s weeks", "count"),
    "school_weeks": ngettext_lazy(
        "%(count)s week with school", "%(count)s weeks with school", "count"
    ),
}


def span_text(least: int, most: int, unit: str = "") -> str:
    """A span in its unit; without a unit in minutes."""
    if least == most:
        return str(EXACTLY[unit] % {"count": most})
    return str(BETWEEN[unit] % {"least": least, "most": most})
