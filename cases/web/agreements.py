"""Making, reading, changing and settling agreements. Opening a page changes nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import Who, can_see_content, may_settle, rules_on, who
from cases.models import Agreement, Case
from cases.protocol import vocabulary
from cases.queries.agreement_rows import row_of
from cases.queries.people import CasePeople, people_of
from cases.queries.told import reminders_of
from cases.queries.worklist import case_title
from cases.services.agreements import (
    change_agreement,
    record_agreement,
    reopen_agreement,
    settle_agreement,
)
from cases.web.agreement_forms import AgreementForm, SettleForm, initial_of
from cases.web.doors import case_page
from cases.web.offers import begun_with
from cases.web.part_doors import agreement_page
from pestzorg.errors import RuleBroken
from pestzorg.posting.both_texts import ask, too_late
from pestzorg.web.parts import done, form_page, next_url, posted
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.calendar import CalendarEnds
from schools.models import User
from schools.queries.calendars import calendar_for
from schools.queries.stuck_mail import unreachable
from schools.web.staff_request import StaffRequest


@case_page(GET="R24", POST="R24")
def new(request: StaffRequest, case: Case) -> HttpResponse:
    """A new agreement of this case, begun with what somebody wrote in the conversation when they come from there."""
    person, people = request.user, CasePeople(case, request.now)
    form = AgreementForm(
        posted(request),
        case=case,
        now=request.now,
        user=person,
        people=people,
        initial=begun_with(request, case, people),
    )
    made: list[Agreement] = []

    def act() -> None:
        made.append(record_agreement(person, case, now=request.now, **form.service_values()))

    if request.method != "POST" or not done(form, act):
        return _show_form(request, case, form)
    messages.success(request, _("The agreement is written down."))
    _tell_about_day(request, made[0])
    return redirect(reverse("cases:page", args=[case.uuid]) + "#agreements")


@agreement_page(GET="R24", POST="R24")
def edit(request: StaffRequest, agreement: Agreement) -> HttpResponse:
    """Change an open agreement."""
    if not agreement.is_open and request.method != "POST":
        raise Http404
    case, person = agreement.case, request.user
    made_in = agreement.conversation
    people = people_of(made_in, request.now) if made_in else CasePeople(case, request.now)
    form = AgreementForm(
        posted(request),
        case=case,
        now=request.now,
        user=person,
        people=people,
        initial=initial_of(agreement, people, person),
        agreement=agreement,
    )
    if not agreement.is_open:
        back = reverse("cases:agreement-page", args=[agreement.uuid])
        return too_late(request, form, back_href=back, case_uuid=case.uuid)
    if form.clashes:
        return _both_texts(request, agreement, form)

    def act() -> None:
        values = _changes(agreement, form.service_values())
        change_agreement(person, agreement, now=request.now, **values)

    if request.method != "POST" or not done(form, act):
        return _show_form(request, case, form, agreement=agreement)
    messages.success(request, _("The agreement is changed."))
    _tell_about_day(request, agreement)
    return redirect("cases:agreement-page", agreement.uuid)


@agreement_page(GET="R14")
def page(request: StaffRequest, agreement: Agreement) -> HttpResponse:
    """One agreement, with one large button when it may be ticked off."""
    told = {} if agreement.is_open else {"status": agreement.status}
    return _show(
        request, agreement, SettleForm(posted(request, _settling(agreement)), initial=told)
    )


@agreement_page(POST="R25")
def settle(request: StaffRequest, agreement: Agreement) -> HttpResponse:
    """Done, partly, not done or no longer needed; a tick in a list comes back as that row."""
    if not may_settle(who(request), agreement):
        raise Http404
    form, person = SettleForm(request.POST), request.user

    def act() -> None:
        settle_agreement(person, agreement, now=request.now, **form.cleaned_data)

    if not done(form, act):
        return _show(request, agreement, form)
    return _answer(request, agreement, _("Done. Thank you."))


@agreement_page(POST="R25")
def reopen(request: StaffRequest, agreement: Agreement) -> HttpResponse:
    """Not done after all."""
    if not may_settle(who(request), agreement):
        raise Http404
    try:
        reopen_agreement(request.user, agreement, now=request.now)
    except RuleBroken as error:
        messages.error(request, str(error.problems[0].message))
        return _to_page(request, agreement)
    return _answer(request, agreement, _("The agreement is open again."))


def _to_page(request: StaffRequest, agreement: Agreement) -> HttpResponse:
    page_url = reverse("cases:agreement-page", args=[agreement.uuid])
    if request.headers.get("HX-Request"):
        # A row of a list has no room for the sentence: the whole page says it.
        return HttpResponse(headers={"HX-Redirect": page_url})
    return redirect(page_url)


def _answer(request: StaffRequest, agreement: Agreement, told: str) -> HttpResponse:
    person = request.user
    # Access that was given for a task ends with the last one: then this page is closed from now on.
    still_sees = can_see_content(person, agreement.case, request.now)
    if request.headers.get("HX-Request"):
        row = row_of(Who(person, request.now), agreement)
        return render(request, "cases/_agreement_row.html", {"row": row, "just_changed": True})
    messages.success(request, told)
    page_url = reverse("cases:agreement-page", args=[agreement.uuid])
    return redirect(next_url(request, page_url) if still_sees else reverse("home:today"))


def _changes(agreement: Agreement, values: dict[str, Any]) -> dict[str, Any]:
    # The form shows the school day; kept as it is, what people asked for stays what they asked for.
    if values["deadline"] == agreement.deadline:
        del values["deadline"]
    return values


def _tell_about_day(request: StaffRequest, agreement: Agreement) -> None:
    now = request.now
    if agreement.was_moved:
        told = _("There is no school on %(asked)s. It is due on %(due)s.")
        days = {"asked": day(agreement.deadline_asked, now), "due": day(agreement.deadline, now)}
        messages.info(request, told % days)
    if before := _before_break(agreement):
        told = _("A holiday comes just before. Can it be done by %(day)s?")
        messages.warning(request, told % {"day": day(before, now)})


def _before_break(agreement: Agreement) -> date | None:
    if agreement.all_days or not agreement.is_open:
        return None
    try:
        return calendar_for(agreement.case.school).day_before_long_break(agreement.due_on)
    except CalendarEnds:
        return None


def _shut_out(agreement: Agreement, now: datetime) -> list[User]:
    """Who has a part in this open agreement and cannot read the case: taken back, or it was settled before."""
    case = agreement.case
    return [person for person in _named(agreement) if not can_see_content(person, case, now)]


def _named(agreement: Agreement) -> list[User]:
    """Who has a part in this agreement while it is open, each once."""
    people = [agreement.owner_staff, agreement.responsible_staff] if agreement.is_open else []
    return list(dict.fromkeys(person for person in people if person))


def _settling(agreement: Agreement) -> str:
    return reverse("cases:agreement-settle", args=[agreement.uuid])


def _show(request: StaffRequest, agreement: Agreement, form: SettleForm) -> HttpResponse:
    context = {
        "agreement": agreement,
        "case": agreement.case,
        "title": case_title(agreement.case),
        "row": row_of(who(request), agreement),
        "rules": rules_on(who(request), agreement.case),
        "before_break": _before_break(agreement),
        "readers": [vocabulary.label("visibilities", key) for key in agreement.visibility],
        "shut_out": _shut_out(agreement, request.now),
        "reminders": reminders_of([agreement]),
        "unreachable": unreachable(_named(agreement)),
    }
    return form_page(request, "cases/agreement.html", form, context, place=_settling(agreement))


def _both_texts(request: StaffRequest, agreement: Agreement, form: AgreementForm) -> HttpResponse:
    back = reverse("cases:agreement-page", args=[agreement.uuid])
    return ask(
        request, form.clashes, data=request.POST, back_href=back, case_uuid=agreement.case.uuid
    )


def _show_form(
    request: StaffRequest, case: Case, form: AgreementForm, agreement: Agreement | None = None
) -> HttpResponse:
    about = {"case": case, "title": case_title(case), "agreement": agreement}
    return form_page(request, "cases/agreement_form.html", form, about)
