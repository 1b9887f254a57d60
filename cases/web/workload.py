"""Who has how much to do, in numbers, for the coordinator."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.access import who
from cases.queries.workload import workload
from pestzorg.web.pages import page
from schools.access import schools_for
from schools.roles import Role
from schools.web.staff_request import StaffRequest


@page(GET="P15")
def listing(request: StaffRequest) -> HttpResponse:
    """One row per colleague of one school, without anything of a case; 404 for who coordinates no school."""
    schools = list(
        schools_for(request.user, request.now, (Role.COORDINATOR,)).order_by("name", "pk")
    )
    wanted = request.GET.get("school", "")
    school = next((school for school in schools if wanted in {"", school.code}), None)
    if school is None:
        raise Http404
    loads = workload(who(request), school)
    # Beside each number a bar, next to the busiest colleague.
    most = {
        name: max((getattr(load, name) for load in loads), default=0)
        for name in ("agreements", "planned", "conversations")
    }
    context = {"school": school, "schools": schools, "loads": loads, "most": most}
    return render(request, "cases/workload.html", context)
