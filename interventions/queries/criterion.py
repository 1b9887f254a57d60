"""What the closing of a case asks about the class approach: that none still runs, and its rules are looked at again."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.queries.closing import Criterion, Finding, Standing, lacks
from cases.queries.closing.criteria import MET
from interventions.models import ClassRule, Intervention
from interventions.queries.addresses import url_of


def _finished(standing: Standing) -> Finding:
    open_now = Intervention.objects.filter(case=standing.case, status__in=Intervention.OPEN)
    running = open_now.first()
    if running is None:
        return _looked_at(standing)
    running.case = standing.case
    said = _("%(method)s is still running. Finish it, or stop it with a reason.")
    return lacks(said % {"method": running.title}, url_of(running, "page"))


def _looked_at(standing: Standing) -> Finding:
    forgotten = ClassRule.objects.filter(
        intervention__case=standing.case,
        status=ClassRule.Status.ACTIVE,
        review_on__lt=standing.today,
    )
    rule = forgotten.select_related("intervention").first()
    if rule is None or rule.intervention is None:
        return MET
    rule.intervention.case = standing.case
    said = _("A class rule of the approach was to be looked at again before today.")
    return lacks(said, url_of(rule.intervention, "page") + "#rules")


INTERVENTION_FINISHED = Criterion(
    6,
    "intervention_finished",
    gettext_lazy(
        "The approach with the class is over, and no class rule waits for a look that was due"
    ),
    _finished,
)
