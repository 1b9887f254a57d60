"""The thermometer for a board: whole schools, whole school years."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from interventions.access.thermometer import boards_of
from interventions.queries.thermometer_board import LEAST_CLASSES, schools_of_board
from pestzorg.web.pages import page
from schools.web.staff_request import StaffRequest


@page(GET="R62")
def board(request: StaffRequest) -> HttpResponse:
    """Every school with the years that may be shown; 404 for who looks at no board."""
    if not boards_of(request.user, request.now).exists():
        raise Http404
    context = {
        "schools": schools_of_board(request.user, request.now),
        "least_classes": LEAST_CLASSES,
    }
    return render(request, "thermometer/board.html", context)
