"""What the API shows of a case leaves a row in the log first, and so does what it refuses."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, NoReturn
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from cases.access import conversations_visible_to, rules_on, visible_to, who
from cases.ceilings import Level
from cases.models import Case, Conversation
from cases.services.looks import (
    acting_in,
    enter_case,
    note_denied,
    note_denied_part,
    note_look,
    note_looks,
)
from pestzorg.api.views import RuledViewSet

AROUND = ("case__school", "case__school_class", "case__handler")


class CaseParts(RuledViewSet):
    """Things that hang on a case: a list or one of them, seen through the case."""

    def paginate_queryset(self, queryset: Any) -> Any:
        """One page of rows, after noting whose cases they are of."""
        rows = super().paginate_queryset(queryset) or []
        note_looks(who(self.request), (row.case for row in rows), self.rule)
        return rows

    def one(self, rows: QuerySet[Any], uuid: UUID) -> Any:
        """The row when the rule of the action is open on its case, noted; or a 404 that says nothing about why."""
        me = who(self.request)
        found = rows.filter(uuid=uuid).first()
        if found is None or self.rule not in rules_on(me, found.case):
            note_denied_part(me, self.rule, rows.model, uuid)
            raise Http404
        note_look(me, found.case, self.rule, found.uuid)
        return found


class OfCase(RuledViewSet):
    """Things of one case, which the address names: it is entered by the rule of the action, or is a 404."""

    case: Case

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Enter before anything else is looked at."""
        super().initial(request, *args, **kwargs)
        if self.action in self.rule_of:
            self.enter()
            self.admit()

    def enter(self) -> None:
        """Find the case, or refuse as if there were none."""
        self.case = enter_case(who(self.request), self.kwargs["case_uuid"], self.rule)

    def admit(self) -> None:
        """Refuse what is closed within the case, by `close`."""

    def close(self) -> NoReturn:
        """Refuse as if there were nothing, and write that down."""
        note_denied(who(self.request), self.rule, self.case.uuid)
        raise Http404

    def is_there(self) -> bool:
        """Whether the caller sees the case, for what no method answers."""
        seen = visible_to(who(self.request), Level.VIEW)
        return seen.filter(uuid=self.kwargs["case_uuid"]).exists()

    def note(self, part_uuid: UUID | None = None) -> None:
        """Write down that the case, or a part of it, is about to be seen."""
        note_look(who(self.request), self.case, self.rule, part_uuid)

    def acting(self) -> AbstractContextManager[None]:
        """What is done within this `with` is logged with the way by which the caller came."""
        return acting_in(who(self.request), self.case)

    def get_serializer_context(self) -> dict[str, Any]:
        """The case, for fields that name somebody of it."""
        context = dict(super().get_serializer_context())
        case = getattr(self, "case", None)
        return {**context, "case": case, "now": who(self.request).now} if case else context


class OfConversation(OfCase):
    """Things of one conversation, which the address names."""

    conversation: Conversation

    def enter(self) -> None:
        """Find the conversation, or refuse as if there were none."""
        me, uuid = who(self.request), self.kwargs["conversation_uuid"]
        rows = conversations_visible_to(me).select_related(*AROUND, "target", "lead")
        found = rows.filter(uuid=uuid).first()
        if found is None or self.rule not in rules_on(me, found.case):
            note_denied_part(me, self.rule, Conversation, uuid)
            raise Http404
        self.conversation, self.case = found, found.case

    def is_there(self) -> bool:
        """Whether the caller sees the conversation, for what no method answers."""
        seen = conversations_visible_to(who(self.request))
        return seen.filter(uuid=self.kwargs["conversation_uuid"]).exists()


class WithReasons(OfCase):
    """Why something was decided is for who works in the case; R32 reads the reasons of a closed one too."""

    def get_serializer_context(self) -> dict[str, Any]:
        """Whether the reasons may be read."""
        context = super().get_serializer_context()
        rules = rules_on(who(self.request), self.case) if "case" in context else frozenset()
        return {**context, "reads_reasons": not {"R17", "R32"}.isdisjoint(rules)}
