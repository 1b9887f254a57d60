"""How the schema describes refusals: every operation answers them as problem documents."""

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
    """The framework's description plus the refusals."""

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
        return operation

    def _refusals(self) -> Iterator[tuple[str, str]]:
        detail = getattr(self.view, "detail", False)
        writes = self.method not in {"GET", "HEAD"}
        if writes or not detail:
            yield "400", "Something is missing or not right."
        yield "401", "Nobody is signed in, or the token does not work."
        if writes:
            yield "403", "The CSRF token is missing."
        if detail:
            yield "404", "It does not exist, or it is closed to the caller: the two look alike."
        if writes:
            yield "422", "A rule of the field forbids it."
