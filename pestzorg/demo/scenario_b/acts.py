"""What happens in scenario B, day by day."""

from __future__ import annotations

from datetime import date

from pestzorg.demo.scenario import (
    Agreed,
    Assessed,
    AssessedAgain,
    CameOfIt,
    Completed,
    Discussed,
    LookedAt,
    Reported,
    SatDown,
    Scenario,
    Stopped,
    WroteOutside,
)
from pestzorg.demo.scenario_b import said
from pestzorg.demo.scenario_b.school import STROOMDAL, at

RESUME_BY = date(2026, 1, 16)
FIRST_SITTING, SECOND_SITTING, DECISION = at(14, 11, 20), at(15, 9, 30), at(16, 15)

B = Scenario(
    letter="b",
    school=STROOMDAL,
    target="Ravi",
    acts=(
        Reported(
            at=at(13, 15, 10),
            by="Theo",
            signs=("laughed_at", "picture_shared"),
            description="Een account op TikTok geeft leerlingen cijfers. Er is ook een nepprofiel met zijn naam.",
            urgency="today",
        ),
        LookedAt(at=at(13, 15, 40), by="Dewi"),
        Assessed(at=at(13, 16), by="Dewi", lead="Dewi", points=said.SEVERITY),
        # Wed 14 Jan 11:20-11:55: steps 1 to 4, until Ravi has had enough; step 3 waits for the father
        SatDown(at=FIRST_SITTING, by="Dewi", location="office"),
        Discussed(at=at(14, 11, 25), by="Dewi", step=1, answers=said.ANSWERS[1]),
        Discussed(at=at(14, 11, 40), by="Dewi", step=2, answers=said.ANSWERS[2], lists=said.STORY),
        Discussed(at=at(14, 11, 48), by="Dewi", step=3, answers=said.ANSWERS[3], done=False),
        Discussed(at=at(14, 11, 52), by="Dewi", step=4),
        Stopped(
            at=at(14, 11, 55),
            by="Dewi",
            answers={
                "ended_because": "pupil_tired",
                "recap_read_aloud": True,
                "next_contact_at": SECOND_SITTING,
                "safety_score": 3,
                "resume_by": RESUME_BY,
            },
            asked={"later_reason": "Lukt het morgen niet, dan kan zijn vader er vrijdag bij zijn."},
        ),
        Discussed(
            at=at(14, 16, 15),
            by="Dewi",
            step=3,
            lists={"parent_contacts": [said.CALL_TO_FATHER]},
        ),
        # Thu 15 Jan 09:30-10:05: the account has forty followers more, so it is assessed again; steps 5, 6, 7, 10 and 9
        SatDown(
            at=SECOND_SITTING,
            by="Dewi",
            location="office",
            check={
                "what_changed": "Het account heeft veertig volgers meer.",
                "new_incident": True,
                "safety_score": 3,
                "still_agrees": True,
            },
        ),
        AssessedAgain(at=at(15, 9, 33), by="Dewi", points=said.SEVERITY),
        Discussed(at=at(15, 9, 34), by="Dewi", step=2, lists=said.NEWS),
        Discussed(at=at(15, 9, 36), by="Dewi", step=5, answers=said.ANSWERS[5]),
        Discussed(at=at(15, 9, 44), by="Dewi", step=6, lists={"measures": said.MEASURES}),
        WroteOutside(
            at=at(15, 9, 46),
            by="Dewi",
            measure="report_to_platform",
            values={"where": "TikTok en Instagram", "reported_on": date(2026, 1, 14)},
        ),
        Discussed(
            at=at(15, 9, 52),
            by="Dewi",
            step=7,
            answers=said.ANSWERS[7],
            lists={"agreements": said.AGREEMENTS},
        ),
        Discussed(
            at=at(15, 9, 57), by="Dewi", step=10, lists={"support_persons": said.SUPPORT_PERSONS}
        ),
        Discussed(
            at=at(15, 10, 2),
            by="Dewi",
            step=9,
            lists={"talks": said.TALKS, "without_talk": said.WITHOUT_TALK},
        ),
        Stopped(
            at=at(15, 10, 5),
            by="Dewi",
            answers={
                "ended_because": "finished",
                "recap_read_aloud": True,
                "next_contact_at": at(20, 10, 30),
                "safety_score": 4,
            },
        ),
        # Fri 16 Jan: the team decides
        Discussed(at=DECISION, by="Dewi", step=8, answers=said.ANSWERS[8]),
        Completed(at=at(16, 15, 10), by="Dewi"),
        # One account is gone on the day of the check, the other two days later
        CameOfIt(
            at=at(21, 9),
            by="Dewi",
            measure="report_to_platform",
            values={"outcome": "pending", "check_on": date(2026, 1, 23), "note": "TikTok is weg."},
        ),
        CameOfIt(
            at=at(23, 9),
            by="Dewi",
            measure="report_to_platform",
            values={"outcome": "removed"},
        ),
        # Thu 5 Feb, after the summit meeting
        Agreed(at=at(5, 14, month=2), by="Irma", promise=said.B8),
    ),
)
