"""Everything on the page of one step, validated and saved together. What a click leads to is in `steps`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import QueryDict

from cases.access import may_read_private_note, who
from cases.models import Incident, StepRecord
from cases.queries.closed_steps import lists_of
from cases.queries.people import CasePeople, people_of
from cases.queries.resuming import REVIEW
from cases.services.steps import save_step
from cases.web.panel import Panel
from cases.web.sight import Sight
from cases.web.step_form import StepForm
from cases.web.step_panels import panels_of
from cases.web.unkept import Unkept, unkept_rows
from pestzorg.errors import Problem, RuleBroken
from pestzorg.posting.merging import Clash
from pestzorg.web.forms import add_rule_errors
from schools.models import User
from schools.web.staff_request import StaffRequest


@dataclass(frozen=True)
class ListProblem:
    """One complaint about a list or a row of it."""

    anchor: str
    name: str
    message: str


@dataclass
class StepPage:
    """Everything on the page of one step, validated and saved together."""

    record: StepRecord
    form: StepForm
    panels: list[Panel]
    people: CasePeople
    sight: Sight
    unkept: list[Unkept]
    asides: list[ListProblem] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        request: StaffRequest,
        record: StepRecord,
        sight: Sight,
        data: QueryDict | None = None,
    ) -> StepPage:
        """Fresh from the database, or bound to what was posted."""
        now = request.now
        people = people_of(record.conversation, now)
        base = {"people": people, "data": data, "user": request.user, "now": now, "sight": sight}
        private = may_read_private_note(who(request), record)
        form = StepForm(data, record=record, now=now, private=private, sight=sight)
        lists = lists_of(who(request), record)
        panels, unkept = panels_of(record, lists, base), unkept_rows(record, lists, base)
        return cls(record, form, panels, people, sight, unkept)

    def save(self, actor: User, now: datetime) -> bool:
        """Keep everything that is well formed, all or nothing; False when something needs mending."""
        parts = [self.form.is_valid(), *(panel.is_valid() for panel in self.panels)]
        if not all(parts):
            return False
        with transaction.atomic():
            # A broken rule in one row undoes the rest: the page comes back with everything still typed in it.
            kept = [panel.save(actor, now) for panel in self.panels]
            saved = all(kept) and self._save_answers(actor, now)
            if not saved:
                transaction.set_rollback(True)
        return saved

    def _save_answers(self, actor: User, now: datetime) -> bool:
        try:
            save_step(
                actor,
                self.record,
                self.form.answers(),
                now=now,
                **self.form.notes(),
            )
        except RuleBroken as error:
            self.show(error)
            return False
        return True

    @property
    def forms(self) -> list[Any]:
        """The questions, then every row."""
        return [self.form, *(row.form for panel in self.panels for row in panel.rows)]

    @property
    def incidents(self) -> list[Incident]:
        """What happened, where the page shows it."""
        told = next((panel for panel in self.panels if panel.key == "incidents"), None)
        return [row.saved for row in told.rows if row.saved] if told else []

    @property
    def clashes(self) -> list[Clash]:
        """What somebody else changed differently since this page was opened."""
        return [clash for form in self.forms for clash in getattr(form, "clashes", ())]

    def unjudged(self) -> StepPage:
        """As it stands, also half filled: nobody pressed a button yet."""
        for form in self.forms:
            form._errors = ErrorDict()
        return self

    @property
    def problems(self) -> list[ListProblem]:
        """What is wrong with lists and rows, each with the place to jump to; fields tell of themselves."""
        return [
            *self.asides,
            *(
                ListProblem(panel.key, "", message)
                for panel in self.panels
                for message in panel.problems
            ),
            *(
                ListProblem(f"measure-{row.name}", str(row.definition.label), row.problem)
                for panel in self.panels
                for row in panel.rows
                if row.problem
            ),
        ]

    def has_place_for(self, problem: Problem) -> bool:
        """Whether this page shows what the complaint is about; the talk leaves much to the writing up."""
        if problem.code == REVIEW:
            return True
        return problem.field in self.form.fields or self._panel_of(problem) is not None

    def show(self, error: RuleBroken) -> None:
        """Put what is missing at its question, or above its list."""
        rest = []
        for problem in error.problems:
            panel = self._panel_of(problem)
            row = panel and next(
                (row for row in panel.rows if problem.field == f"measure-{row.name}"), None
            )
            if problem.code == REVIEW:
                self.asides.append(ListProblem("h-notice", "", str(problem.message)))
            elif row:
                row.problem = str(problem.message)
            elif panel:
                panel.problems.append(str(problem.message))
            else:
                rest.append(problem)
        if rest:
            self.form.full_clean()
            add_rule_errors(self.form, RuleBroken(*rest))

    def _panel_of(self, problem: Problem) -> Panel | None:
        key = (problem.field or "").partition("-")[0].replace("measure", "measures", 1)
        return next((panel for panel in self.panels if panel.key == key), None)
