"""URLs of interventions. Every page has two addresses: under its case, and by itself when it has none."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path

from interventions.web import (
    checking,
    class_rules,
    measurements,
    methods,
    pages,
    phases,
    starting,
)
from interventions.web.doors import in_case, without_case
from interventions.web.facilitating import facilitator
from interventions.web.team import team

View = Callable[..., HttpResponse]


def _both(
    place: str, view: View, name: str, in_a_case: dict[str, str], without: dict[str, str]
) -> list[URLPattern]:
    of_case = "cases/<uuid:case_uuid>/interventions/<uuid:intervention_uuid>/" + place
    alone: Any = place.replace("phase_uuid", "preventive_phase_uuid")
    return [
        path(of_case, in_case(**in_a_case)(view), name=f"case-{name}"),
        path(
            f"interventions/<uuid:preventive_uuid>/{alone}",
            without_case(**without)(view),
            name=name,
        ),
    ]


READ = ({"GET": "R14"}, {"GET": "R56"})
READ_AND_RUN = ({"GET": "R14", "POST": "R25"}, {"GET": "R56", "POST": "R57"})
RUN = ({"GET": "R25", "POST": "R25"}, {"GET": "R57", "POST": "R57"})
RUN_ONLY = ({"POST": "R25"}, {"POST": "R57"})

# In a case this lets somebody in, as beginning does.
HAND_ON = ({"GET": "R24", "POST": "R24"}, {"GET": "R57", "POST": "R57"})

app_name = "interventions"
urlpatterns = [
    path("interventions/", starting.listing, name="list"),
    path("interventions/new/", starting.new_preventive, name="new"),
    path("interventions/team/", team, name="team"),
    path("interventions/methods/", methods.listing, name="methods"),
    path("interventions/methods/<slug:code>/<slug:method>/", methods.method, name="method"),
    path("interventions/methods/<slug:code>/<slug:method>/adapt/", methods.adapt, name="adapt"),
    path("interventions/methods/<slug:code>/<slug:method>/retire/", methods.retire, name="retire"),
    path("cases/<uuid:case_uuid>/interventions/new/", starting.new, name="case-new"),
    path("cases/<uuid:case_uuid>/interventions/check/", checking.check, name="case-check"),
    *_both("", pages.page, "page", *READ),
    *_both("phases/<uuid:phase_uuid>/", phases.phase, "phase", *READ_AND_RUN),
    *_both("group/", pages.group, "group", *RUN),
    *_both("measurements/", measurements.measurements, "measurements", *RUN),
    *_both("rules/", class_rules.adopt_within, "rules", *RUN),
    *_both("round/", pages.add_another, "round", *RUN_ONLY),
    *_both("facilitator/", facilitator, "facilitator", *HAND_ON),
    *_both("stop/", pages.stop, "stop", *RUN),
    *_both("finish/", pages.finish, "finish", *RUN),
]
