"""The methods of a school: as published or in its own words; coordinators adapt them, and go back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.access.methods import get_school, schools_for_rule
from interventions.protocol import methods
from interventions.protocol.adapting import adapting_problems, places, tidied
from interventions.queries.methods import SchoolMethod, methods_of, parts_of
from interventions.services.adapting import adapt_method, retire_copy
from interventions.web.method_form import MethodForm
from pestzorg.errors import refuse_if
from pestzorg.posting.both_texts import ask, settled
from pestzorg.web.pages import page
from pestzorg.web.parts import done, form_page, posted, tell
from schools.models import School
from schools.web.staff_request import StaffRequest


@page(GET="R56")
def listing(request: StaffRequest) -> HttpResponse:
    """Every method at the schools where this reader runs them."""
    schools = list(schools_for_rule(request.user, "R56", request.now).order_by("name"))
    if not schools:
        raise Http404
    found = [(school, methods_of(school)) for school in schools]
    return render(request, "interventions/methods.html", {"found": found})


@page(GET="R56")
def method(request: StaffRequest, code: str, method: str) -> HttpResponse:
    """One method as this school runs it, with what is published beside what it adapted."""
    shown = _shown(request, "R56", code, method)
    may_adapt = schools_for_rule(request.user, "R64", request.now).filter(pk=shown.school.pk)
    context = {"shown": shown, "school": shown.school, "may_adapt": may_adapt.exists()}
    return render(request, "interventions/method.html", context)


@page(GET="R64", POST="R64")
def adapt(request: StaffRequest, code: str, method: str) -> HttpResponse:
    """Put it in the words of the school, and look at it first."""
    shown = _shown(request, "R64", code, method)
    edition = shown.published.version
    form = MethodForm(
        posted(request),
        places=places(method, edition),
        adaptations=shown.carried,
        copy=shown.copy,
    )
    if form.clashes:
        data = settled(request.POST)
        return ask(request, form.clashes, data=data, back_href=request.path, case_uuid=None)
    looks = request.POST.get("action") == "look"

    def act() -> None:
        given = form.adaptations()
        if looks:
            refuse_if(adapting_problems(method, edition, tidied(method, edition, given)))
        else:
            adapt_method(
                request.user, shown.school, method, given, now=request.now, read=shown.copy
            )

    is_done = request.method == "POST" and done(form, act)
    if is_done and not looks:
        messages.success(request, _("Saved. What begins from now on has these words."))
        return redirect(_page_of(shown.school, method))
    context: dict[str, object] = {"shown": shown, "school": shown.school}
    if is_done:
        tidy = tidied(method, edition, form.adaptations())
        context["preview"] = parts_of(method, edition, tidy)
    return form_page(request, "interventions/method_adapt.html", form, context)


@page(POST="R64")
def retire(request: StaffRequest, code: str, method: str) -> HttpResponse:
    """Back to the method as published."""
    shown = _shown(request, "R64", code, method)

    def act() -> None:
        retire_copy(request.user, shown.school, method, now=request.now, read=shown.copy)

    tell(request, act, _("Your school runs this as published again."))
    return redirect(_page_of(shown.school, method))


def _shown(request: StaffRequest, rule: str, code: str, method: str) -> SchoolMethod:
    school = get_school(request.user, rule, code, request.now)
    if method not in methods():
        raise Http404
    return SchoolMethod(school, method)


def _page_of(school: School, method: str) -> str:
    return reverse("interventions:method", args=[school.code, method])
