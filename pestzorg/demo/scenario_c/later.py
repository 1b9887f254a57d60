"""How scenario C goes on: the closing talk, and the way into aftercare."""

from __future__ import annotations

from pestzorg.demo.scenario import Act, Held, Planned, Talk, ToAftercare
from pestzorg.demo.scenario_c.school import at

CLOSING_TALK = at(18, 8, 40, month=11)

LATER: tuple[Act, ...] = (
    Planned(
        at=at(14, 16, month=11),
        by="Katrien",
        talk=Talk("Wout", CLOSING_TALK, "Katrien", purposes=("closure",)),
    ),
    Held(
        at=CLOSING_TALK,
        by="Katrien",
        who="Wout",
        outcome={
            "new_incident": False,
            "safety_score": 8,
            "progress": "much_better",
            "progress_examples": "Wout zit in de server en speelt elke pauze mee.",
            "congratulated": True,
        },
    ),
    ToAftercare(
        at=at(18, 9, 10, month=11),
        by="Katrien",
        answers={"pupil_agrees": True, "parents_agree": "yes"},
    ),
)
