"""What the closing of a case asks about the class approach: that none is still running."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.queries.closing import Criterion, Finding, Standing, lacks
from cases.queries.closing.criteria import MET
from interventions.models import Intervention
from interventions.queries.addresses import url_of


def _finished(standing: Standing) -> Finding:
    open_now = Intervention.objects.filter(case=standing.case, status__in=Intervention.OPEN)
    running = open_now.first()
    if running is None:
        return MET
    running.case = standing.case
    said = _("%(method)s is still running. Finish it, or stop it with a reason.")
    return lacks(said % {"method": running.definition.label}, url_of(running, "page"))


INTERVENTION_FINISHED = Criterion(
    6, "intervention_finished", gettext_lazy("The approach with the class is over"), _finished
)
