"""A run of the class thermometer and what it published. What is not published is not in it, whatever was answered."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interventions.api.serializers.intervention import ClassGroupSerializer
from interventions.models import Run
from interventions.queries.thermometer_figures import published
from interventions.queries.thermometer_results import Results
from interventions.queries.thermometer_words import NOTICE, conclusion
from interventions.thermometer.compare import Label


class RunSerializer(serializers.ModelSerializer[Run]):
    """One measurement of a class: when and how far. Who answers and with which code is not told."""

    school = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    class_group = ClassGroupSerializer(source="school_class", read_only=True)
    previous = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True, allow_null=True)
    notice = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            "uuid",
            "school",
            "class_group",
            "version",
            "state",
            "minimum",
            "planned_on",
            "opened_on",
            "previous",
            "notice",
        ]
        read_only_fields = fields

    def get_notice(self, _run: Run) -> str:
        """What the thermometer is not."""
        return str(NOTICE)


class BandSerializer(serializers.Serializer[Any]):
    """How warm a figure is called."""

    key = serializers.CharField()
    name = serializers.CharField()


class FigureSerializer(serializers.Serializer[Any]):
    """A mean over pupils, from 0 to 100; 100 is the most favourable, also for bullying."""

    mean = serializers.FloatField()
    band = BandSerializer()
    spread = serializers.FloatField()
    pupils = serializers.IntegerField()


class ChangeSerializer(serializers.Serializer[Any]):
    """From the run before to this one."""

    points = serializers.FloatField()
    word = serializers.ChoiceField(choices=Label.choices)
    effect = serializers.FloatField(allow_null=True, help_text="Hedges' g.")


class SubjectSerializer(serializers.Serializer[Any]):
    """One subject, or `total` for the class as a whole. `before` and `change` only when both runs may be compared."""

    key = serializers.CharField()
    name = serializers.CharField()
    now = FigureSerializer()
    before = FigureSerializer(allow_null=True)
    change = ChangeSerializer(allow_null=True)


class ShareSerializer(serializers.Serializer[Any]):
    """Which part of the class is bullied, in words: one and two are not told apart."""

    key = serializers.CharField()
    name = serializers.CharField()
    now = serializers.CharField(allow_null=True)
    before = serializers.CharField(allow_null=True)


class TemperatureSerializer(serializers.Serializer[Any]):
    """How warm the class felt, from 0 to 10."""

    now = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """How many gave one answer, in words."""

    answer = serializers.CharField()
    pupils = serializers.CharField()


class QuestionSerializer(serializers.Serializer[Any]):
    """One question with how many gave each answer. Questions about being bullied oneself have none."""

    question = serializers.CharField()
    answers = AnswerSerializer(many=True)


class ResponseSerializer(serializers.Serializer[Any]):
    """How many of the class answered."""

    pupils = serializers.IntegerField()
    class_size = serializers.IntegerField()


class ResultsSerializer(serializers.Serializer[Any]):
    """What the page of a closed run shows."""

    response = ResponseSerializer()
    response_before = ResponseSerializer(allow_null=True)
    low_response = serializers.BooleanField()
    why_not_compared = serializers.CharField(allow_blank=True)
    subjects = SubjectSerializer(many=True)
    temperature = TemperatureSerializer()
    prevalence = ShareSerializer(many=True)
    questions = QuestionSerializer(many=True)


class RunWithResultsSerializer(RunSerializer):
    """With what came out of it: null while it is not closed, and when too few answered."""

    conclusion = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "conclusion", "results"]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_conclusion(self, run: Run) -> str | None:
        """One to three sentences that say it all; null while the run is not closed."""
        return conclusion(self._results) if run.is_closed else None

    @extend_schema_field(ResultsSerializer(allow_null=True))
    def get_results(self, run: Run) -> Any:
        """The figures; null when there is nothing that may be shown."""
        found = published(self._results) if run.is_closed else None
        return ResultsSerializer(found).data if found else None

    @cached_property
    def _results(self) -> Results:
        return Results(cast(Run, self.instance))
