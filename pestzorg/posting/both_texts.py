"""Two people changed the same field: the page that shows both texts, and what was chosen there."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from pestzorg.posting.drafts import NOT_KEPT, keep, place_of
from pestzorg.posting.merging import Clash, words_of

# Names of the fields of that page; none of our forms has a colon in a name.
CLASH, KEEP, PICK, STORED = "both:clash", "both:keep", "both:pick:", "both:stored:"


def ask(
    request: Any,
    clashes: Iterable[Clash],
    *,
    data: QueryDict,
    back_href: str,
    case_uuid: UUID | None,
) -> HttpResponse:
    """The page of two texts, status 409. What was typed is kept as a draft until it is chosen or thrown away."""
    found = list(clashes)
    keep(request.user, place_of(request), request.POST, now=request.now, case_uuid=case_uuid)
    carried = {k: v for k, v in data.lists() if k not in NOT_KEPT and not k.startswith("both:")}
    for form in {id(clash.form): clash.form for clash in found}.values():
        carried |= form.carried()
    context = {
        "clashes": found,
        "carried": [(name, value) for name, values in carried.items() for value in values],
        "back_href": back_href,
    }
    return render(request, "posting/both_texts.html", context, status=HTTPStatus.CONFLICT)


def too_late(request: Any, form: Form, *, back_href: str, case_uuid: UUID) -> HttpResponse:
    """Somebody else ended what this form is about: status 409, with what was typed to read and kept as a draft."""
    keep(request.user, place_of(request), request.POST, now=request.now, case_uuid=case_uuid)
    typed = [(str(field.label), words_of(field)) for field in form.visible_fields()]
    context = {"typed": [(label, words) for label, words in typed if words], "back_href": back_href}
    return render(request, "posting/too_late.html", context, status=HTTPStatus.CONFLICT)


def settled(data: QueryDict) -> QueryDict:
    """What was posted, with the choices of the page of two texts worked in."""
    if CLASH not in data:
        return data
    result = data.copy()
    for name in data.getlist(CLASH):
        stored = data.getlist(STORED + name)
        match data.get(KEEP) or data.get(PICK + name):
            case "theirs":
                result.setlist(name, stored)
            case "both":
                result.setlist(name, ["\n\n".join([*stored, *data.getlist(name)])])
    return result
