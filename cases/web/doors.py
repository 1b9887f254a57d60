"""The way every page enters a case: declare the rule per method, get the case or a 404, leave a row in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from cases.access import get_case, get_case_unseen, rules_on, who
from cases.services.looks import Find, Shown, acting_in, enter_case, note_look, note_looks
from pestzorg.rules.registry import declare
from pestzorg.signin.step_up import needs_step_up, refuse_stale
from pestzorg.web.pages import Page, answer, fresh, methods_of

# What carries a page. Anything else (a redirect, a refused method) shows nothing of a case.
SHOWS = (HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


Part = Callable[..., dict[str, Any]]


def case_page(part: Part | None = None, **rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: `@case_page(GET="R14", POST="R17")` turns `case_uuid` into `case` when the rule is open.

    `part` gives the page something of the case instead, or raises Http404. The case is looked up before the method is
    judged and before a fresh sign-in is asked, so a forbidden case and an absent one answer alike.
    """
    return _door(get_case, rule_by_method, part)


def unseen_case_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """The same for an act that the counsellor or the safety officer does without seeing the case."""
    return _door(get_case_unseen, rule_by_method)


def _door(
    find: Find, rule_by_method: dict[str, str], part: Part | None = None
) -> Callable[[Page], Page]:
    def decorate(page: Page) -> Page:
        methods = methods_of(rule_by_method)

        @declare(**rule_by_method)
        @fresh
        @wraps(page)
        def enter(request: HttpRequest, case_uuid: UUID, **kwargs: Any) -> HttpResponse:
            me, rule = who(request), rule_for(request, rule_by_method)
            case = enter_case(me, case_uuid, rule, find)
            request.entered_case = case  # type: ignore[attr-defined] # for the banner of emergency access
            # Also when reading: who may act here is asked before typing, and who only reads is not asked.
            if needs_step_up(rule, *(set(rule_by_method.values()) & rules_on(me, case))):
                refuse_stale(request)
            with acting_in(me, case):
                given = part(request, case, **kwargs) if part else {"case": case, **kwargs}
                view = partial(answer, page, case_uuid=case.uuid)
                response = require_http_methods(methods)(view)(request, **given)
            if response.status_code in SHOWS:
                note_look(me, case, rule)
            return response

        return enter

    return decorate


def list_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator for a page with content of several cases; the view says which through `shows`, or it fails."""

    def decorate(page: Page) -> Page:
        allowed = require_http_methods(methods_of(rule_by_method))

        @declare(**rule_by_method)
        @fresh
        @wraps(page)
        def enter(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            response = allowed(partial(answer, page))(request, **kwargs)
            if response.status_code in SHOWS:
                shown = getattr(request, "_pestzorg_shows", None)
                if shown is None:
                    raise LookupError("A list page says which cases it shows.")
                note_looks(who(request), shown, rule_for(request, rule_by_method))
            return response

        return enter

    return decorate


def shows(request: HttpRequest, cases: Iterable[Shown]) -> None:
    """Say of which cases this page shows content; headers alone do not count."""
    request._pestzorg_shows = list(cases)  # type: ignore[attr-defined]


def rule_for(request: HttpRequest, rule_by_method: Mapping[str, str]) -> str:
    """The rule of this method; of the first method for one that is not answered."""
    method = "GET" if request.method == "HEAD" else str(request.method)
    return rule_by_method.get(method, next(iter(rule_by_method.values())))
