"""The page of one step: questions and lists in one form; save, add a row, finish, or leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import rules_on, who
from cases.models import Case, StepRecord
from cases.protocol import vocabulary
from cases.queries.conversation_page import pinned, rail, records_with
from cases.queries.people import CasePeople
from cases.services.conversations import open_sitting, step_records
from cases.services.steps import complete_step, save_step, skip_step
from cases.web.conversation import STEPS, record_of
from cases.web.doors import case_page
from cases.web.offers import AGREE, offers_of, url_of_offer
from cases.web.panel import Panel
from cases.web.step_form import StepForm
from cases.web.step_panels import panels_of
from pestzorg.errors import RuleBroken
from pestzorg.posting.both_texts import ask, settled
from pestzorg.posting.drafts import around, taken_up
from pestzorg.posting.merging import Clash
from pestzorg.web.forms import add_rule_errors
from schools.models import User
from schools.web.staff_request import StaffRequest

# Going on or back saves first, so that leafing through the steps loses nothing.
NEIGHBOURS = {"next": 1, "previous": -1}


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

    @classmethod
    def of(
        cls, record: StepRecord, user: User, now: datetime, data: QueryDict | None = None
    ) -> StepPage:
        """Fresh from the database, or bound to what was posted."""
        people = CasePeople(record.conversation.case, now)
        people.conversation = record.conversation
        panels = panels_of(record, people, user, now, data)
        return cls(record, StepForm(data, record=record, now=now), panels, people)

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
                summary=self.form.cleaned_data["summary"],
                visibility=self.form.cleaned_data["visibility"],
            )
        except RuleBroken as error:
            add_rule_errors(self.form, error)
            return False
        return True

    @property
    def forms(self) -> list[Any]:
        """The questions, then every row."""
        return [self.form, *(row.form for panel in self.panels for row in panel.rows)]

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

    def show(self, error: RuleBroken) -> None:
        """Put what is missing at its question, or above its list."""
        by_key = {panel.key: panel for panel in self.panels}
        rest = []
        for problem in error.problems:
            panel = by_key.get(
                (problem.field or "").partition("-")[0].replace("measure", "measures", 1)
            )
            row = (
                next((r for r in panel.rows if problem.field == f"measure-{r.name}"), None)
                if panel
                else None
            )
            if row:
                row.problem = str(problem.message)
            elif panel:
                panel.problems.append(str(problem.message))
            else:
                rest.append(problem)
        if rest:
            self.form.full_clean()
            add_rule_errors(self.form, RuleBroken(*rest))


@case_page(GET="R14", POST="R17")
def step(request: StaffRequest, case: Case, number: int) -> HttpResponse:
    """One of the ten steps."""
    record = record_of(request, case, number)
    if request.method != "POST":
        taken = taken_up(request)
        page = StepPage.of(record, request.user, request.now, taken)
        return _show(request, case, page.unjudged(), taken=taken)
    data = settled(request.POST)
    page = StepPage.of(record, request.user, request.now, data)
    action = data.get("action", "save")
    if page.clashes:
        return _both_texts(request, case, page, data)
    if not page.save(request.user, request.now):
        return _show(request, case, page, status=422)
    if action == "skip":
        # Also what is left out keeps what was typed in it.
        return _skip(request, case, page)
    if action == "done":
        return _finish(request, case, page)
    messages.success(request, _("Saved."))
    return redirect(_after(case, number, action))


def _both_texts(request: StaffRequest, case: Case, page: StepPage, data: QueryDict) -> HttpResponse:
    back = _url(case, page.record.step)
    return ask(request, page.clashes, data=data, back_href=back, case_uuid=case.uuid)


def _after(case: Case, number: int, action: str) -> str:
    """Where a saved page goes: a neighbour, an agreement to be made, or back to the list that was added to."""
    if action.startswith(AGREE):
        return url_of_offer(case, number, action)
    if action in NEIGHBOURS and number + NEIGHBOURS[action] in STEPS:
        return _url(case, number + NEIGHBOURS[action])
    return _url(case, number) + (f"#{action[4:]}" if action.startswith("add-") else "")


def _finish(request: StaffRequest, case: Case, page: StepPage) -> HttpResponse:
    try:
        complete_step(request.user, page.record, now=request.now)
    except RuleBroken as error:
        fresh = StepPage.of(page.record, request.user, request.now)
        page.form.saw(fresh.form)
        fresh.form = page.form
        fresh.show(error)
        return _show(request, case, fresh, status=422)
    messages.success(request, _("Step %(number)s is discussed.") % {"number": page.record.step})
    following = page.record.step + 1
    return redirect(
        _url(case, following)
        if following in STEPS
        else reverse("conversation:overview", args=[case.uuid])
    )


def _skip(request: StaffRequest, case: Case, page: StepPage) -> HttpResponse:
    try:
        skip_step(
            request.user,
            page.record,
            request.POST.get("skip_reason", ""),
            now=request.now,
            note=request.POST.get("skip_note", ""),
        )
    except RuleBroken as error:
        page.show(error)
        return _show(request, case, page, status=422)
    return redirect(reverse("conversation:overview", args=[case.uuid]))


def _url(case: Case, number: int) -> str:
    return reverse("conversation:step", args=[case.uuid, number])


def _show(
    request: StaffRequest,
    case: Case,
    page: StepPage,
    status: int = 200,
    taken: QueryDict | None = None,
) -> HttpResponse:
    conversation, number = page.record.conversation, page.record.step
    records = records_with(conversation, step_records(conversation))
    context = {
        **around(request, taken),
        "case": case,
        "conversation": conversation,
        "record": page.record,
        "step": page.record.definition,
        "page": page,
        "form": page.form,
        "problems": page.problems,
        "has_errors": status != HTTPStatus.OK,
        "rules": rules_on(who(request), case),
        "sitting": open_sitting(conversation),
        "steps": rail(case, records, number),
        "pinned": pinned(who(request), records),
        "offers": offers_of(page.record, page.people, request.user),
        "back_href": reverse("conversation:overview", args=[case.uuid]),
        "prev_href": _url(case, number - 1) if number > 1 else "",
        "next_href": _url(case, number + 1) if number < len(STEPS) else "",
        "skip_choices": [
            (key, vocabulary.label("skip_reasons", key))
            for key in page.record.definition.skip_reasons
        ],
    }
    return render(request, "cases/conversation/step.html", context, status=status)
