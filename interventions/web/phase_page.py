"""Everything on the page of one phase, validated and saved together. What a click leads to is in `phases`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.forms import Form
from django.forms.utils import ErrorDict
from django.http import QueryDict

from cases.web.step_page import ListProblem
from interventions.models import PhaseRecord
from interventions.queries.measurements import PhaseMeasurement
from interventions.queries.page import InterventionPage
from interventions.queries.people import asked_in
from interventions.queries.phase_versions import VersionShown, versions_of
from interventions.services.phases import Note, save_phase
from interventions.services.proposals import add_proposal
from interventions.web.phase_forms import DaysForm, PersonForm, ProposalForm, QuestionsForm
from pestzorg.errors import Problem, RuleBroken
from pestzorg.posting.merging import Clash
from pestzorg.web.forms import add_rule_errors
from schools.models import User

# What stands on the page beside the questions, and where.
ANCHORS = {"proposals": "h-proposals", "class_rules": "h-rules"}


@dataclass
class PhasePage:
    """The questions of a phase, about each person, what people propose, and the days."""

    page: InterventionPage
    record: PhaseRecord
    form: QuestionsForm
    persons: list[PersonForm]
    proposal: ProposalForm | None
    days: DaysForm
    measurement: PhaseMeasurement | None
    asides: list[ListProblem] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        page: InterventionPage,
        record: PhaseRecord,
        now: datetime,
        data: QueryDict | None = None,
    ) -> PhasePage:
        """Fresh from the database, or bound to what was posted."""
        given: dict[str, Any] = {"data": data, "school": page.intervention.school, "now": now}
        notes = {note.member_id: note for note in record.notes.all()}
        persons = [
            PersonForm(asked=one, row=notes.get(one.member.pk if one.member else None), **given)
            for one in asked_in(record, page.members)
        ]
        form = QuestionsForm(fields=record.definition.fields, row=record, **given)
        measured = page.measurement_of(record)
        run = measured.run if measured else None
        held_on = run.opened_on if run and run.is_closed else None
        days = DaysForm(data, record=record, today=page.today, held_on=held_on)
        return cls(page, record, form, persons, _proposal(page, record, data), days, measured)

    @property
    def parts(self) -> list[Any]:
        """The questions, then every person, the idea and the days."""
        return [self.form, *self.persons, *([self.proposal] if self.proposal else []), self.days]

    @property
    def clashes(self) -> list[Clash]:
        """What somebody else changed differently since this page was opened."""
        return [clash for one in (self.form, *self.persons) for clash in one.clashes]

    @property
    def saved_proposals(self) -> list[Any]:
        """What people said they will do."""
        return list(
            self.record.proposals.select_related(
                "member__participant", "member__pupil", "agreement"
            )
        )

    @property
    def versions(self) -> list[VersionShown]:
        """What it said before it was corrected."""
        return versions_of(self.record, self.page.members)

    def unjudged(self) -> PhasePage:
        """As it stands, also half filled: nobody pressed a button yet."""
        for one in self.parts:
            one._errors = ErrorDict()
        return self

    def save(self, actor: User, now: datetime) -> bool:
        """Keep everything that is well formed, all or nothing; False when something needs mending."""
        checked = [one.is_valid() for one in self.parts]
        if not all(checked):
            return False
        try:
            with transaction.atomic():
                given = {"notes": self._notes(), "reason": self.days.cleaned_data["reason"]}
                save_phase(actor, self.record, self.form.answers(), now=now, **given)
                self._add(actor, now)
        except RuleBroken as error:
            self.show(error)
            return False
        return True

    def show(self, error: RuleBroken) -> None:
        """Put what is missing at its question, or above the page."""
        for problem in error.problems:
            place = self._place_of(problem)
            if place is None:
                anchor = ANCHORS.get(problem.field or "", "content")
                self.asides.append(ListProblem(anchor, "", str(problem.message)))
                continue
            form, name = place
            add_rule_errors(form, RuleBroken(Problem(name, problem.message, problem.code)))

    @property
    def problems(self) -> list[ListProblem]:
        """What is wrong outside the questions of the phase, each with the place to jump to."""
        found = list(self.asides)
        for one in self.parts[1:]:
            who = f"{one.person.name}: " if isinstance(one, PersonForm) else ""
            for name, errors in one.errors.items():
                place = one[name] if name in one.fields else None
                label = f"{who}{place.label}" if place else ""
                anchor = place.anchor if place else "content"
                found += [ListProblem(anchor, label, str(error)) for error in errors]
        return found

    def _notes(self) -> list[Note]:
        return [
            Note(one.person.member, one.answers(), one.stored_row)  # type: ignore[arg-type] # a note, or none yet
            for one in self.persons
        ]

    def _add(self, actor: User, now: datetime) -> None:
        if self.proposal is not None and self.proposal.is_touched:
            add_proposal(actor, self.record, now=now, **self.proposal.service_values())

    def _place_of(self, problem: Problem) -> tuple[Form, str] | None:
        name = problem.field or ""
        for one in (self.form, self.days, *([self.proposal] if self.proposal else [])):
            if name in one.fields:
                return one, name
        for person in self.persons:
            rest = name.removeprefix(f"{person.person.key}-")
            if rest != name and rest in person.fields:
                return person, rest
        return None


def _proposal(
    page: InterventionPage, record: PhaseRecord, data: QueryDict | None
) -> ProposalForm | None:
    asked = record.definition.proposals
    if asked is None:
        return None
    review = next(
        (one for one in page.records if one.key == asked.reviewed_in and one.round == record.round),
        None,
    )
    day = (review.planned_on or page.earliest(review)) if review else None
    return ProposalForm(data, asked=asked, members=page.joining, review_on=day)
