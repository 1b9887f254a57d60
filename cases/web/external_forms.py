"""A report outside school, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import who_sees
from cases.ceilings import Level
from cases.models import Case, ExternalReport
from cases.models.external_report import NOT_MADE
from cases.protocol import vocabulary
from cases.web.fields import needed
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipRadio, DateInput
from schools.web.fields import staff_field


class ExternalReportForm(MergingForm):
    """Where it was reported, by whom and when. `service_values` fits record_ and change_external_report."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of report is it?"),
        choices=lambda: vocabulary.choices("external_report_kinds"),
        widget=ChipRadio,
    )
    where = forms.CharField(
        label=gettext_lazy("Where exactly?"),
        help_text=gettext_lazy("The app, the site, the police station, the help line."),
        required=False,
        max_length=120,
    )
    reported_by = forms.CharField(
        label=gettext_lazy("Who reports it?"), required=False, max_length=120
    )
    reported_on = forms.DateField(
        label=gettext_lazy("On which day was it reported?"),
        help_text=gettext_lazy("Leave it empty while it is still to be made."),
        required=False,
        widget=DateInput,
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference number"), required=False, max_length=120
    )
    check_on = forms.DateField(
        label=gettext_lazy("On which day do you look what came of it?"),
        help_text=gettext_lazy("Empty for an app or site: after five school days."),
        required=False,
        widget=DateInput,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        case: Case,
        now: datetime,
        report: ExternalReport | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(report))
        people = [seer.user for seer in who_sees(case, now) if seer.level >= Level.VIEW]
        named = str(report.checked_by.uuid) if report and report.checked_by else ""
        self.fields["checked_by"] = staff_field(
            _("Who looks?"), people, required=False, initial=named
        )
        self.fields["checked_by"].help_text = _("Nobody chosen: whoever handles the case.")
        self.order_fields([*list(self.fields)[:6], "checked_by", "note"])
        if report:
            self.compare_with(report)

    def service_values(self) -> dict[str, Any]:
        """What the services need beside actor, case or report, and moment."""
        return self.without_stamp


class OutcomeForm(forms.Form):
    """What came of a report; of one that is only promised, that it is not made after all."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        widget=ChipRadio,
    )
    check_on = needed(
        forms.DateField(
            label=gettext_lazy("On which day do you look again?"),
            help_text=gettext_lazy("Only while it is still running."),
            required=False,
            widget=DateInput,
        )
    )
    note = forms.CharField(
        label=gettext_lazy("In a few words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None = None, *, report: ExternalReport) -> None:
        # The form that corrects the report asks some of the same on the same page.
        super().__init__(data, auto_id="id_outcome_%s")
        made = report.reported_on is not None
        outcomes = vocabulary.choices("external_report_outcomes")
        field = cast(forms.ChoiceField, self.fields["outcome"])
        field.choices = [(key, label) for key, label in outcomes if made == (key != NOT_MADE)]


def _initial(report: ExternalReport | None) -> dict[str, Any]:
    if report is None:
        return {}
    plain = ("kind", "where", "reported_by", "reported_on", "reference", "check_on", "note")
    return {name: getattr(report, name) for name in plain}
