"""What scenario A expects of the reminders, and what its people tick off after each day's mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from cases.models import Agreement, Conversation
from cases.queries.judging import INDICATORS
from cases.services.agreements import settle_agreement
from cases.services.external_reports import record_outcome
from cases.services.items import put_support_person
from cases.services.severity import reassess_severity
from cases.services.talks import record_talk
from pestzorg.demo.scenario_a import WORDS, SchoolA
from pestzorg.reminders.models import Reminder

FIRST_DAY, LAST_DAY = date(2025, 11, 6), date(2025, 11, 28)


def _day(day: int) -> date:
    return date(2025, 11, day)


# day of the mail -> (what, kind, to whom); the talks of 10, 17 and 25 Nov are held by Marit, that of 13 Nov by Sami;
# no feedback is due on the 14th, because the mother was called the day before
EXPECTED = {
    _day(7): {
        ("A1", "due_today", "Sami"),
        ("A3", "due_today", "Marit"),
        ("talk 10", "talk_upcoming", "Marit"),
        ("ask Mila", "review_due", "Marit"),
    },
    _day(10): {("A4", "due_today", "Fleur"), ("A5", "due_today", "Sami")},
    _day(11): {("A5", "overdue", "Sami")},
    _day(12): {("A6", "upcoming", "Sami"), ("talk 13", "talk_upcoming", "Sami")},
    _day(14): {("talk 17", "talk_upcoming", "Marit")},
    _day(17): {("A7", "review_due", "Marit")},
    _day(18): {("severity", "review_due", "Sami"), ("report", "review_due", "Sami")},
    _day(24): {("talk 25", "talk_upcoming", "Marit")},
}

# the words of an agreement -> its number in the scenario
NUMBERS = {what: number for number, what in enumerate(WORDS, start=1)}

# number of the agreement -> the day on which it is ticked off, after that day's mail
TICKED = {2: _day(6), 1: _day(7), 3: _day(7), 4: _day(10), 5: _day(11), 6: _day(13), 7: _day(17)}


def ticked_after(a: SchoolA, conversation: Conversation, morning: datetime) -> None:
    """Settle what was done that day, and record the talks that were held."""
    agreements = dict(enumerate(conversation.case.agreements.order_by("id"), start=1))
    later = morning + timedelta(hours=8)
    for number, day in TICKED.items():
        if day == morning.date() and agreements[number].is_open:
            settle_agreement(a.sami, agreements[number], Agreement.Status.DONE, now=later)
    see_to(conversation, later)
    for talk in conversation.case.talks.filter(status="planned", planned_at__date=morning.date()):
        record_talk(
            talk.conductor,
            talk,
            status="held",
            now=max(later, talk.planned_at),
            new_incident=False,
            safety_score=6,
            progress="better",
            progress_examples="Het gaat stap voor stap beter.",
            congratulated=True,
            no_next_talk=True,
        )


def _asked(conversation: Conversation, at: datetime) -> None:
    for person in conversation.support_persons.filter(answer="not_asked"):
        put_support_person(conversation.lead, conversation, person, answer="accepted", now=at)


def _looked_at(conversation: Conversation, at: datetime) -> None:
    case = conversation.case
    handler = case.handler or conversation.lead
    for report in case.external_reports.filter(closed_on=None):
        record_outcome(handler, report, "removed", now=at)
    reassess_severity(handler, case, dict.fromkeys(INDICATORS, 1), [], now=at)


# day of November -> what else somebody sees to, after that day's mail
SEEN_TO: dict[int, Callable[[Conversation, datetime], None]] = {7: _asked, 18: _looked_at}


def see_to(conversation: Conversation, at: datetime) -> None:
    """What is neither agreement nor talk, on its day."""
    if seen_to := SEEN_TO.get(at.date().day):
        seen_to(conversation, at)


def reminded_on(conversation: Conversation, morning: datetime) -> set[tuple[str, str, str]]:
    """What was mailed that day: which agreement or talk, why, to whom."""
    case = conversation.case
    names = {a.uuid: f"A{NUMBERS[a.what]}" for a in case.agreements.all()}
    names[case.uuid] = "severity"
    names |= {report.uuid: "report" for report in case.external_reports.all()}
    names |= {t.uuid: f"talk {t.planned_at:%d}" for t in case.talks.all()}
    names |= {p.uuid: f"ask {p.name}" for p in conversation.support_persons.all()}
    people = {m.user_id: m.user.first_name for m in case.school.memberships.select_related("user")}
    mailed = Reminder.objects.filter(outcome="mailed", settled_at__date=morning.date())
    return {(names[r.source_uuid], r.kind, people[r.recipient_id]) for r in mailed}
