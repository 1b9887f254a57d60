"""Interventions with everything around them that a list or one of them shows, in a fixed number of queries."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from interventions.models import Intervention, PhaseRecord

AROUND = ("case__school", "class_group", "conversation", "facilitator", "school")
# What is written about people: a list does not even unseal it.
WORDS = ("conditions", "may_be_told", "must_not_be_told", "protection_note", "stop_reason")
WORDS_OF_PHASES = ("answers", "skip_reason")


def listed(interventions: QuerySet[Intervention]) -> QuerySet[Intervention]:
    """For a list: without a word that somebody wrote."""
    phases = Prefetch("phases", PhaseRecord.objects.defer(*WORDS_OF_PHASES))
    found = interventions.select_related(*AROUND).defer(*WORDS, "outcome")
    return found.prefetch_related(phases)


def with_all(intervention: Intervention) -> Intervention:
    """One of them about to be shown. Not before a service writes in it: that reads its phases anew."""
    prefetch_related_objects([intervention], "phases", "members__participant", "members__pupil")
    return intervention
