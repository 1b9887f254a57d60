"""What every list of a case or a conversation does: show rows, add one, change one, through the service of the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import who
from cases.api.doors import OfCase
from cases.queries.closed_steps import may_read_list
from pestzorg.api.versions import IF_MATCH, etag, expect_version
from schools.models import User


class ListOfSteps(OfCase):
    """One list. `list_name` is its name in the protocol: closed to whom every step that shows it is closed."""

    rule_of: ClassVar[dict[str, str]] = {
        "list": "R14",
        "retrieve": "R14",
        "partial_update": "R17",
    }
    newest_first = ("-id",)
    list_name: ClassVar[str]

    def admit(self) -> None:
        """Follow the steps that show the list."""
        if not may_read_list(who(self.request), self.case, self.list_name):
            self.close()

    def rows(self) -> QuerySet[Any]:
        """The rows of the list."""
        raise NotImplementedError

    def write_row(self, actor: User, row: Any, now: datetime, values: dict[str, Any]) -> Any:
        """Add a row, or change this one."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page of rows, newest first."""
        self.note()
        rows = self.paginate_queryset(self.rows().order_by())
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row."""
        row = self.row()
        self.note(row.uuid)
        return self.show(row)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a row; what is not sent stays as it is."""
        row = self.row()
        expect_version(request, row)
        given = self.get_serializer(row, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        return self.show(self._put(row, given.validated_data))

    def row(self) -> Any:
        """The row that the address names, or a 404."""
        found = self.rows().filter(**{self.lookup_field: self.kwargs[self.key_name]}).first()
        if found is None:
            raise Http404
        return found

    def show(self, row: Any, status: int = 200) -> Response:
        """The row with its version."""
        return Response(self.get_serializer(row).data, status=status, headers=etag(row))

    @property
    def key_name(self) -> str:
        """What the address calls the key of a row."""
        return self.lookup_url_kwarg or self.lookup_field

    def _put(self, row: Any, values: dict[str, Any]) -> Any:
        with self.acting():
            return self.write_row(cast(User, self.request.user), row, who(self.request).now, values)


class GrowingList(ListOfSteps):
    """A list to which rows are added."""

    rule_of: ClassVar[dict[str, str]] = {**ListOfSteps.rule_of, "create": "R17"}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a row."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self.show(self._put(None, given.validated_data), status=201)
