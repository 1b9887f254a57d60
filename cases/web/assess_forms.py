"""Judging how serious it is, and who talks with the pupil."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case
from cases.protocol import vocabulary
from cases.queries.people import staff_for
from cases.web.fields import some_of
from cases.web.report_forms import PupilChoiceForm
from pestzorg.web.forms import ChipRadio
from schools.access import pupils_for
from schools.models import Pupil, User
from schools.queries.people import HANDLER_ROLES
from schools.web.fields import staff_field


class SeverityForm(forms.Form):
    """Eight indicators of four answers each, and the red flags."""

    red_flags = some_of(
        "red_flags",
        gettext_lazy("Is there anything of this?"),
        help_text=gettext_lazy("One of these is enough to act today."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indicators = vocabulary.terms("severity_indicators")
        self.fields |= {term.key: _indicator(term) for term in indicators}
        self.order_fields([*(term.key for term in indicators), "red_flags"])

    @property
    def indicator_fields(self) -> list[forms.BoundField]:
        """The eight questions."""
        return [self[term.key] for term in vocabulary.terms("severity_indicators")]

    def indicators(self) -> dict[str, int]:
        """Points per indicator, as the services want them."""
        terms = vocabulary.terms("severity_indicators")
        return {term.key: int(self.cleaned_data[term.key]) for term in terms}


class HandlerForm(forms.Form):
    """Who looks at a report."""

    def __init__(self, *args: Any, case: Case, now: datetime, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(staff_for(case, now, HANDLER_ROLES))
        is_choice = any(person.pk == user.pk for person in people)
        initial = str(user.uuid) if is_choice else ""
        self.fields["handler"] = staff_field(_("Who handles this?"), people, initial=initial)


class AssessForm(PupilChoiceForm, SeverityForm):
    """Everything that makes a report a case in conversation."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        report = case.report
        initial = {
            "about": report.about,
            "pupil": str(report.pupil.uuid) if report.pupil else "",
            "lead": str(case.handler.uuid) if case.handler else "",
        }
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["about"].label = _("Which pupil is it about?")
        self.fields["about"].help_text = _("Type a first name and choose the pupil.")
        people = staff_for(case, self.now, HANDLER_ROLES)
        self.fields["lead"] = staff_field(_("Who talks with the pupil?"), people)

    def pupils(self) -> QuerySet[Pupil]:
        """Pupils of this school that one may look up, and the one who was reported."""
        own = pupils_for(self.user, self.now).filter(school=self.case.school)
        reported = Pupil.objects.filter(reports=self.case.report)
        return Pupil.objects.filter(pk__in=own.values("pk")) | reported

    def service_values(self) -> dict[str, Any]:
        """What activate_case needs beside actor, case and moment."""
        given = self.cleaned_data
        return {
            "target": given["pupil"],
            "target_name": "" if given["pupil"] else given["about"],
            "lead": given["lead"],
            "indicators": self.indicators(),
            "red_flags": given["red_flags"],
        }


def _indicator(term: vocabulary.Term) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=str(term.label),
        choices=[(str(points), str(text)) for points, text in enumerate(term.note["options"])],
        widget=ChipRadio,
        error_messages={"required": _("Choose one of the four.")},
    )
