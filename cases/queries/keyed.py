"""Cases by their keys, for a page of keys that access has already decided: with content, or the header alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from cases.models import Case


def headers_of(cases: Iterable[int]) -> QuerySet[Case]:
    """What a header shows. No join to pupil or class: a header needs none."""
    return Case.objects.filter(pk__in=list(cases)).select_related("school")


def with_content(cases: Iterable[int]) -> QuerySet[Case]:
    """What a case shows to who may read it."""
    found = Case.objects.filter(pk__in=list(cases))
    return found.select_related("school", "school_class", "handler").prefetch_related(
        "participants"
    )
