"""How the schema describes operations: what they are about, who may call them, and how they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from pestzorg.api.errors import MEDIA_TYPE


class ProblemSerializer(serializers.Serializer[Any]):
    """One thing that is wrong; `field` is null when it is about the whole."""

    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class RefusalSerializer(serializers.Serializer[Any]):
    """Why something was refused. Programs go by `code`, people read `detail`."""

    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    problems = ProblemSerializer(many=True, required=False)


class RuledSchema(AutoSchema):
    """The framework's description, plus what is the same for every view of the house."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """One operation."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation:
            schema = self.resolve_serializer(RefusalSerializer, "response").ref
            answers = {
                status: {"content": {MEDIA_TYPE: {"schema": schema}}, "description": meaning}
                for status, meaning in self._refusals()
            }
            operation["responses"].update(answers)
            if self._writes:
                # A token reads only: what is written, somebody writes.
                operation["security"] = [{"session": []}]
        return operation

    def get_description(self) -> str:  # type: ignore[override] # the stubs are of another class
        """What the collection is, then what this method does with it."""
        own = str(super().get_description())
        about = (type(self.view).__doc__ or "").strip()
        return own if own.startswith(about) else f"{about} {own}"

    def _refusals(self) -> Iterator[tuple[str, str]]:
        writes = self._writes
        if writes or not getattr(self.view, "detail", False):
            yield "400", "Something is missing or not right."
        yield "401", "Nobody is signed in, or the token does not work."
        if writes:
            yield "403", "The CSRF token is missing."
        if "{" in self.path:
            yield "404", "It does not exist, or it is closed to the caller: the two look alike."
        if writes:
            yield "409", "Somebody else wrote it at the same moment."
        if self.method == "PATCH":
            yield "412", "Somebody else changed it since it was read: read it again."
        if writes:
            yield "422", "A rule of the field forbids it."
        if self.method == "PATCH":
            yield "428", "If-Match does not say which version was read."

    @property
    def _writes(self) -> bool:
        return self.method not in {"GET", "HEAD"}
