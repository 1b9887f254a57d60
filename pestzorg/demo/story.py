"""The demo story: schools of different boards, told through the services up to the demo's first moment."""

from __future__ import annotations

from django.db import transaction

from pestzorg.demo.circles import weekly_circle
from pestzorg.demo.intervention import thermometer_of_case
from pestzorg.demo.measured import measure
from pestzorg.demo.scenario import Act, moved
from pestzorg.demo.scenario_a import A, at
from pestzorg.demo.scenario_b import SECOND_SITTING, B
from pestzorg.demo.scenario_c import LATER, C
from pestzorg.demo.scenario_d import D
from pestzorg.demo.scenario_e import E
from pestzorg.demo.telling import Teller

PASSWORD = "pestzorg-demo"  # noqa: S105 - printed by the demo, refused everywhere else
BEGINS_AT = at(6, 13, 30)


@transaction.atomic
def tell() -> None:
    """Build the story in an empty database, as it stands on Thursday 6 November 2025, 13:30.

    What happens later in the school year is told some weeks earlier, so that cases are in progress or in aftercare.
    """
    told = Teller.at_new_school(A, PASSWORD).tell(A.until(BEGINS_AT))
    weekly_circle(told.place)
    # Paused: the second talk is still to come.
    b = moved(B.until(SECOND_SITTING), weeks=-10)
    Teller.at_new_school(B, PASSWORD).tell(b)
    # In aftercare: the first of its three talks is due on Wednesday 12 November.
    c = Teller.at_new_school(C, PASSWORD).tell(moved((*C.acts, *LATER), weeks=-4))
    measure(c.place, "C", before=at(10, 9, 30, month=9), after=at(17, 9, 30, month=10))
    Teller.at_new_school(D, PASSWORD).tell(so_far(moved(D.acts, weeks=-16)))
    # Its approach with the class has begun.
    e = Teller.at_new_school(E, PASSWORD).tell(so_far(moved(E.acts, weeks=-17)))
    thermometer_of_case(e.place, e.conversation)


def so_far(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """What happened before the demo begins."""
    return tuple(act for act in acts if act.at < BEGINS_AT)
