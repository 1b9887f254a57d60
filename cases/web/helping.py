"""Asking the pupil whether something that was agreed helped."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import may_settle, who
from cases.models import Agreement
from cases.queries.worklist import case_title
from cases.services.helping import note_help
from cases.web.part_doors import agreement_page
from pestzorg.web.forms import ChipRadio
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


class HelpedForm(forms.Form):
    """Two answers of the pupil; the names are those of note_help."""

    helped = forms.ChoiceField(
        label=gettext_lazy("Did it help?"),
        choices=Agreement.Helped.choices,
        widget=ChipRadio,
        error_messages={"required": gettext_lazy("Choose whether it helped.")},
    )
    helped_words = forms.CharField(
        label=gettext_lazy("What does the pupil say about it?"),
        help_text=gettext_lazy("In the pupil's own words."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@agreement_page(GET="R25", POST="R25")
def helped(request: StaffRequest, agreement: Agreement) -> HttpResponse:
    """Whether it helped, answered by or with the pupil."""
    if not may_settle(who(request), agreement):
        raise Http404
    if not agreement.may_have_helped and request.method != "POST":
        return redirect("cases:agreement-page", agreement.uuid)
    said = {"helped": agreement.helped, "helped_words": agreement.helped_words}
    form = HelpedForm(posted(request), initial=said)

    def act() -> None:
        note_help(request.user, agreement, now=request.now, **form.cleaned_data)

    if request.method != "POST" or not done(form, act):
        title = case_title(agreement.case)
        about = {"agreement": agreement, "case": agreement.case, "title": title}
        return form_page(request, "cases/helped.html", form, about)
    messages.success(request, _("Written down. Thank you."))
    return redirect("cases:agreement-page", agreement.uuid)
