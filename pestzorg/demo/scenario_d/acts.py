"""What happens in scenario D, day by day."""

from __future__ import annotations

from pestzorg.demo.scenario import (
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
    WroteOutside,
)
from pestzorg.demo.scenario_d import agreed, said
from pestzorg.demo.scenario_d.school import KANAALPOORT, at

FIRST_SITTING, SECOND_SITTING, REVISION = at(24, 10, 20), at(25, 9, 10), at(18, 10, month=3)

D = Scenario(
    letter="d",
    school=KANAALPOORT,
    target="Elif",
    acts=(
        Reported(
            at=at(24, 8, 40),
            by="Pieter",
            signs=("picture_shared",),
            description="Hanne vertelt dat er een nepfoto van haar rondgaat en dat iemand geld vraagt.",
            urgency="now",
            knows_pupil=False,
        ),
        LookedAt(at=at(24, 9), by="Nele"),
        Assessed(
            at=at(24, 9, 15),
            by="Nele",
            lead="Nele",
            points=said.SEVERITY,
            red_flags=said.RED_FLAGS,
        ),
        # Tue 24 Feb 10:20-10:55, with Pieter, whom she chose: 1, 2 in outline, 3, 5, and what is urgent of 6 and 7
        SatDown(at=FIRST_SITTING, by="Nele", location="office", others={"companion": "Pieter Vos"}),
        Discussed(at=at(24, 10, 25), by="Nele", step=1, answers=said.ANSWERS[1], done=False),
        Discussed(
            at=at(24, 10, 28),
            by="Nele",
            step=7,
            lists={"agreements": agreed.SAFE_TODAY},
            done=False,
        ),
        Discussed(at=at(24, 10, 30), by="Nele", step=1),
        Discussed(
            at=at(24, 10, 37),
            by="Nele",
            step=2,
            answers=said.ANSWERS[2],
            lists=said.OUTLINE,
            done=False,
        ),
        Discussed(at=at(24, 10, 41), by="Nele", step=3, answers=said.ANSWERS[3], done=False),
        Discussed(at=at(24, 10, 44), by="Nele", step=5, answers=said.ANSWERS[5]),
        Discussed(
            at=at(24, 10, 49),
            by="Nele",
            step=6,
            answers=said.ANSWERS[6],
            lists={"measures": agreed.URGENT_MEASURES},
            done=False,
        ),
        Discussed(
            at=at(24, 10, 52),
            by="Nele",
            step=7,
            lists={"agreements": agreed.REPORT_TODAY},
            done=False,
        ),
        Stopped(
            at=at(24, 10, 55),
            by="Nele",
            answers={
                "ended_because": "urgent_action",
                "recap_read_aloud": True,
                "next_contact_at": SECOND_SITTING,
                "safety_score": 2,
            },
        ),
        Discussed(
            at=at(24, 11, 50),
            by="Nele",
            step=3,
            lists={"parent_contacts": [said.MEETING_WITH_PARENTS]},
        ),
        Settled(at=at(24, 12), by="Nele", what=agreed.WORDS[1]),
        WroteOutside(at=at(24, 13, 5), by="Nele", values=agreed.POLICE),
        WroteOutside(at=at(24, 13, 45), by="Nele", values=agreed.CHILD_FOCUS),
        Settled(at=at(24, 13, 50), by="Marc", what=agreed.WORDS[0]),
        Settled(at=at(24, 17), by="Nele", what=agreed.WORDS[2]),
        # Wed 25 Feb 09:10-09:50: the rest of 2, then 4, 6, 7, 10, 9 and 8
        SatDown(
            at=SECOND_SITTING,
            by="Nele",
            location="office",
            check={"new_incident": False, "safety_score": 3, "still_agrees": True},
        ),
        Discussed(at=at(25, 9, 16), by="Nele", step=2, answers=said.REST_OF_STORY),
        Discussed(at=at(25, 9, 20), by="Nele", step=4),
        Discussed(at=at(25, 9, 27), by="Nele", step=6, lists={"measures": agreed.OTHER_MEASURES}),
        Discussed(
            at=at(25, 9, 36),
            by="Nele",
            step=7,
            answers=said.ANSWERS[7],
            lists={"agreements": agreed.NEXT_DAY},
        ),
        Discussed(
            at=at(25, 9, 40),
            by="Nele",
            step=10,
            lists={"support_persons": agreed.SUPPORT_PERSONS},
        ),
        Discussed(
            at=at(25, 9, 45),
            by="Nele",
            step=9,
            lists={"talks": agreed.TALKS, "without_talk": agreed.WITHOUT_TALK},
        ),
        Discussed(at=at(25, 9, 48), by="Nele", step=8, answers=said.ANSWERS[8]),
        Completed(at=at(25, 9, 50), by="Nele"),
        Settled(at=at(25, 16), by="Nele", what=agreed.WORDS[3]),
        Settled(at=at(25, 16, 5), by="Nele", what=agreed.WORDS[4]),
        CameOfIt(
            at=at(27, 10, 30),
            by="Nele",
            measure="report_to_platform",
            values={"outcome": "removed"},
        ),
        # Wed 18 Mar: the decision about the class is taken again
        Discussed(at=REVISION, by="Nele", step=8, answers=said.REVISED),
    ),
)
