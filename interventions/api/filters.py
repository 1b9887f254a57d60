"""By what the API filters: status, method, school, class and case. Names and text are not searched here."""

from __future__ import annotations

import django_filters

from interventions.models import InterventionStatus, Run


class InterventionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?status=running&method=support_group&school=de-vaart`."""

    status = django_filters.ChoiceFilter(choices=InterventionStatus.choices)
    method = django_filters.CharFilter(help_text="Key of a method.")
    school = django_filters.CharFilter(field_name="school__code", help_text="Code of a school.")
    class_group = django_filters.UUIDFilter(
        field_name="class_group__uuid", help_text="One class by its uuid."
    )
    case = django_filters.UUIDFilter(field_name="case__uuid", help_text="One case by its uuid.")


class RunFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?state=closed&school=de-vaart`."""

    state = django_filters.ChoiceFilter(choices=Run.State.choices)
    school = django_filters.CharFilter(field_name="school__code", help_text="Code of a school.")
    class_group = django_filters.UUIDFilter(
        field_name="school_class__uuid", help_text="One class by its uuid."
    )
