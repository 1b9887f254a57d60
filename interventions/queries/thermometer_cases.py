"""A case that a measurement belongs to: which one it may be, and what its closing asks of the class."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.models import Case
from cases.models.case import CaseStatus
from cases.queries.closing import Criterion, Finding, Standing, lacks, register
from interventions.models import Run
from interventions.queries.measurements import runs_of_case
from interventions.queries.thermometer_results import Results
from interventions.thermometer.compare import Label
from schools.models import SchoolClass

IN_PROGRESS = (CaseStatus.ACTIVE, CaseStatus.ON_HOLD)


def cases_for_run(who: Who, school_class: SchoolClass) -> QuerySet[Case]:
    """The cases in progress about this class in which somebody works."""
    mine = visible_to(who, Level.CONTRIBUTE).filter(status__in=IN_PROGRESS)
    return mine.filter(school_class=school_class).order_by("opened_at")


def register_criteria() -> None:
    """Called once at start-up."""
    register(CLASS_NOT_WORSE)


def _class_not_worse(standing: Standing) -> Finding:
    """If the class was measured before and after, no subject became clearly worse."""
    case = standing.case
    last = _measured_after(case).select_related("previous", "school_class").first()
    results = Results(last, _named_before(last, case)) if last else None
    rows = results.rows if results else []
    worse = [r for r in rows if r.change and r.change.label == Label.CLEARLY_WORSE]
    if last is None or not worse:
        return Finding(is_met=True)
    names = get_text_list([str(row.name) for row in worse], _("and"))
    missing = _("In the class this is clearly less good than before: %(subjects)s.")
    return lacks(missing % {"subjects": names}, reverse("thermometer:run", args=[last.uuid]))


def _measured_after(case: Case) -> QuerySet[Run]:
    # What an intervention begins with says nothing of what came of it; what followed on another run of the case does.
    begun_with = Run.objects.filter(baseline_of__case=case).exclude(after_of__case=case)
    first = begun_with.exclude(previous__in=runs_of_case(case).values("pk"))
    return runs_of_case(case).exclude(pk__in=first.values("pk"))


def _named_before(after: Run, case: Case) -> Run | None:
    """The one before by the word of an intervention of this case; else the one that the series says."""
    named = after.after_of.filter(case=case).select_related("baseline_run").order_by("-pk").first()
    return named.baseline_run if named else None


CLASS_NOT_WORSE = Criterion(
    7,
    "class_not_worse",
    gettext_lazy("The class did not become clearly cooler, where it was measured"),
    _class_not_worse,
)
