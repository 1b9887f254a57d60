"""Who can see a case; sharing it and taking it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.access import rules_on, who
from cases.ceilings import RULE_OF_EXTRA
from cases.models import Case
from cases.queries.case_page import Reader, readers_of
from cases.queries.emergency import openings_of
from cases.queries.people import CasePeople
from cases.queries.reasons import lapsed_grants
from cases.queries.worklist import case_title
from cases.services.extras import grant_extra, take_back_extra
from cases.services.sharing import share_case, take_back
from cases.web.doors import case_page
from cases.web.sharing_forms import ShareForm
from pestzorg.web.parts import done, posted, tell
from schools.models import User
from schools.web.staff_request import StaffRequest


@case_page(GET="R26", POST="R27")
def access(request: StaffRequest, case: Case) -> HttpResponse:
    """Everybody who sees this case and why; with a form to share it for those who decide."""
    person = request.user
    form = _share_form(request, case, readers_of(case, CasePeople(case, request.now), request.now))

    def act() -> None:
        share_case(person, case, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        return _show(request, case, form)
    told = _("%(name)s can see this case now.")
    messages.success(request, told % {"name": form.cleaned_data["colleague"].first_name})
    return redirect("cases:access", case.uuid)


@case_page(POST="R27")
def take_back_access(request: StaffRequest, case: Case, user_uuid: UUID) -> HttpResponse:
    """End the personal access of a colleague."""
    colleague = _with_grant(request, case, user_uuid)
    tell(
        request,
        lambda: take_back(request.user, case, colleague, now=request.now),
        _("%(name)s has no personal access any more.") % {"name": colleague.first_name},
    )
    return redirect("cases:access", case.uuid)


@case_page(POST="R27")
def extra(request: StaffRequest, case: Case, user_uuid: UUID) -> HttpResponse:
    """Give a colleague a right beside the level, or take it back; only one that the giver has."""
    colleague, key = _with_grant(request, case, user_uuid), request.POST.get("extra", "")
    if RULE_OF_EXTRA.get(key) not in rules_on(who(request), case):
        messages.error(request, _("Choose from the list."))
        return redirect("cases:access", case.uuid)
    change = grant_extra if request.POST.get("give") else take_back_extra
    tell(
        request,
        lambda: change(request.user, case, colleague, key, now=request.now),
        _("The rights of %(name)s are changed.") % {"name": colleague.first_name},
    )
    return redirect("cases:access", case.uuid)


def _with_grant(request: StaffRequest, case: Case, user_uuid: UUID) -> User:
    readers = readers_of(case, CasePeople(case, request.now), request.now)
    found = next((r for r in readers if r.seer.user.uuid == user_uuid and r.seer.grant), None)
    if found is None:
        raise Http404
    return found.seer.user


def _share_form(request: StaffRequest, case: Case, readers: list[Reader]) -> ShareForm:
    keep = {r.seer.user.pk for r in readers if r.is_handler or r.is_lead}
    person = request.user
    return ShareForm(posted(request), case=case, now=request.now, user=person, keep=keep)


def _show(request: StaffRequest, case: Case, form: ShareForm) -> HttpResponse:
    people, rules = CasePeople(case, request.now), rules_on(who(request), case)
    manages = "R27" in rules
    context = {
        "case": case,
        "title": case_title(case),
        "readers": readers_of(case, people, request.now),
        "form": form,
        "rules": rules,
        "extras": [key for key, rule in RULE_OF_EXTRA.items() if rule in rules and manages],
        "openings": openings_of(case) if "R32" in rules else (),
        "lapsed": lapsed_grants(case) if manages else (),
    }
    return render(request, "cases/access.html", context, status=422 if form.errors else 200)
