"""What is agreed in scenario D, as data: measures, agreements, support persons, talks."""

from __future__ import annotations

from datetime import date

from pestzorg.demo.scenario import Answers, Promise, Talk
from pestzorg.demo.scenario_d.school import at

# Tue 24 Feb: what cannot wait. Of the image itself nothing is saved.
URGENT_MEASURES: dict[str, Answers] = {
    "change_password": {
        "status": "agreed",
        "owner": "Elif",
        "helper": "Murat",
        "deadline": date(2026, 2, 24),
    },
    "collect_evidence": {
        "status": "agreed",
        "owner": "Elif",
        "helper": "Aylin",
        "deadline": date(2026, 2, 24),
        "note": "Alleen berichten en accountnamen, geen beeld.",
    },
    "seek_support": {"status": "agreed", "owner": "Elif", "deadline": date(2026, 2, 25)},
    "file_complaint": {
        "status": "agreed",
        "owner": "Aylin",
        "to_police": True,
        "deadline": date(2026, 2, 25),
    },
    "report_to_platform": {
        "status": "agreed",
        "owner": "Murat",
        "helper": "Elif",
        "deadline": date(2026, 2, 24),
    },
}
OTHER_MEASURES: dict[str, Answers] = {
    "assertive_message": {"status": "not_applicable", "note": "Niet bij afpersing."},
    "unfriend_block": {
        "status": "agreed",
        "owner": "Elif",
        "deadline": date(2026, 2, 25),
        "note": "Pas nadat genoteerd is wat er stond.",
    },
    "use_nickname": {"status": "agreed", "owner": "Elif"},
    "no_retaliation": {"status": "agreed", "owner": "Elif"},
}

WORDS = (
    "De politie en Child Focus bellen voor advies",
    "Elif ophalen en vandaag bij haar blijven",
    "Het beeld en het account melden in Snapchat",
    "Aangifte doen bij de politie",
    "Take It Down gebruiken op haar eigen telefoon",
    "Langs een andere weg naar de gymles gaan en met Hanne en Sam eten",
    "Praten over de schuld die Elif zichzelf geeft",
    "De leerkrachten van 3 HW-B vertellen wat ze zeggen en wat niet",
    "Nakijken of er niets meer online staat",
)
SHARED = {"share_ok": True}


def _by(day: int, month: int = 2) -> date:
    return date(2026, month, day)


# D1 to D9: what, who does it, who follows up, by when. Marc, Pieter and Lotte are not in the case yet.
SAFE_TODAY = [
    Promise(WORDS[0], "staff", "Marc", "Marc", _by(24), asked=SHARED),
    Promise(WORDS[1], "parent", "Aylin", "Nele", _by(24)),
]
REPORT_TODAY = [Promise(WORDS[2], "parent", "Murat", "Nele", _by(24), measure="report_to_platform")]
NEXT_DAY = [
    Promise(WORDS[3], "parent", "Aylin", "Nele", _by(25), measure="file_complaint"),
    Promise(WORDS[4], "target", "Elif", "Nele", _by(25), helper="Aylin"),
    Promise(
        WORDS[5], "staff", "Pieter", "Pieter", review_on=_by(20, 3), starts_on=_by(25), asked=SHARED
    ),
    Promise(WORDS[6], "external", "Sara El Amrani (CLB)", "Nele", _by(3, 3)),
    Promise(WORDS[7], "staff", "Lotte", "Lotte", _by(26), asked=SHARED),
    Promise(WORDS[8], "staff", "Nele", "Nele", _by(3, 3)),
]

# Tue 24 Feb, 13:00 and 13:40: advice, before the parents go to the police
POLICE: Answers = {
    "kind": "police_notice",
    "where": "Lokale politie",
    "reported_by": "Marc Jacobs",
    "reported_on": _by(24),
}
CHILD_FOCUS: Answers = {
    "kind": "helpline",
    "where": "Child Focus, 116 000",
    "reported_by": "Marc Jacobs",
    "reported_on": _by(24),
}

SUPPORT_PERSONS = [
    {
        "name": "Aylin",
        "relationship": "parent",
        "tasks": ["listen", "care_at_home"],
        "answer": "accepted",
    },
    {
        "name": "Pieter",
        "relationship": "trusted_teacher",
        "tasks": ["listen"],
        "answer": "accepted",
    },
    {
        "name": "Hanne",
        "relationship": "friend",
        "tasks": ["join_at_break"],
        "answer": "accepted",
    },
    {
        "name": "Derya",
        "relationship": "other_family",
        "tasks": ["care_at_home"],
        "answer": "not_asked",
        "asked_by": "Nele",
        "ask_before": _by(27),
    },
]

# The talk of Fri 27 Feb comes from step 7.
TALKS = [
    Talk("Elif", at(10, 10, month=3), "Nele"),
    Talk("Aylin", at(10, 16, month=3), "Nele", "parent", purposes=("inform",)),
]
# The police talk with the two boys, and ask the school not to; the five are seen with the class, without details.
WITHOUT_TALK = {
    **dict.fromkeys(("Robbe", "Niels"), "elsewhere"),
    **dict.fromkeys(("Kobe", "Lena", "Stan", "Febe", "Wannes"), "in_group"),
}
