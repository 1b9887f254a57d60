"""The way every page enters a case: declare the rule per method, get the case or a 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from cases.access import get_case, rules_on, who
from pestzorg.rules.registry import declare
from pestzorg.signin.step_up import needs_step_up, refuse_stale
from pestzorg.web.pages import Page, answer, fresh, methods_of


def case_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: `@case_page(GET="R14", POST="R17")` turns `case_uuid` into `case` when the rule is open.

    The case is looked up before the method is judged and before a fresh sign-in is asked, so a forbidden case and
    an absent one answer alike.
    """

    def decorate(page: Page) -> Page:
        allowed = require_http_methods(methods_of(rule_by_method))

        @declare(**rule_by_method)
        @fresh
        @wraps(page)
        def enter(request: HttpRequest, case_uuid: UUID, **kwargs: Any) -> HttpResponse:
            method = "GET" if request.method == "HEAD" else str(request.method)
            rule = rule_by_method.get(method, next(iter(rule_by_method.values())))
            reader = who(request)
            case = get_case(reader, case_uuid, rule)
            # Also when reading: who may act here is asked before typing, and who only reads is not asked.
            if needs_step_up(rule, *(set(rule_by_method.values()) & rules_on(reader, case))):
                refuse_stale(request)
            return answer(allowed(page), request, case_uuid=case.uuid, case=case, **kwargs)

        return enter

    return decorate
