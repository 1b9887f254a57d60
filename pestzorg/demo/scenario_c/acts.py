"""What happens in scenario C, day by day."""

from __future__ import annotations

from pestzorg.demo.scenario import (
    Agreed,
    Assessed,
    Completed,
    Discussed,
    Held,
    LookedAt,
    Planned,
    Reported,
    SatDown,
    Scenario,
    Settled,
    Stopped,
)
from pestzorg.demo.scenario_c import said
from pestzorg.demo.scenario_c.school import KASTANJEPLEIN, at

SITTING, DECISION, SECOND_ROUND = at(7, 13, 20), at(8, 15), at(20, 11, 30)

C = Scenario(
    letter="c",
    school=KASTANJEPLEIN,
    target="Wout",
    acts=(
        Reported(
            at=at(6, 15),
            by="Bram",
            signs=("laughed_at", "left_out", "group_chat_trouble"),
            description="Op de speelplaats doen ze na hoe hij praat. Ze zetten hem ook telkens uit hun Discordserver.",
        ),
        LookedAt(at=at(6, 15, 40), by="Katrien"),
        Assessed(at=at(6, 16), by="Katrien", lead="Katrien", points=said.SEVERITY),
        # Tue 7 Oct 13:20-14:05: one sitting for steps 1 to 7, 10 and 9; step 3 waits for the mother
        SatDown(at=SITTING, by="Katrien", location="quiet_room"),
        Discussed(at=at(7, 13, 22), by="Katrien", step=1, answers=said.ANSWERS[1]),
        Discussed(
            at=at(7, 13, 32), by="Katrien", step=2, answers=said.ANSWERS[2], lists=said.STORY
        ),
        Discussed(at=at(7, 13, 36), by="Katrien", step=3, answers=said.ANSWERS[3], done=False),
        Discussed(at=at(7, 13, 40), by="Katrien", step=4),
        Discussed(at=at(7, 13, 42), by="Katrien", step=5, answers=said.ANSWERS[5]),
        Discussed(at=at(7, 13, 50), by="Katrien", step=6, lists={"measures": said.MEASURES}),
        Discussed(
            at=at(7, 13, 56),
            by="Katrien",
            step=7,
            answers=said.ANSWERS[7],
            lists={"agreements": said.AGREEMENTS},
        ),
        Discussed(
            at=at(7, 14), by="Katrien", step=10, lists={"support_persons": said.SUPPORT_PERSONS}
        ),
        Discussed(
            at=at(7, 14, 3),
            by="Katrien",
            step=9,
            lists={"talks": said.TALKS, "without_talk": said.WITHOUT_TALK},
        ),
        Stopped(
            at=at(7, 14, 5),
            by="Katrien",
            answers={
                "ended_because": "finished",
                "recap_read_aloud": True,
                "next_contact_at": at(9, 10, 40),
                "safety_score": 6,
            },
        ),
        Discussed(
            at=at(7, 16, 30),
            by="Katrien",
            step=3,
            lists={"parent_contacts": [said.CALL_TO_MOTHER]},
        ),
        Settled(at=at(7, 18), by="Katrien", what=said.WORDS[0]),
        Discussed(at=DECISION, by="Katrien", step=8, answers=said.ANSWERS[8]),
        Completed(at=at(8, 15, 10), by="Katrien"),
        # What came of it, up to the second round and the autumn holiday
        Settled(at=at(8, 18), by="Katrien", what=said.WORDS[1]),
        Held(
            at=at(9, 11),
            by="Katrien",
            who="Wout",
            outcome={"new_incident": False, "safety_score": 6, "progress": "same"},
        ),
        Settled(at=at(10, 15), by="Katrien", what=said.WORDS[2]),
        Held(
            at=at(17, 11),
            by="Katrien",
            who="Wout",
            outcome={
                "new_incident": False,
                "safety_score": 6,
                "progress": "better",
                "progress_examples": "Op de speelplaats doet niemand het nog na. In de server wel.",
                "congratulated": True,
            },
        ),
        Planned(at=at(17, 11, 5), by="Katrien", talk=said.SECOND_ROUND),
        Held(
            at=at(17, 16, 10),
            by="Katrien",
            who="Inge",
            outcome={
                "new_incident": False,
                "progress": "better",
                "progress_examples": "Wout vertelt thuis meer.",
                "congratulated": True,
            },
        ),
        Settled(at=at(17, 16, 15), by="Katrien", what=said.WORDS[4]),
        Agreed(at=SECOND_ROUND, by="Katrien", promise=said.C6),
        Held(
            at=at(24, 11),
            by="Katrien",
            who="Wout",
            outcome={
                "new_incident": False,
                "safety_score": 8,
                "progress": "much_better",
                "progress_examples": "Wout speelt mee en leest weer voor.",
                "congratulated": True,
                "congratulation_words": "Jij hebt gezegd wat je wilde. Knap.",
            },
        ),
        Settled(at=at(24, 15), by="Katrien", what=said.WORDS[3]),
        Settled(at=at(3, 15, month=11), by="Katrien", what=said.WORDS[5]),
    ),
)
