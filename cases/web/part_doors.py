"""The way a page about an agreement or a talk enters: through its case, with its rule and its row in the log."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from cases.access import Who, agreements_visible_to, rules_on, talks_visible_to, who
from cases.models import Agreement, FollowUpTalk
from cases.services.looks import acting_in, note_denied_part, note_look
from cases.web.doors import SHOWS, rule_for
from pestzorg.rules.registry import declare
from pestzorg.web.pages import Page, answer, fresh, methods_of

Part = Agreement | FollowUpTalk
Visible = Callable[[Who], QuerySet[Any]]
CASE_PARTS = ("case__school", "case__school_class", "case__handler")


def agreement_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: turns `agreement_uuid` into `agreement` when the rule is open on its case, else 404."""
    return _part_page("agreement", Agreement, _agreements, rule_by_method)


def talk_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: turns `talk_uuid` into `talk` when the rule is open on its case, else 404."""
    return _part_page("talk", FollowUpTalk, _talks, rule_by_method)


def _part_page(
    name: str, model: type[Part], visible: Visible, rule_by_method: dict[str, str]
) -> Callable[[Page], Page]:
    def decorate(page: Page) -> Page:
        methods = methods_of(rule_by_method)

        @declare(**rule_by_method)
        @fresh
        @wraps(page)
        def enter(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            me, rule = who(request), rule_for(request, rule_by_method)
            uuid = kwargs.pop(f"{name}_uuid")
            part = visible(me).filter(uuid=uuid).first()
            if part is None or rule not in rules_on(me, part.case):
                note_denied_part(me, rule, model, uuid)
                raise Http404
            view = partial(answer, page, case_uuid=part.case.uuid)
            request.entered_case = part.case  # type: ignore[attr-defined] # see doors.py
            with acting_in(me, part.case):
                response = require_http_methods(methods)(view)(request, **{name: part}, **kwargs)
            if response.status_code in SHOWS:
                note_look(me, part.case, rule, part.uuid)
            return response

        return enter

    return decorate


def _agreements(who: Who) -> QuerySet[Any]:
    people = ("owner_staff", "owner_participant", "responsible_staff")
    return agreements_visible_to(who).select_related(*CASE_PARTS, *people)


def _talks(who: Who) -> QuerySet[Any]:
    return talks_visible_to(who).select_related(*CASE_PARTS, "with_participant", "conductor")
