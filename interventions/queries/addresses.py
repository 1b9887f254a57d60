"""The addresses of an intervention: under its case, or by itself when it has none."""

from __future__ import annotations

from django.urls import reverse

from interventions.models import Intervention


def url_of(intervention: Intervention, name: str, *args: object) -> str:
    """The address of one of its pages."""
    if intervention.case is None:
        return reverse(f"interventions:{name}", args=[intervention.uuid, *args])
    case_uuid = intervention.case.uuid
    return reverse(f"interventions:case-{name}", args=[case_uuid, intervention.uuid, *args])
