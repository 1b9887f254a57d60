"""Pages by cursor: no counts, no page numbers, nothing skipped or repeated while rows are added."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """50 rows a page, at most 100. A view names its order in `newest_first`, ending in something unique."""

    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """The order of the view; the reader cannot choose one."""
        return tuple(view.newest_first)
