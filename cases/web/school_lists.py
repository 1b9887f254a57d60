"""Two lists at the turning points of the school year. They show; what is to be done, is done on the pages behind."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from cases.access import who
from cases.queries.school_lists import before_holiday as before_holiday_of
from cases.queries.school_lists import handover as handover_of
from cases.web.doors import list_page, shows
from schools.web.staff_request import StaffRequest


@list_page(GET="R12")
def before_holiday(request: StaffRequest) -> HttpResponse:
    """What is still open before the next holiday, of the cases the reader handles or decides about."""
    lists = before_holiday_of(who(request))
    shows(request, (row.case for one in lists for row in [*one.before, *one.after]))
    return render(request, "cases/before_holiday.html", {"lists": lists})


@list_page(GET="R12")
def handover(request: StaffRequest) -> HttpResponse:
    """The cases that go along into the next school year, or that came along into this one."""
    lists = handover_of(who(request))
    shows(request, (row.case for one in lists for row in one.cases))
    return render(request, "cases/handover.html", {"lists": lists})
