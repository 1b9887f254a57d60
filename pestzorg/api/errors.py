"""Errors of the API as problem documents (RFC 9457) with stable codes. Which rules exist is not known here."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from pestzorg.audit.log import LogUnwritable
from pestzorg.errors import RuleBroken
from pestzorg.posting.versions import Stale

MEDIA_TYPE = "application/problem+json"
KEPT_HEADERS = {"WWW-Authenticate", "Retry-After"}


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error; None for what nobody expected, which becomes a 500."""
    if isinstance(error, RuleBroken):
        return _answer(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "rule_broken",
            _("This cannot be done."),
            _broken(error),
        )
    if isinstance(error, Stale):
        return _answer(
            HTTPStatus.CONFLICT, "stale", _("Somebody else changed this. Read it again first.")
        )
    if isinstance(error, LogUnwritable):
        sentence = _("What you ask for cannot be logged now, so it is not shown.")
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "not_logged", sentence)
    if isinstance(error, Http404):
        # Nothing of the error may show: what is absent and what is closed look alike.
        error = exceptions.NotFound()
    answer = exception_handler(error, context)
    if answer is None or not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        problems = list(_invalid(error.get_full_details()))
        return _answer(
            error.status_code, "invalid", _("Something is missing or not right."), problems
        )
    found = _answer(error.status_code, str(error.default_code), str(error.detail))
    for name in KEPT_HEADERS & set(answer.headers):
        found[name] = answer[name]
    return found


def _answer(
    status: int, code: str, detail: str, problems: list[dict[str, str | None]] | None = None
) -> Response:
    body: dict[str, Any] = {
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
    }
    if problems is not None:
        body["problems"] = problems
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _broken(error: RuleBroken) -> list[dict[str, str | None]]:
    return [{"field": p.field, "code": p.code, "detail": str(p.message)} for p in error.problems]


def _invalid(details: Any, field: str | None = None) -> Iterator[dict[str, str | None]]:
    """The nested details of the framework as flat problems; a nested field reads `outer.inner`."""
    if isinstance(details, dict) and {"message", "code"} == set(details):
        yield {"field": field, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            whole = name == "non_field_errors"
            yield from _invalid(inner, field if whole else f"{field}.{name}" if field else name)
    else:
        for inner in details:
            yield from _invalid(inner, field)
