"""Where people arrive after signing in: each role at the page that starts its day."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases.queries.emergency import REVIEWERS
from cases.web.protect import UNSEEN_BY
from interventions.access.thermometer import boards_of, schools_to_set
from pestzorg.home.roles import OVERSEERS, STAFF, roles_of_reader
from pestzorg.web.pages import page
from schools.queries.exclusions import schools_decided_by
from schools.queries.stuck_mail import tends_mail
from schools.web.staff_request import StaffRequest


@page(GET="P02")
def landing(request: StaffRequest) -> HttpResponse:
    """The overview, Today, or for boards and administrators a page that says why it is empty."""
    roles = roles_of_reader(request)
    if roles & OVERSEERS:
        return redirect("home:overview")
    if roles & STAFF:
        return redirect("home:today")
    context = {
        "reviews": roles & REVIEWERS,
        "acts_by_code": roles & UNSEEN_BY,
        "decides": schools_decided_by(request.user.pk, request.now),
        "looks_at_boards": boards_of(request.user, request.now).exists(),
        "measures": schools_to_set(request.user, request.now).order_by("name"),
        "tends_mail": tends_mail(request.user, request.now),
    }
    return render(request, "home/nothing_yet.html", context)
