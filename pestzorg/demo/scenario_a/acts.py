"""What happens in scenario A, day by day."""

from __future__ import annotations

from cases.models import Conversation
from pestzorg.demo.scenario import (
    Assessed,
    Completed,
    Discussed,
    LookedAt,
    Reported,
    SatDown,
    Scenario,
    Stopped,
)
from pestzorg.demo.scenario_a import said
from pestzorg.demo.scenario_a.school import WILGENHOEK, SchoolA, at
from pestzorg.demo.telling import Teller

FIRST_SITTING, PHONE_CALL, SECOND_SITTING = at(4, 10, 15), at(5, 16, 30), at(6, 13, 45)

A = Scenario(
    letter="a",
    school=WILGENHOEK,
    target="Noor",
    acts=(
        Reported(
            at=at(3, 9),
            by="Marit",
            signs=("left_out", "group_chat_trouble"),
            description="Moeder mailt: sinds september is er een groepsapp zonder Noor, met stickers van haar foto.",
        ),
        LookedAt(at=at(3, 16), by="Sami"),
        Assessed(at=at(4, 9), by="Sami", lead="Marit", points=said.SEVERITY),
        # Tue 4 Nov 10:15-10:40: steps 1 to 5; step 3 waits for the mother
        SatDown(at=FIRST_SITTING, by="Marit", location="quiet_room"),
        Discussed(at=at(4, 10, 18), by="Marit", step=1, answers=said.ANSWERS[1]),
        Discussed(at=at(4, 10, 30), by="Marit", step=2, answers=said.ANSWERS[2], lists=said.STORY),
        Discussed(at=at(4, 10, 32), by="Marit", step=3, answers=said.ANSWERS[3], done=False),
        Discussed(at=at(4, 10, 35), by="Marit", step=4),
        Discussed(at=at(4, 10, 38), by="Marit", step=5, answers=said.ANSWERS[5]),
        Stopped(
            at=at(4, 10, 40),
            by="Marit",
            answers={
                "ended_because": "time",
                "recap_read_aloud": True,
                "next_contact_at": SECOND_SITTING,
                "safety_score": 4,
            },
        ),
        Discussed(
            at=PHONE_CALL,
            by="Marit",
            step=3,
            lists={"parent_contacts": [said.CALL_OF_5_NOVEMBER]},
        ),
        # Thu 6 Nov 13:45-14:15: steps 6, 7, 10, 9 and 8; completed at 14:20
        SatDown(
            at=SECOND_SITTING,
            by="Marit",
            location="quiet_room",
            check={"safety_score": 5, "new_incident": False, "still_agrees": True},
        ),
        Discussed(at=at(6, 13, 55), by="Marit", step=6, lists={"measures": said.MEASURES}),
        Discussed(
            at=at(6, 14),
            by="Marit",
            step=7,
            answers=said.ANSWERS[7],
            lists={"agreements": said.AGREEMENTS},
        ),
        Discussed(
            at=at(6, 14, 5), by="Marit", step=10, lists={"support_persons": said.SUPPORT_PERSONS}
        ),
        Discussed(
            at=at(6, 14, 10),
            by="Marit",
            step=9,
            lists={"talks": said.TALKS, "without_talk": said.WITHOUT_TALK},
        ),
        Discussed(at=at(6, 14, 15), by="Marit", step=8, answers=said.ANSWERS[8]),
        Completed(at=at(6, 14, 20), by="Marit"),
    ),
)


def report_and_assess(a: SchoolA) -> Conversation:
    """Mon 3 Nov: report, handler Sami. Tue 4 Nov: severity 9, level 2, Marit leads; the case is active."""
    return Teller(A, a).tell(A.until(FIRST_SITTING)).conversation


def first_sitting(a: SchoolA, conversation: Conversation) -> None:
    """Tue 4 Nov 10:15-10:40: steps 1 to 5; step 3 is finished after the phone call of Wed 5 Nov."""
    Teller(A, a, conversation.case).tell(A.between(FIRST_SITTING, SECOND_SITTING))


def second_sitting(a: SchoolA, conversation: Conversation) -> None:
    """Thu 6 Nov 13:45-14:15: steps 6, 7, 10, 9 and 8; completed at 14:20."""
    last = A.acts[-1].at
    Teller(A, a, conversation.case).tell([*A.between(SECOND_SITTING, last), A.acts[-1]])
