"""Mail that does not arrive: why, for whom, since when; with a button to try again, and a way to give it up."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pestzorg.outbox.models import Mail
from pestzorg.outbox.stuck import GiveUp
from pestzorg.web.forms import ChipRadio
from pestzorg.web.pages import page
from pestzorg.web.parts import done, form_page, posted, tell
from schools.queries.stuck_mail import (
    dead_addresses_of,
    people_tended_by,
    stuck_mails_of,
    tends_mail,
    with_people,
)
from schools.services.bounced_mail import revive_address
from schools.services.stuck_mail import give_up_mail, retry_mail
from schools.web.staff_request import StaffRequest


class GiveUpForm(forms.Form):
    """Why this mail is taken back, as a word."""

    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=GiveUp.choices, widget=ChipRadio)


def _tender(request: StaffRequest) -> None:
    if not tends_mail(request.user, request.now):
        raise Http404


@page(door=_tender, GET="P20")
def stuck(request: StaffRequest) -> HttpResponse:
    """The mails that wait for a person."""
    mails = stuck_mails_of(request.user, request.now)
    rows = with_people(mails)
    dead = dead_addresses_of(request.user, request.now)
    context = {"rows": rows, "count": mails.count(), "dead": dead}
    return render(request, "people/stuck_mail.html", context)


@page(door=_tender, POST="P21")
def revive(request: StaffRequest, user_uuid: UUID) -> HttpResponse:
    """Send to the address of an account again."""
    people = people_tended_by(request.user, request.now)
    person = get_object_or_404(people, uuid=user_uuid)
    told = _("Mail goes to this address again. What waited leaves now.")
    tell(request, partial(revive_address, request.user, person, now=request.now), told)
    return redirect("mail:stuck")


@page(door=_tender, POST="P21")
def retry(request: StaffRequest, mail_uuid: UUID) -> HttpResponse:
    """Try one of them again, from the next minute on."""
    mail = _mail(request, mail_uuid)
    act = partial(retry_mail, request.user, mail, now=request.now)
    tell(request, act, _("The mail is tried again within a minute."))
    return redirect("mail:stuck")


@page(door=_tender, GET="P21", POST="P21")
def give_up(request: StaffRequest, mail_uuid: UUID) -> HttpResponse:
    """Take one of them back for good, with a reason."""
    mail = _mail(request, mail_uuid)
    form = GiveUpForm(posted(request))

    def act() -> None:
        reason = form.cleaned_data["reason"]
        give_up_mail(request.user, mail, reason=reason, now=request.now)

    if request.method == "POST" and done(form, act):
        messages.success(request, _("The mail is given up. What it was about stays open."))
        return redirect("mail:stuck")
    (row,) = with_people(Mail.objects.filter(pk=mail.pk))
    return form_page(request, "people/give_up_mail.html", form, {"row": row})


def _mail(request: StaffRequest, mail_uuid: UUID) -> Mail:
    return get_object_or_404(stuck_mails_of(request.user, request.now), uuid=mail_uuid)
