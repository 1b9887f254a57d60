"""Addresses of interventions in templates."""

from __future__ import annotations

from django import template

from interventions.models import Intervention
from interventions.queries.addresses import url_of

register = template.Library()


@register.simple_tag
def intervention_url(intervention: Intervention, name: str, *args: object) -> str:
    """The address of a page of an intervention, with or without a case."""
    return url_of(intervention, name, *args)
