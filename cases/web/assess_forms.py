"""Judging how serious it is, and who talks with the pupil."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case
from cases.queries.people import staff_for
from cases.web.report_forms import PupilChoiceForm
from cases.web.severity_forms import ProposalForm, answers_of
from schools.access import pupils_for
from schools.models import Pupil, User
from schools.queries.people import HANDLER_ROLES
from schools.web.fields import staff_field


class HandlerForm(forms.Form):
    """Who looks at a report."""

    def __init__(self, *args: Any, case: Case, now: datetime, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(staff_for(case, now, HANDLER_ROLES))
        is_choice = any(person.pk == user.pk for person in people)
        initial = str(user.uuid) if is_choice else ""
        self.fields["handler"] = staff_field(_("Who handles this?"), people, initial=initial)


class AssessForm(PupilChoiceForm, ProposalForm):
    """Everything that makes a report a case in conversation. `apart` is asked once the pupil has a case already."""

    apart = forms.BooleanField(
        label=gettext_lazy("This is about something else: begin a case of its own"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        report = case.report
        # What the reporter answered already, as class teacher.
        self.last = case.assessments.select_related("assessed_by").last()
        initial = {
            **answers_of(self.last),
            "about": str(report.pupil or report.about),
            "pupil": str(report.pupil.uuid) if report.pupil else "",
            "lead": str(case.handler.uuid) if case.handler else "",
        }
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["about"].label = _("Which pupil is it about?")
        self.fields["about"].help_text = _("Type a first name and choose the pupil.")
        people = staff_for(case, self.now, HANDLER_ROLES)
        self.fields["lead"] = staff_field(_("Who talks with the pupil?"), people)
        self.follow_answers(may_choose=True)
        if self["apart"].value():
            self._ask_apart()

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error(field, error)
        if field == "apart":
            self._ask_apart()

    def _ask_apart(self) -> None:
        self.fields["apart"].widget = forms.CheckboxInput()

    def pupils(self) -> QuerySet[Pupil]:
        """Pupils of this school that one may look up, and the one who was reported."""
        own = pupils_for(self.user, self.now).filter(school=self.case.school)
        return Pupil.objects.filter(Q(pk__in=own.values("pk")) | Q(pk=self.case.report.pupil_id))

    def service_values(self) -> dict[str, Any]:
        """What activate_case needs beside actor, case and moment."""
        given = self.cleaned_data
        return {
            "target": given["pupil"],
            "target_name": "" if given["pupil"] else given["about"],
            "lead": given["lead"],
            "indicators": self.indicators(),
            "red_flags": given["red_flags"],
            "choice": self.choice(),
            "apart": given["apart"],
        }
