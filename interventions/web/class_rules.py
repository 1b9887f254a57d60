"""The rules of a class: read, adopted, looked at again, on the wall."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import who
from interventions.access.class_rules import get_class, get_class_rule, may_write
from interventions.models import ClassRule, Intervention
from interventions.queries.addresses import url_of
from interventions.queries.class_rule_poster import rules_poster
from interventions.queries.class_rules import last_rule, review_day, rules_of
from interventions.queries.page import InterventionPage
from interventions.services.class_rules import adopt_rule, change_rule, end_rule, review_rule
from interventions.web.class_rule_forms import CHANGED, KEPT, AdoptForm, ReviewForm
from pestzorg.pdf.typeset import typeset
from pestzorg.web.pages import page
from pestzorg.web.papers import send_paper
from pestzorg.web.parts import done, form_page, next_url, posted
from schools.models import SchoolClass
from schools.web.staff_request import StaffRequest


@page(GET="R59")
def listing(request: StaffRequest, class_uuid: UUID) -> HttpResponse:
    """What the class agrees now, and what it agreed before."""
    found = get_class(request.user, "R59", class_uuid, request.now)
    context = {
        "school_class": found,
        "rules": rules_of(found),
        "may_write": may_write(request.user, found, request.now),
        "today": _today(request, found),
    }
    return render(request, "class_rules/list.html", context)


@page(GET="R60", POST="R60")
def adopt(request: StaffRequest, class_uuid: UUID) -> HttpResponse:
    """A new rule, out of nothing but the class."""
    found = get_class(request.user, "R60", class_uuid, request.now)
    form = _adopt_form(request, found)
    if request.method != "POST" or not done(form, lambda: _adopt(request, form, found)):
        back = reverse("class_rules:list", args=[found.uuid])
        context = {"school_class": found, "back": back}
        return form_page(request, "class_rules/adopt.html", form, context)
    return _after(request, reverse("class_rules:list", args=[found.uuid]))


def adopt_within(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """A new rule that comes out of an intervention; back to the page that asked for it."""
    found, form = intervention.class_group, _adopt_form(request, intervention.class_group)
    back = next_url(request, url_of(intervention, "page"))

    def act() -> None:
        _adopt(request, form, found, intervention)

    if request.method != "POST" or not done(form, act):
        shown = InterventionPage(who(request), intervention)
        context = {"page": shown, "intervention": intervention, "back": back}
        return form_page(request, "interventions/rules.html", form, context)
    return _after(request, back)


@page(GET="R60", POST="R60")
def review(request: StaffRequest, rule_uuid: UUID) -> HttpResponse:
    """It stays, gets other words, or ends."""
    rule = get_class_rule(request.user, "R60", rule_uuid, request.now)
    back = reverse("class_rules:list", args=[rule.school_class.uuid])
    if not rule.is_active:
        messages.info(request, _("This rule was changed or ended in the meantime."))
        return redirect(back)
    today = _today(request, rule.school_class)
    later = review_day(rule.school, today)
    form = ReviewForm(posted(request), rule=rule, today=today, review_on=later)
    if request.method != "POST" or not done(form, lambda: _review(request, form, rule)):
        context = {"rule": rule, "school_class": rule.school_class, "back": back}
        return form_page(request, "class_rules/review.html", form, context)
    messages.success(request, _("Written down. Thank you."))
    return redirect(back)


@page(GET="R59")
def poster(request: StaffRequest, class_uuid: UUID) -> HttpResponse:
    """The rules for the wall of the classroom, once there are any."""
    found = get_class(request.user, "R59", class_uuid, request.now)
    back, rules = reverse("class_rules:list", args=[found.uuid]), rules_of(found).active
    if not rules:
        return redirect(back)
    return send_paper(
        request,
        lambda: typeset("class_rules_poster.typ", rules_poster(found, rules)),
        about=f"rules of class {found.uuid}",
        filename="class-rules.pdf",
        back=back,
    )


def _adopt_form(request: StaffRequest, school_class: SchoolClass) -> AdoptForm:
    today = _today(request, school_class)
    return AdoptForm(
        posted(request),
        today=today,
        last=last_rule(school_class, request.now),
        review_on=review_day(school_class.school, today),
    )


def _adopt(
    request: StaffRequest,
    form: AdoptForm,
    school_class: SchoolClass,
    intervention: Intervention | None = None,
) -> None:
    given = form.cleaned_data
    adopt_rule(
        request.user,
        school_class,
        form.wording,
        adopted_on=given["adopted_on"],
        review_on=given["review_on"],
        now=request.now,
        intervention=intervention,
    )


def _review(request: StaffRequest, form: ReviewForm, rule: ClassRule) -> None:
    given, user, now = form.cleaned_data, request.user, request.now
    held_on, review_on = given["held_on"], given["review_on"]
    if given["outcome"] == KEPT:
        review_rule(user, rule, reviewed_on=held_on, review_on=review_on, now=now)
    elif given["outcome"] == CHANGED:
        change_rule(user, rule, form.wording, changed_on=held_on, review_on=review_on, now=now)
    else:
        end_rule(user, rule, given["reason"], ended_on=held_on, now=now)


def _after(request: StaffRequest, back: str) -> HttpResponse:
    messages.success(request, _("The class rule is saved."))
    return redirect(request.get_full_path() if request.POST.get("action") == "more" else back)


def _today(request: StaffRequest, school_class: SchoolClass) -> date:
    return request.now.astimezone(school_class.school.zone).date()
