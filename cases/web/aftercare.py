"""Aftercare: the talks on their days, the end of the case, and opening it again."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import can, rules_on, who
from cases.models import AftercareCheck, Case
from cases.models.case import CaseStatus
from cases.queries.closing.people import deciders_of
from cases.queries.closing.state import may_be_held_from
from cases.queries.worklist import case_title
from cases.services.closing import close_case, move_check, record_check, reopen_case
from cases.web.aftercare_forms import CheckForm, MoveCheckForm, ReopenForm
from cases.web.doors import case_page
from pestzorg.posting.both_texts import ask, too_late
from pestzorg.web.parts import done, form_page, posted, tell
from schools.web.staff_request import StaffRequest

AFTERCARE = CaseStatus.AFTERCARE


@case_page(GET="R14", POST="R32")
def check(request: StaffRequest, case: Case, check_uuid: UUID) -> HttpResponse:
    """One talk of aftercare; who handles the case writes down how it went."""
    found = _check(case, check_uuid)
    if request.method != "POST":
        return _show(request, found, CheckForm(posted(request), check=found))
    form = CheckForm(posted(request), check=found)
    if not found.is_planned:
        return too_late(request, form, back_href=_address(found), case_uuid=case.uuid)

    def act() -> None:
        record_check(request.user, found, now=request.now, **form.service_values())

    if not done(form, act):
        # A refused form left its answers on the object; what counts is what is stored.
        return _show(request, _check(case, check_uuid), form)
    return _go_on(request, found)


@case_page(GET="R32", POST="R32")
def move(request: StaffRequest, case: Case, check_uuid: UUID) -> HttpResponse:
    """Another day for a talk: it moves, and is never dropped."""
    found = _check(case, check_uuid)
    form = MoveCheckForm(posted(request), check=found)
    if not found.is_planned:
        if request.method != "POST":
            return redirect(_address(found))
        return too_late(request, form, back_href=_address(found), case_uuid=case.uuid)
    if form.clashes:
        back = _address(found)
        return ask(request, form.clashes, data=request.POST, back_href=back, case_uuid=case.uuid)

    def act() -> None:
        move_check(request.user, found, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        about = {"case": case, "check": _check(case, check_uuid), "title": case_title(case)}
        return form_page(request, "cases/aftercare_move.html", form, about)
    messages.success(request, _("The talk has moved."))
    return redirect(_address(found))


@case_page(POST="R32")
def close(request: StaffRequest, case: Case) -> HttpResponse:
    """The end: read from now on, and not written."""
    told = _("The case is closed for good. Well done, all of you.")
    tell(request, partial(close_case, request.user, case, now=request.now), told)
    return redirect("cases:page", case.uuid)


@case_page(GET="R32", POST="R32")
def reopen(request: StaffRequest, case: Case) -> HttpResponse:
    """It began again: the case is in progress from now on, and assessed first."""
    may = case.status == AFTERCARE or (
        case.status == CaseStatus.CLOSED and request.user in deciders_of(case, request.now)
    )
    if request.method != "POST" and not may:
        return redirect("cases:page", case.uuid)
    form = ReopenForm(posted(request))

    def act() -> None:
        reopen_case(request.user, case, form.cleaned_data["reason"], now=request.now)

    if request.method != "POST" or not done(form, act):
        return form_page(
            request, "cases/reopen.html", form, {"case": case, "title": case_title(case)}
        )
    return _to_assess(request, case)


def _go_on(request: StaffRequest, check: AftercareCheck) -> HttpResponse:
    if check.verdict == AftercareCheck.Verdict.RELAPSE:
        return _to_assess(request, check.case)
    messages.success(request, _("Written down. Thank you."))
    return redirect(reverse("cases:page", args=[check.case.uuid]) + "#aftercare")


def _to_assess(request: StaffRequest, case: Case) -> HttpResponse:
    messages.success(request, _("The case is open again. Assess first how serious it is now."))
    return redirect("cases:severity", case.uuid)


def _check(case: Case, uuid: UUID) -> AftercareCheck:
    found = case.aftercare_checks.select_related("closing", "held_by").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    found.case = case
    return found


def _address(check: AftercareCheck) -> str:
    return reverse("cases:aftercare-check", args=[check.case.uuid, check.uuid])


def _show(request: StaffRequest, check: AftercareCheck, form: CheckForm) -> HttpResponse:
    case = check.case
    opens_on = may_be_held_from(check) if check.is_planned else None
    is_after = case.status == AFTERCARE and check.is_planned
    context = {
        "check": check,
        "case": case,
        "title": case_title(case),
        "rules": rules_on(who(request), case),
        "may_record": is_after and can(who(request), "R32", case),
        "is_early": bool(opens_on and opens_on > request.now.astimezone(case.school.zone).date()),
        "opens_on": opens_on,
        "reviewed": check.agreements_reviewed.select_related("owner_staff", "owner_participant"),
    }
    return form_page(request, "cases/aftercare_check.html", form, context)
