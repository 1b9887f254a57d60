"""Fields of the API: keys of the vocabulary, sealed text, people of a case. Which rows somebody may see is not known here."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from cases.models import Agreement, Conversation, Incident, Participant
from cases.models.vocabulary_fields import KnownTerm
from cases.protocol import vocabulary as words
from cases.queries.people import staff_for
from pestzorg.crypto.fields import EncryptedTextField
from schools.models import User

Row = TypeVar("Row", bound=models.Model)


class Term(serializers.CharField):
    """A key of one list of the vocabulary. Lists may grow, so the schema names the keys without closing the list."""

    def __init__(self, *, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(**kwargs)
        self.validators.append(KnownTerm(vocabulary))


class Terms(serializers.ListField):
    """Several keys of one list, possibly none."""

    def __init__(self, *, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(child=serializers.CharField(), **kwargs)
        self.validators.append(KnownTerm(vocabulary))


class PersonSerializer(serializers.ModelSerializer[User]):
    """A colleague."""

    name = serializers.CharField(source="full_name", read_only=True)

    class Meta:
        model = User
        fields = ["uuid", "name"]


class Named(serializers.RelatedField[Any, Any, Any]):
    """Somebody of this case by uuid. Who belongs to another case is refused in the words for who does not exist."""

    default_error_messages = {"unknown": _("Choose from the list.")}

    def here(self) -> QuerySet[Any]:
        """Who can be named in this case."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """The same, under the framework's name."""
        return self.here()

    def to_internal_value(self, data: Any) -> Any:
        """The row with this uuid, if it can be named here."""
        try:
            found = self.here().filter(uuid=UUID(str(data))).first()
        except ValueError:
            found = None
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Any) -> Any:
        """Its uuid."""
        return str(value.uuid)


class Colleague(Named):
    """A uuid in what is sent, with the name beside it in what is shown."""

    def here(self) -> QuerySet[User]:
        """Who works here with pupils, and is not kept out of the case."""
        case = self.context.get("case")
        return staff_for(case, self.context["now"]) if case else User.objects.none()

    def to_representation(self, value: Any) -> Any:
        """The colleague by name."""
        return PersonSerializer(value).data


class PersonOfCase(Named):
    """A participant of this case."""

    def here(self) -> QuerySet[Participant]:
        """The pupils of the case."""
        case = self.context.get("case")
        return case.participants.all() if case else Participant.objects.none()


class AgreementOfCase(Named):
    """An agreement of this case."""

    def here(self) -> QuerySet[Agreement]:
        """The agreements of the case."""
        case = self.context.get("case")
        return case.agreements.all() if case else Agreement.objects.none()


class ConversationOfCase(Named):
    """A conversation of this case."""

    def here(self) -> QuerySet[Conversation]:
        """The conversations of the case, one per pupil who is bullied."""
        case = self.context.get("case")
        return case.conversations.all() if case else Conversation.objects.none()


class IncidentOfCase(Named):
    """Something that happened in this case."""

    def here(self) -> QuerySet[Incident]:
        """What happened, as told in the case."""
        case = self.context.get("case")
        return case.incidents.all() if case else Incident.objects.none()


class RowSerializer(serializers.ModelSerializer[Row]):
    """Knows the two kinds of column that the framework does not: sealed text, and keys of the vocabulary."""

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Class and arguments of one field."""
        may_be_left = model_field.blank or model_field.has_default()
        if isinstance(model_field, EncryptedTextField):
            # To the framework these are bytes, which it would encode.
            limit = model_field.plain_max_length
            given: dict[str, Any] = {"max_length": limit, "allow_blank": model_field.blank}
            return serializers.CharField, {**given, "required": not model_field.blank}
        known = next((v for v in model_field.validators if isinstance(v, KnownTerm)), None)
        if known is None:
            return super().build_standard_field(field_name, model_field)
        given = {"vocabulary": known.name, "required": not may_be_left}
        if isinstance(model_field, models.JSONField):
            return Terms, given
        return Term, {**given, "allow_blank": model_field.blank}


class TermScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How the schema describes a key."""

    target_class = Term

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """A word, with the ones that are known now."""
        return _words(self.target.vocabulary)


class TermsScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How the schema describes several keys."""

    target_class = Terms

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """A list of words."""
        return {"type": "array", "items": _words(self.target.vocabulary)}


class NamedScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How the schema describes somebody of the case."""

    target_class = Named
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """A uuid; for a colleague that is shown, with the name."""
        if direction == "response" and isinstance(self.target, Colleague):
            described: dict[str, Any] = auto_schema.resolve_serializer(
                PersonSerializer, direction
            ).ref
            return described
        return {"type": "string", "format": "uuid"}


def _words(name: str) -> dict[str, Any]:
    keys = [term.key for term in words.terms(name)]
    return {"type": "string", "description": "Words may be added.", "x-extensible-enum": keys}
