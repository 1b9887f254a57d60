"""What the API shows of a case leaves a row in the log first, and so does what it refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from cases.access import who
from cases.services.looks import note_denied_part, note_look, note_looks
from pestzorg.api.views import RuledViewSet


class CaseParts(RuledViewSet):
    """Things that hang on a case: a list or one of them, seen through the case."""

    def paginate_queryset(self, queryset: Any) -> Any:
        """One page of rows, after noting whose cases they are of."""
        rows = super().paginate_queryset(queryset) or []
        note_looks(who(self.request), (row.case for row in rows), self.rule)
        return rows

    def one(self, rows: QuerySet[Any], uuid: UUID) -> Any:
        """The row, after noting that it is seen; or a 404 that says nothing about why."""
        me = who(self.request)
        found = rows.filter(uuid=uuid).first()
        if found is None:
            note_denied_part(me, self.rule, rows.model, uuid)
            raise Http404
        note_look(me, found.case, self.rule, found.uuid)
        return found
