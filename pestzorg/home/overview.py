"""The overview of one school for its coordinator and its leader."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.access import who
from cases.queries.against_wishes import against_wishes
from cases.queries.emergency import recent_openings
from cases.queries.overview import SILENT_AFTER, overview_of
from cases.queries.waiting_closings import waiting_closings
from cases.web.doors import list_page, shows
from interventions.queries.team import late_at, shown_cases
from pestzorg.home.sentences import school_sentence
from schools.access import schools_for
from schools.models import School
from schools.roles import Role
from schools.web.staff_request import StaffRequest


@list_page(GET="P02")
def overview(request: StaffRequest) -> HttpResponse:
    """Late, today, new and silent, and where the cases stand. 404 for who leads or coordinates no school."""
    oversees = (Role.COORDINATOR, Role.PRINCIPAL)
    schools = list(schools_for(request.user, request.now, oversees).order_by("name"))
    school = _chosen(schools, request.GET.get("school", ""))
    found = overview_of(who(request), school)
    against = against_wishes(who(request), school)
    late_phases = late_at(who(request), school)
    late = len(found.late) + len(late_phases)
    named = [line.case for line in found.lines if line.has_content] + shown_cases(late_phases)
    closings = [one for one in waiting_closings(who(request)) if one.case.school == school]
    deciding = (one.case for one in closings if not one.signs)
    shows(request, [*named, *(todo.case for todo in against), *deciding])
    context = {
        "school": school,
        "schools": schools,
        "overview": found,
        "openings": recent_openings(who(request)),
        "against_wishes": against,
        "late": late,
        "sentence": school_sentence(late, len(found.silent)),
        "coordinates": school in schools_for(request.user, request.now, (Role.COORDINATOR,)),
        "silent_after": SILENT_AFTER,
        "closings": closings,
        "late_phases": late_phases,
        "groups": ("late", "today", "new", "silent"),
    }
    return render(request, "home/overview.html", context)


def _chosen(schools: list[School], code: str) -> School:
    """The school that was asked for, the first without a wish; 404 for a school of somebody else."""
    found = next((school for school in schools if code in {"", school.code}), None)
    if found is None:
        raise Http404
    return found
