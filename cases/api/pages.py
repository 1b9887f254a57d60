"""Pages of cases by cursor: the newest first from the read model, in one statement a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import Who, who
from cases.access.page import CLOSED, FIRST, OPEN, Key, Part, Place, page, place_of
from cases.models import Case
from pestzorg.api.pagination import NewestFirst


class NewestCases(NewestFirst):
    """Gives keys, with the level on each, instead of rows. The cursor names the case where a page begins or ends."""

    shown: Sequence[dict[str, Any]]

    def paginate_queryset(  # type: ignore[override] # keys, because their levels decide what may be joined
        self, queryset: QuerySet[Case], request: Request, view: Any = None
    ) -> list[Key]:
        """The keys of the page the request asks for; `queryset` narrows when the request names a filter."""
        self.request, self.base_url = request, request.build_absolute_uri()
        size = self.get_page_size(request) or self.page_size
        self.cursor = self.decode_cursor(request)
        newer = bool(self.cursor and self.cursor.reverse)
        narrows = any(request.query_params.get(name) for name in view.filterset_class.base_filters)
        part = Part(
            limit=size + 1,
            place=self._place(who(request)),
            newer=newer,
            states=(OPEN, CLOSED),
            among=queryset.order_by().values("pk") if narrows else None,
        )
        found = page(who(request), part)
        more = len(found) > size
        self.has_next = more or newer
        self.has_previous = more if newer else self.cursor is not None
        return found[-size:] if newer else found[:size]

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the links on both sides of it."""
        self.shown = data
        return super().get_paginated_response(data)

    def get_next_link(self) -> str | None:
        """Where the older cases are."""
        return self._link(-1, reverse=False) if self.has_next and self.shown else None

    def get_previous_link(self) -> str | None:
        """Where the newer cases are."""
        return self._link(0, reverse=True) if self.has_previous and self.shown else None

    def _link(self, position: int, *, reverse: bool) -> str:
        uuid = self.shown[position]["uuid"]
        return str(self.encode_cursor(Cursor(offset=0, reverse=reverse, position=uuid)))

    def _place(self, who: Who) -> Place:
        if self.cursor is None:
            return FIRST
        try:
            found = place_of(who, UUID(str(self.cursor.position)))
        except ValueError:
            found = None
        if found is None:
            raise NotFound(self.invalid_cursor_message)
        return found
