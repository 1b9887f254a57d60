"""By what the API filters: status and school. Names and text are not searched here."""

from __future__ import annotations

import django_filters

from cases.models import Agreement, Conversation
from cases.models.case import CaseStatus


class CaseFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?status=active&school=de-vaart`."""

    status = django_filters.ChoiceFilter(choices=CaseStatus.choices)
    school = django_filters.CharFilter(field_name="school__code", help_text="Code of a school.")


class ConversationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?status=in_progress&school=de-vaart`."""

    status = django_filters.ChoiceFilter(choices=Conversation.Status.choices)
    school = django_filters.CharFilter(
        field_name="case__school__code", help_text="Code of a school."
    )


class AgreementFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?status=open&school=de-vaart`."""

    status = django_filters.ChoiceFilter(choices=Agreement.Status.choices)
    school = django_filters.CharFilter(
        field_name="case__school__code", help_text="Code of a school."
    )
