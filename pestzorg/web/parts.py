"""Small turns that many views take: what was posted, where to go back to, a service that may refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import messages
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from pestzorg.errors import RuleBroken
from pestzorg.posting.both_texts import settled
from pestzorg.posting.drafts import around, taken_up
from pestzorg.web.forms import add_rule_errors


def posted(request: HttpRequest, place: str = "") -> QueryDict | None:
    """What a form begins with: the data of a POST, also when it is empty; a draft that is taken up; None for nothing.

    `place` is where the form is sent, when that is another address than the page's own.
    """
    return settled(request.POST) if request.method == "POST" else taken_up(request, place)


F = TypeVar("F", bound=forms.BaseForm)


def unjudged(form: F) -> F:
    """As it stands, also half filled: a draft that is taken up was not sent yet."""
    form._errors = ErrorDict()  # type: ignore[attr-defined] # not in the stubs
    return form


def form_page(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    context: Mapping[str, object],
    *,
    place: str = "",
) -> HttpResponse:
    """A page around one form that keeps what is typed; 422 when it was sent and refused."""
    is_sent = request.method == "POST"
    taken = cast(QueryDict, form.data) if form.is_bound and not is_sent else None
    if taken is not None:
        unjudged(form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_sent and form.errors else HTTPStatus.OK
    shown = {**context, "form": form, **around(request, taken, place)}
    return render(request, template, shown, status=status)


def next_url(request: HttpRequest, fallback: str) -> str:
    """Where the form, or the way to it, asks to go on, when that is a page of this installation."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    secure = request.is_secure()
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=secure)
    return wanted if wanted and is_ours else fallback


def tell(request: HttpRequest, act: Callable[[], Any], told: str) -> bool:
    """Do it and say so, or say why not; whether it was done. For a button without fields of its own."""
    try:
        act()
    except RuleBroken as error:
        messages.error(request, " ".join(str(problem.message) for problem in error.problems))
        return False
    messages.success(request, told)
    return True


def done(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Whether the form is valid and the service accepted it; what it refused stands at the fields."""
    if not form.is_valid():
        return False
    try:
        act()
    except RuleBroken as error:
        add_rule_errors(form, error)
        return False
    return True
