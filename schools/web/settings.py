"""How the screen looks to this reader, and how often they are reminded by mail."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pestzorg.web.forms import ChipRadio
from pestzorg.web.pages import page
from schools.access import may_own_feed
from schools.models import User
from schools.models.user import Rhythm
from schools.queries.exclusions import schools_decided_by
from schools.queries.stuck_mail import tends_mail
from schools.services.reminder_mail import choose_reminder_mail
from schools.web.staff_request import StaffRequest
from schools.web.tokens import may_own_tokens

# Each in its own words, so that nobody is stuck in a language they do not read.
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]


class AppearanceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Language and colours."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=LANGUAGES, widget=ChipRadio
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["language", "theme"]
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {"theme": ChipRadio}
        labels: ClassVar[dict[str, object]] = {"theme": gettext_lazy("Colours")}


@page(GET="P06", POST="P06")
def appearance(request: StaffRequest) -> HttpResponse:
    """Choose language and colours; both count from the next page."""
    person = request.user
    form = AppearanceForm(request.POST or None, instance=User.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        changed = form.save()
        with translation.override(changed.language):
            messages.success(request, _("Saved. This is how pestzorg looks from now on."))
        return redirect("people:settings")
    return _show(request, form=form)


class ReminderMailForm(forms.Form):
    """How often reminders that can wait are mailed."""

    reminder_mail = forms.ChoiceField(
        label=gettext_lazy("Reminders by mail"), choices=Rhythm.choices, widget=ChipRadio
    )


@page(POST="P06")
def reminder_mail(request: StaffRequest) -> HttpResponse:
    """Choose how often; what is most serious is mailed at once whatever was chosen."""
    form = ReminderMailForm(request.POST)
    if not form.is_valid():
        return _show(request, mail_form=form)
    choose_reminder_mail(request.user, form.cleaned_data["reminder_mail"], now=request.now)
    messages.success(request, _("Saved. This counts from the next mail."))
    return redirect("people:settings")


def _show(
    request: StaffRequest,
    form: AppearanceForm | None = None,
    mail_form: ReminderMailForm | None = None,
) -> HttpResponse:
    person = request.user
    form = form or AppearanceForm(instance=person)
    mail_form = mail_form or ReminderMailForm(initial={"reminder_mail": person.reminder_mail})
    context = {
        "form": form,
        "has_feed": may_own_feed(person, request.now),
        "mail_form": mail_form,
        "has_tokens": may_own_tokens(person, request.now),
        "decides": schools_decided_by(person.pk, request.now),
        "tends_mail": tends_mail(person, request.now),
    }
    status = 422 if form.errors or mail_form.errors else 200
    return render(request, "people/settings.html", context, status=status)
