"""All approaches of a school on one page, for who looks after the school as a whole."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.access import who
from cases.web.doors import list_page, shows
from interventions.access.team import team_schools
from interventions.queries.team import shown_cases, team_of
from schools.web.staff_request import StaffRequest


@list_page(GET="R61")
def team(request: StaffRequest) -> HttpResponse:
    """What runs, what is due and what worked; of cases that the reader knows by their header the code and the day."""
    schools = team_schools(request.user, request.now)
    if not schools:
        raise Http404
    teams = team_of(who(request), schools)
    shows(request, shown_cases(line for team in teams for line in team.running))
    return render(request, "interventions/team.html", {"teams": teams})
