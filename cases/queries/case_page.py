"""Everything on the page of one case, read once: next step, agreements, talks, people, grades, history, readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from cases.access import Seer, Who, may_read_step, rules_on, who_sees
from cases.ceilings import Level
from cases.models import (
    Case,
    Conversation,
    ExternalReport,
    FollowUpTalk,
    Incident,
    ParentContact,
    Report,
    StepRecord,
)
from cases.models.access import FOREVER
from cases.models.case import CaseStatus
from cases.queries.agreement_rows import AgreementRow, rows_of
from cases.queries.around import Person, people_around
from cases.queries.chart import Point
from cases.queries.closed_steps import may_read_list
from cases.queries.closing.card import ClosingCard
from cases.queries.conversation_page import (
    Pinned,
    RailStep,
    first_open_step,
    pinned,
    rail,
    records_with,
)
from cases.queries.extra_cards import Card, cards_of
from cases.queries.people import CasePeople
from cases.queries.reasons import reasons_of
from cases.queries.scores import Score, points, scores
from cases.queries.severity_page import SeverityCard
from cases.queries.timeline import Event, timeline
from cases.queries.told import reminders_of
from cases.queries.worklist import case_title
from schools.roles import title_of

TALKED = (Conversation.Status.COMPLETED, Conversation.Status.DISCONTINUED)


@dataclass(frozen=True)
class Reader:
    """Somebody who sees the case, and the part that gives it."""

    seer: Seer
    is_handler: bool
    is_lead: bool
    country: str
    reasons: tuple[str, ...] = ()

    @property
    def titles(self) -> str:
        """The roles as this country calls them."""
        return ", ".join(title_of(role, self.country) for role in self.seer.roles)

    @property
    def until(self) -> datetime | None:
        """The end of a personal grant, None without one."""
        grant = self.seer.grant
        return grant.valid_until if grant and grant.valid_until < FOREVER else None

    @property
    def may_take_back(self) -> bool:
        """A personal grant that belongs to no part in the case."""
        return self.seer.grant is not None and not (self.is_handler or self.is_lead)

    @property
    def sees_content(self) -> bool:
        """More than the header."""
        return self.seer.level >= Level.VIEW


def readers_of(case: Case, people: CasePeople, now: datetime) -> list[Reader]:
    """Who sees the case: handler and lead, then the others, most first."""
    lead = people.conversation.lead_id if people.conversation else None
    readers = [
        Reader(
            seer,
            seer.user.pk == case.handler_id,
            seer.user.pk == lead,
            case.school.country,
            tuple(reasons_of(seer, case)),
        )
        for seer in who_sees(case, now)
    ]
    return sorted(readers, key=lambda r: (not r.is_handler, not r.is_lead, -r.seer.level))


@dataclass
class CasePage:
    """The case as one reader sees it now; every part is read on first use."""

    who: Who
    case: Case

    @cached_property
    def rules(self) -> frozenset[str]:
        """What this reader may do."""
        return rules_on(self.who, self.case)

    @cached_property
    def people(self) -> CasePeople:
        """Staff, participants and helpers."""
        return CasePeople(self.case, self.who.now)

    @property
    def today(self) -> date:
        """The day at this school."""
        return self.who.now.astimezone(self.case.school.zone).date()

    @cached_property
    def report(self) -> Report:
        """The report that began it."""
        return self.case.report

    @cached_property
    def title(self) -> str:
        """The pupil and class; before it is known for sure, as it was reported."""
        return case_title(self.case) if self.case.target else self.report.about

    @property
    def name(self) -> str:
        """What the pupil is called in a sentence."""
        return self.case.target.name if self.case.target else self.report.about

    @property
    def conversation(self) -> Conversation | None:
        """The latest conversation."""
        return self.people.conversation

    @cached_property
    def records(self) -> list[StepRecord]:
        """The ten steps; looking at the page writes none."""
        conversation = self.conversation
        if conversation is None:
            return []
        conversation.case = self.case
        saved = conversation.step_records.select_related("first_sitting", "last_sitting")
        have = {record.step: record for record in saved}
        blank = (StepRecord(conversation=conversation, step=number) for number in range(1, 11))
        return records_with(conversation, [have.get(record.step, record) for record in blank])

    @property
    def step_number(self) -> int:
        """Where the conversation goes on."""
        return first_open_step(self.records)

    @property
    def steps(self) -> list[RailStep]:
        """The bar with the ten steps."""
        return rail(self.records, self.step_number)

    @cached_property
    def pinned(self) -> Pinned | None:
        """What the pupil wants and does not want to happen."""
        return pinned(self.who, self.records) if self.records else None

    @cached_property
    def next(self) -> str:
        """The one next thing, as a word the template knows."""
        match self.case.status:
            case CaseStatus.REPORTED:
                return "begin" if "R27" in self.rules else "wait"
            case CaseStatus.ASSESSING:
                return "assess" if "R27" in self.rules else "wait"
            case CaseStatus.ACTIVE | CaseStatus.ON_HOLD | CaseStatus.AFTERCARE:
                return self.closing.next or self._next_when_active()
        return "nothing"

    def _next_when_active(self) -> str:
        if self.conversation and self.conversation.status not in TALKED:
            return "conversation"
        if self.planned_talks:
            return "talk"
        return "agreement" if self.open_agreements else "plan"

    @cached_property
    def agreements(self) -> list[AgreementRow]:
        """All agreements, the open ones first."""
        return rows_of(self.who, self.case)

    @property
    def open_agreements(self) -> list[AgreementRow]:
        """What is still to be done."""
        return [row for row in self.agreements if row.agreement.is_open]

    @property
    def settled_agreements(self) -> list[AgreementRow]:
        """What is over."""
        return [row for row in self.agreements if not row.agreement.is_open]

    @cached_property
    def talks(self) -> list[FollowUpTalk]:
        """Every follow-up talk by its moment."""
        return list(self.case.talks.select_related("with_participant", "conductor"))

    @property
    def planned_talks(self) -> list[FollowUpTalk]:
        """Talks to come, and those whose moment passed without a word."""
        return [talk for talk in self.talks if talk.status == FollowUpTalk.Status.PLANNED]

    @property
    def past_talks(self) -> list[FollowUpTalk]:
        """Talks that are over, latest first."""
        return [t for t in reversed(self.talks) if t.status != FollowUpTalk.Status.PLANNED]

    @cached_property
    def external_reports(self) -> list[tuple[ExternalReport, bool]]:
        """Every report outside school, and whether it is time to look what came of it."""
        return [(found, found.is_due(self.today)) for found in self.case.external_reports.all()]

    @property
    def cards(self) -> list[Card]:
        """What other apps tell about this case."""
        return cards_of(self.who, self.case)

    @cached_property
    def around(self) -> list[Person]:
        """Who stands around the pupil: helpers first, then the others by what they do."""
        return people_around(self.people)

    @cached_property
    def scores(self) -> list[Score]:
        """The pupil's own grades, as far as this reader may read the steps they come from."""
        readable = [record for record in self.records if may_read_step(self.who, record)]
        return scores(
            self.conversation, readable, self.talks, self.case.school.zone, self.closing.checks
        )

    @property
    def points(self) -> list[Point]:
        """The grades in the chart."""
        return points(self.scores)

    @cached_property
    def events(self) -> list[Event]:
        """The history, newest first."""
        agreements = [row.agreement for row in self.agreements]
        return timeline(
            self.case,
            report=self.report,
            sittings=self.conversation.sittings.all() if self.conversation else (),
            agreements=agreements,
            talks=self.talks,
            contacts=self.contacts if self._may_read("parent_contacts") else (),
            aftercare=self.closing.events,
            reminders=reminders_of([*agreements, *self.talks, *self.closing.checks, self.case]),
        )

    @cached_property
    def incidents(self) -> list[Incident]:
        """What happened, the latest first; told in a step, and read by whom that step is open to."""
        if not self._may_read("incidents"):
            return []
        return sorted(
            self.case.incidents.all(), key=lambda i: (i.happened_on or date.min, i.pk), reverse=True
        )

    @cached_property
    def readers(self) -> list[Reader]:
        """Who can see this."""
        return readers_of(self.case, self.people, self.who.now)

    @property
    def reader_count(self) -> int:
        """How many people can read what is written here."""
        return sum(reader.sees_content for reader in self.readers)

    @cached_property
    def severity(self) -> SeverityCard:
        """How serious it is, with its terms and every assessment."""
        return SeverityCard(self.who, self.case, self.records, self.contacts)

    @cached_property
    def closing(self) -> ClosingCard:
        """What waits to be closed, and aftercare."""
        return ClosingCard(self.who, self.case)

    @cached_property
    def contacts(self) -> list[ParentContact]:
        """Every contact with the parents, also what this reader may not read: the terms of severity count all."""
        return list(self.case.parent_contacts.all())

    def _may_read(self, name: str) -> bool:
        return may_read_list(self.who, self.case, name)
