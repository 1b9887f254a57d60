"""The way a page about an agreement or a talk enters: through its case, with the rule of the case."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from cases.access import Who, agreements_visible_to, rules_on, talks_visible_to, who
from pestzorg.rules.registry import declare
from pestzorg.web.pages import Page, answer, fresh, methods_of

CASE_PARTS = ("case__school", "case__school_class", "case__handler")


def agreement_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: turns `agreement_uuid` into `agreement` when the rule is open on its case, else 404."""
    return _part_page("agreement", _agreements, rule_by_method)


def talk_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: turns `talk_uuid` into `talk` when the rule is open on its case, else 404."""
    return _part_page("talk", _talks, rule_by_method)


def _part_page(
    name: str, visible: Callable[[Who], QuerySet[Any]], rule_by_method: dict[str, str]
) -> Callable[[Page], Page]:
    def decorate(page: Page) -> Page:
        allowed = require_http_methods(methods_of(rule_by_method))

        @declare(**rule_by_method)
        @fresh
        @wraps(page)
        def enter(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            part = _get(visible(who(request)), kwargs.pop(f"{name}_uuid"))
            method = "GET" if request.method == "HEAD" else str(request.method)
            rule = rule_by_method.get(method, next(iter(rule_by_method.values())))
            if rule not in rules_on(who(request), part.case):
                raise Http404
            case_uuid = part.case.uuid
            return answer(allowed(page), request, case_uuid=case_uuid, **{name: part}, **kwargs)

        return enter

    return decorate


def _get(parts: QuerySet[Any], uuid: UUID) -> Any:
    found = parts.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def _agreements(who: Who) -> QuerySet[Any]:
    people = ("owner_staff", "owner_participant", "responsible_staff")
    return agreements_visible_to(who).select_related(*CASE_PARTS, *people)


def _talks(who: Who) -> QuerySet[Any]:
    return talks_visible_to(who).select_related(*CASE_PARTS, "with_participant", "conductor")
