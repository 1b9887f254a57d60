"""The conversation as a whole: where we are, beginning and ending a sitting, completing."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import may_read_step, rules_on, who
from cases.models import Case, Conversation, StepRecord
from cases.protocol import vocabulary
from cases.queries.completeness import missing_for_completion
from cases.queries.conversation_page import first_open_step, last_score, pinned, rail, records_with
from cases.services.conversations import (
    begin_sitting,
    complete_conversation,
    end_sitting,
    open_sitting,
    step_records,
)
from cases.web.doors import case_page
from cases.web.fields import needed, yes_no_field
from pestzorg.errors import RuleBroken
from pestzorg.web.forms import ChipRadio, DateTimeInput, ScoreInput, add_rule_errors
from schools.web.staff_request import StaffRequest

STEPS = range(1, 11)
PARTS = ("case__school", "case__school_class", "case__handler", "target", "lead")


class ResumeForm(forms.Form):
    """The resume check, asked at the beginning of every later sitting."""

    what_changed = forms.CharField(
        label=gettext_lazy("What happened since last time?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    new_incident = needed(yes_no_field(gettext_lazy("Did something new happen?"), required=False))
    safety_score = needed(
        forms.IntegerField(
            label=gettext_lazy("How safe do you feel at school now?"),
            required=False,
            min_value=0,
            max_value=10,
            widget=ScoreInput(may_stay_open=False),
        )
    )
    still_agrees = needed(
        yes_no_field(gettext_lazy("Do you still stand by what we agreed?"), required=False)
    )


class EndForm(forms.Form):
    """Mini step 7: closes every sitting."""

    ended_because = needed(
        forms.ChoiceField(
            label=gettext_lazy("Why do you stop now?"),
            required=False,
            choices=lambda: vocabulary.choices("sitting_endings"),
            widget=ChipRadio,
        )
    )
    recap_read_aloud = needed(
        forms.BooleanField(
            label=gettext_lazy("We went through the agreements together"), required=False
        )
    )
    next_contact_at = needed(
        forms.DateTimeField(
            label=gettext_lazy("When do you talk again?"), required=False, widget=DateTimeInput
        )
    )
    safety_score = forms.IntegerField(
        label=gettext_lazy("How safe do you feel now?"),
        required=False,
        min_value=0,
        max_value=10,
        widget=ScoreInput,
    )
    handover_note = forms.CharField(
        label=gettext_lazy("Note for next time"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def conversation_of(case: Case) -> Conversation:
    """The latest conversation of the case, else 404."""
    related = case.conversations.select_related(*PARTS)
    found = related.prefetch_related("step_records").last()
    if found is None:
        raise Http404
    return found


def record_of(request: StaffRequest, case: Case, number: int) -> StepRecord:
    """The record of one step, else 404: no such step, or closed to this person."""
    if number not in STEPS:
        raise Http404
    conversation = conversation_of(case)
    record = records_with(conversation, step_records(conversation))[number - 1]
    if not may_read_step(who(request), record):
        raise Http404
    return record


@case_page(GET="R14")
def overview(request: StaffRequest, case: Case) -> HttpResponse:
    """Where the conversation stands, what is still open, and how to go on."""
    return _show(request, case)


@case_page(POST="R17")
def begin(request: StaffRequest, case: Case) -> HttpResponse:
    """Begin a sitting; from the second on with the resume check."""
    conversation = conversation_of(case)
    form = ResumeForm(request.POST)
    if form.is_valid():
        try:
            begin_sitting(request.user, conversation, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_rule_errors(form, error)
        else:
            number = first_open_step(step_records(conversation))
            return redirect(reverse("conversation:step", args=[case.uuid, number]))
    return _show(request, case, resume_form=form, status=422)


@case_page(GET="R17", POST="R17")
def end(request: StaffRequest, case: Case) -> HttpResponse:
    """End the sitting with a mini step 7."""
    conversation = conversation_of(case)
    sitting = open_sitting(conversation)
    if sitting is None:
        return redirect(reverse("conversation:overview", args=[case.uuid]))
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_sitting(request.user, sitting, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_rule_errors(form, error)
        else:
            messages.success(request, _("The conversation is saved. Well done."))
            return redirect(reverse("conversation:overview", args=[case.uuid]))
    context = {
        "case": case,
        "conversation": conversation,
        "form": form,
        "agreements": case.agreements.select_related(
            "owner_staff", "owner_participant", "responsible_staff"
        ),
    }
    return render(
        request, "cases/conversation/end.html", context, status=422 if form.errors else 200
    )


@case_page(POST="R17")
def complete(request: StaffRequest, case: Case) -> HttpResponse:
    """Complete the conversation; the case stays active."""
    try:
        complete_conversation(request.user, conversation_of(case), now=request.now)
    except RuleBroken as error:
        return _show(request, case, refused=error, status=422)
    messages.success(request, _("The conversation is completed. The agreements and talks go on."))
    return redirect(reverse("cases:page", args=[case.uuid]))


def _show(
    request: StaffRequest,
    case: Case,
    *,
    resume_form: ResumeForm | None = None,
    refused: RuleBroken | None = None,
    status: int = 200,
) -> HttpResponse:
    conversation = conversation_of(case)
    records = records_with(conversation, step_records(conversation))
    context = {
        "case": case,
        "conversation": conversation,
        "steps": rail(case, records),
        "first_open": first_open_step(records),
        "missing": missing_for_completion(conversation),
        "refused": refused.problems if refused else (),
        "sitting": open_sitting(conversation),
        "sittings": list(conversation.sittings.all()),
        "resume_form": resume_form or ResumeForm(),
        "pinned": pinned(who(request), records),
        "last_score": last_score(who(request), conversation, records),
        "open_agreements": case.agreements.filter(status="open").select_related(
            "owner_staff", "owner_participant"
        ),
        "rules": rules_on(who(request), case),
        "back_href": reverse("cases:page", args=[case.uuid]),
    }
    return render(request, "cases/conversation/overview.html", context, status=status)
