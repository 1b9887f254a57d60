"""The way every page enters an intervention: through its case, or by itself when it has none. Else 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from cases.access import Who, who
from cases.models import Case
from cases.web.doors import SHOWS, case_page, rule_for
from interventions.access.interventions import get_of_case, get_without_case, may_run
from interventions.models import Intervention
from interventions.services.looks import note_denied_alone, note_look_alone
from pestzorg.rules.registry import declare
from pestzorg.web.pages import Page, answer, fresh, methods_of

# With these rules somebody writes; reading along is another one.
RUNS = frozenset({"R25", "R57"})


def in_case(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: `intervention_uuid`, and `phase_uuid` where there is one, become rows of this case."""

    def part(request: HttpRequest, case: Case, **kwargs: Any) -> dict[str, Any]:
        intervention = get_of_case(case, kwargs["intervention_uuid"])
        _refuse_reader(who(request), intervention, rule_for(request, rule_by_method))
        return _given(intervention, kwargs.get("phase_uuid"))

    return case_page(part, **rule_by_method)


def without_case(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: the same for an intervention without a case. Looking and being refused leave a row in the log."""

    def decorate(page: Page) -> Page:
        methods = methods_of(rule_by_method)

        @declare(**rule_by_method)
        @fresh
        @wraps(page)
        def enter(request: HttpRequest, preventive_uuid: UUID, **kwargs: Any) -> HttpResponse:
            me, rule = who(request), rule_for(request, rule_by_method)
            try:
                intervention = get_without_case(me, preventive_uuid)
                given = _given(intervention, kwargs.get("preventive_phase_uuid"))
            except Http404:
                note_denied_alone(me, preventive_uuid, rule)
                raise
            view = partial(answer, page)
            response = require_http_methods(methods)(view)(request, **given)
            if response.status_code in SHOWS:
                note_look_alone(me, intervention, rule)
            return response

        return enter

    return decorate


def _given(intervention: Intervention, phase_uuid: UUID | None) -> dict[str, Any]:
    if phase_uuid is None:
        return {"intervention": intervention}
    record = intervention.phases.filter(uuid=phase_uuid).first()
    if record is None:
        raise Http404
    record.intervention = intervention
    return {"intervention": intervention, "record": record}


def _refuse_reader(me: Who, intervention: Intervention, rule: str) -> None:
    if rule in RUNS and not may_run(me, intervention):
        raise Http404
