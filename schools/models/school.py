"""Boards and their schools."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pestzorg.identity import WithUuid


class Country(models.TextChoices):
    """Decides words, help lines and time zone."""

    NETHERLANDS = "nl", _("Netherlands")
    FLANDERS = "be", _("Flanders")


class HolidayRegion(models.TextChoices):
    """Which official holidays a school follows; set per school, never derived from the province."""

    NOORD = "noord", _("Netherlands, north")
    MIDDEN = "midden", _("Netherlands, middle")
    ZUID = "zuid", _("Netherlands, south")
    FLANDERS = "flanders", _("Flanders")


ZONES = {
    Country.NETHERLANDS: ZoneInfo("Europe/Amsterdam"),
    Country.FLANDERS: ZoneInfo("Europe/Brussels"),
}


class Board(WithUuid):
    """The organisation above schools."""

    name = models.CharField(max_length=120, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class School(WithUuid):
    """One school of a board; every row about pupils belongs to exactly one."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="schools")
    name = models.CharField(max_length=120)
    code = models.SlugField(
        max_length=40, unique=True, validators=[RegexValidator(r"^[a-z0-9-]+$")]
    )
    country = models.CharField(max_length=2, choices=Country.choices)
    holiday_region = models.CharField(max_length=10, choices=HolidayRegion.choices)
    # The school may decide that its leader sees content; default is the header only.
    principal_content = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["board", "name"], name="school_name_in_board")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return ZONES[Country(self.country)]

    def end_of(self, day: date) -> datetime:
        """The last moment of a day at the school."""
        return datetime.combine(day, time.max, self.zone)
