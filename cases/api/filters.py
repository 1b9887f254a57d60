"""By what the API filters: status, school and case. Names and text are not searched here."""

from __future__ import annotations

import django_filters

from cases.models import Agreement, Conversation, FollowUpTalk
from cases.models.case import CaseStatus


class CaseFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?status=active&school=de-vaart`."""

    status = django_filters.ChoiceFilter(choices=CaseStatus.choices)
    school = django_filters.CharFilter(field_name="school__code", help_text="Code of a school.")


class PartFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?case=<uuid>&school=de-vaart`."""

    case = django_filters.UUIDFilter(field_name="case__uuid", help_text="One case by its uuid.")
    school = django_filters.CharFilter(
        field_name="case__school__code", help_text="Code of a school."
    )


class ConversationFilter(PartFilter):
    """`?status=in_progress`."""

    status = django_filters.ChoiceFilter(choices=Conversation.Status.choices)


class AgreementFilter(PartFilter):
    """`?status=open`."""

    status = django_filters.ChoiceFilter(choices=Agreement.Status.choices)


class TalkFilter(PartFilter):
    """`?status=planned`."""

    status = django_filters.ChoiceFilter(choices=FollowUpTalk.Status.choices)
