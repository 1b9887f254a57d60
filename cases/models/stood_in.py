"""A task that a colleague may do for somebody who is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cases.models.stand_in import StandIn


class StoodIn:
    """For models that a stand-in names as `stand_ins`."""

    stand_ins: Any

    @property
    def standing_ins(self) -> list[StandIn]:
        """For whom and until when it is done now, where it is done for somebody else."""
        return [row for row in self.stand_ins.all() if row.ended_at is None]
