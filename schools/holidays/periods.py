"""The words the holiday rooms share: a closed period, and not knowing a year. No dates live here."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """Days without lessons, both ends included. `name` is a key, never a text for the screen."""

    name: str
    starts_on: date
    ends_on: date
    provisional: bool = False

    def touches(self, first: date, last: date) -> bool:
        """Say whether at least one day lies in [first, last]."""
        return self.starts_on <= last and self.ends_on >= first


class HolidaysUnknown(Exception):
    """The official holidays of this school year are not, or not completely, published to us."""

    def __init__(self, region: str, year: int) -> None:
        super().__init__(f"official holidays of {region} are unknown for {year}-{year + 1}")
        self.region = region
        self.year = year
