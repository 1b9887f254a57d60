"""Addresses of interventions, and how long their phases take, in templates."""

from __future__ import annotations

from django import template

from interventions.models import Intervention
from interventions.queries.addresses import url_of
from interventions.queries.spans import span_text

register = template.Library()


@register.simple_tag
def intervention_url(intervention: Intervention, name: str, *args: object) -> str:
    """The address of a page of an intervention, with or without a case."""
    return url_of(intervention, name, *args)


@register.filter
def minutes(span: tuple[int, int]) -> str:
    """How many minutes a phase takes."""
    return span_text(*span)
