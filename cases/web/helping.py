"""Asking the pupil whether something that was agreed helped."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import may_settle, who
from cases.models import Agreement
from cases.queries.worklist import case_title
from cases.services.helping import note_help
from cases.web.part_doors import agreement_page
from pestzorg.posting.both_texts import ask
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipRadio
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


class HelpedForm(MergingForm):
    """Two answers of the pupil; the names are those of note_help."""

    together = (("helped", "helped_words"),)

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

    def __init__(self, data: QueryDict | None, *, agreement: Agreement) -> None:
        said = {"helped": agreement.helped, "helped_words": agreement.helped_words}
        super().__init__(data, initial=said)
        self.compare_with(agreement)


@agreement_page(GET="R25", POST="R25")
def helped(request: StaffRequest, agreement: Agreement) -> HttpResponse:
    """Whether it helped, answered by or with the pupil."""
    if not may_settle(who(request), agreement):
        raise Http404
    if not agreement.may_have_helped and request.method != "POST":
        return redirect("cases:agreement-page", agreement.uuid)
    form = HelpedForm(posted(request), agreement=agreement)
    if form.clashes:
        back, case_uuid = (
            reverse("cases:agreement-page", args=[agreement.uuid]),
            agreement.case.uuid,
        )
        return ask(request, form.clashes, data=request.POST, back_href=back, case_uuid=case_uuid)

    def act() -> None:
        note_help(request.user, agreement, now=request.now, **form.without_stamp)

    if request.method != "POST" or not done(form, act):
        title = case_title(agreement.case)
        about = {"agreement": agreement, "case": agreement.case, "title": title}
        return form_page(request, "cases/helped.html", form, about)
    messages.success(request, _("Written down. Thank you."))
    return redirect("cases:agreement-page", agreement.uuid)
