"""Keeping a colleague out of a whole school, and letting them in again by two people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from pestzorg.web.pages import page
from pestzorg.web.parts import done, posted
from schools.models import School
from schools.queries.exclusions import excluded_from_school, schools_decided_by
from schools.queries.people import people_around
from schools.services.exclusions import exclude_from_school, lift_school_exclusion
from schools.web.exclude import ExcludeForm, lift_posted
from schools.web.staff_request import StaffRequest


def _school(request: StaffRequest) -> School:
    """The school in the address, for who decides there; for everybody else there is no such page."""
    match = request.resolver_match
    code = match.kwargs["code"] if match else ""
    return get_object_or_404(schools_decided_by(request.user.pk, request.now), code=code)


@page(door=_school, GET="P12", POST="P12")
def exclusions(request: StaffRequest, code: str) -> HttpResponse:
    """Who sees nothing of this school for now; with a form to exclude one more."""
    school, now = _school(request), request.now
    form = ExcludeForm(posted(request), people=people_around(school, now))

    def act() -> None:
        given = form.cleaned_data
        exclude_from_school(request.user, school, given["person"], reason=given["reason"], now=now)

    if request.method != "POST" or not done(form, act):
        context = {"school": school, "form": form, "rows": excluded_from_school(school, now)}
        status = 422 if form.errors else 200
        return render(request, "people/exclusions.html", context, status=status)
    told = _("%(name)s sees nothing of pupils at this school any more.")
    messages.success(request, told % {"name": form.cleaned_data["person"].first_name})
    return _back(request, school)


@page(door=_school, POST="P13")
def lift(request: StaffRequest, code: str) -> HttpResponse:
    """Ask to let somebody in again, or agree to it as the second person."""
    school, now = _school(request), request.now
    rows = excluded_from_school(school, now)
    lift_posted(request, rows, lambda row: lift_school_exclusion(request.user, row, now=now))
    return _back(request, school)


def _back(request: StaffRequest, school: School) -> HttpResponse:
    # Who excluded oneself decides nothing here any more.
    if schools_decided_by(request.user.pk, request.now).filter(pk=school.pk).exists():
        return redirect("schools:exclusions", school.code)
    return redirect("people:settings")
