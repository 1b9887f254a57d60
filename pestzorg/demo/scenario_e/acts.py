"""What happens in scenario E, day by day."""

from __future__ import annotations

from datetime import date

from pestzorg.demo.scenario import (
    Agreed,
    Assessed,
    CameOfIt,
    Completed,
    Discussed,
    LookedAt,
    Reported,
    SatDown,
    Scenario,
    Settled,
    Stopped,
)
from pestzorg.demo.scenario_e import said
from pestzorg.demo.scenario_e.school import WADKANT, at

FIRST_SITTING, SECOND_SITTING, FEEDBACK = at(3, 12, 10), at(4, 11), at(20, 11, month=4)

E = Scenario(
    letter="e",
    school=WADKANT,
    target="Jip",
    acts=(
        Reported(
            at=at(2, 10),
            by="Lieuwe",
            signs=("group_chat_trouble", "laughed_at"),
            description="Moeder en drie leerlingen vertellen het los van elkaar: een anoniem account op Snapchat over 1c.",
        ),
        LookedAt(at=at(2, 11), by="Hilde"),
        Assessed(at=at(2, 11, 15), by="Hilde", lead="Lieuwe", points=said.SEVERITY),
        # Tue 3 Mar 12:10-12:40: steps 1, 2, 3 and 5
        SatDown(at=FIRST_SITTING, by="Lieuwe", location="quiet_room"),
        Discussed(at=at(3, 12, 15), by="Lieuwe", step=1, answers=said.ANSWERS[1]),
        Discussed(at=at(3, 12, 25), by="Lieuwe", step=2, answers=said.ANSWERS[2], lists=said.STORY),
        Discussed(at=at(3, 12, 32), by="Lieuwe", step=3, answers=said.ANSWERS[3]),
        Discussed(at=at(3, 12, 36), by="Lieuwe", step=5, answers=said.ANSWERS[5]),
        Stopped(
            at=at(3, 12, 40),
            by="Lieuwe",
            answers={
                "ended_because": "time",
                "recap_read_aloud": True,
                "next_contact_at": SECOND_SITTING,
                "safety_score": 5,
            },
        ),
        # Wed 4 Mar 11:00-11:30: steps 4, 6, 7, 10, 9 and 8
        SatDown(
            at=SECOND_SITTING,
            by="Lieuwe",
            location="quiet_room",
            check={"new_incident": False, "safety_score": 5, "still_agrees": True},
        ),
        Discussed(at=at(4, 11, 3), by="Lieuwe", step=4, answers=said.ANSWERS[4]),
        Discussed(at=at(4, 11, 10), by="Lieuwe", step=6, lists={"measures": said.MEASURES}),
        Discussed(
            at=at(4, 11, 16),
            by="Lieuwe",
            step=7,
            answers=said.ANSWERS[7],
            lists={"agreements": said.AGREEMENTS},
        ),
        Discussed(
            at=at(4, 11, 20), by="Lieuwe", step=10, lists={"support_persons": said.SUPPORT_PERSONS}
        ),
        Discussed(
            at=at(4, 11, 25),
            by="Lieuwe",
            step=9,
            lists={"talks": said.TALKS, "without_talk": said.WITHOUT_TALK},
        ),
        Discussed(at=at(4, 11, 28), by="Lieuwe", step=8, answers=said.ANSWERS[8]),
        Completed(at=at(4, 11, 30), by="Lieuwe"),
        Settled(at=at(4, 16), by="Hilde", what=said.WORDS[0]),
        Settled(at=at(4, 16, 5), by="Hilde", what=said.WORDS[1]),
        # Snapchat is asked twice what it did
        CameOfIt(
            at=at(11, 9),
            by="Hilde",
            measure="report_to_platform",
            values={"outcome": "no_reply", "check_on": date(2026, 3, 13)},
        ),
        Settled(at=at(11, 9, 5), by="Hilde", what=said.WORDS[2]),
        CameOfIt(
            at=at(13, 9),
            by="Hilde",
            measure="report_to_platform",
            values={"outcome": "removed"},
        ),
        # Mon 20 Apr
        Agreed(at=FEEDBACK, by="Hilde", promise=said.E6),
    ),
)
