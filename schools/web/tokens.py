"""Own API tokens: make one, see which there are, take one back."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pestzorg.errors import RuleBroken
from pestzorg.web.forms import ChipCheckbox, add_rule_errors
from pestzorg.web.pages import page
from schools.access import REPORTERS, roles_of, schools_for
from schools.models import ApiToken, School, User
from schools.roles import Role
from schools.services.tokens import issue_token, revoke_token
from schools.web.staff_request import StaffRequest

# Rule R49. Account administrators and the data protection officer have nothing a program could fetch for them.
OWNERS = frozenset({*REPORTERS, Role.BOARD_VIEWER, Role.SYSTEM_ADMIN})
USUAL_DAYS = 90


class TokenForm(forms.Form):
    """A name to recognise it by, the schools it may read, how long it lives."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        help_text=gettext_lazy("For example: the report in our spreadsheet."),
        max_length=60,
    )
    schools = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For which schools?"),
        queryset=School.objects.none(),
        widget=ChipCheckbox,
    )
    days = forms.IntegerField(
        label=gettext_lazy("How many days may it be used?"),
        min_value=1,
        max_value=365,
        initial=USUAL_DAYS,
    )

    def __init__(self, data: QueryDict | None = None, *, schools: QuerySet[School]) -> None:
        super().__init__(data)
        self.fields["schools"].queryset = schools  # type: ignore[attr-defined]
        only = schools[:2]
        if len(only) == 1:
            self.initial["schools"] = [only[0].pk]


def may_own_tokens(person: User, now: datetime) -> bool:
    """Whether the page of tokens exists for somebody."""
    return bool(roles_of(person, now) & OWNERS)


def _owner(request: StaffRequest) -> User:
    person = request.user
    if not may_own_tokens(person, request.now):
        raise Http404
    return person


@page(door=_owner, GET="R49", POST="R49")
def tokens(request: StaffRequest) -> HttpResponse:
    """The own tokens; POST makes one and shows its secret, for the only time."""
    person = request.user
    form = TokenForm(request.POST or None, schools=_schools(person, request.now))
    secret = _issued(person, form, request.now) if request.method == "POST" else ""
    context = {
        "form": form if not secret else TokenForm(schools=_schools(person, request.now)),
        "secret": secret,
        "tokens": _own(person).prefetch_related("schools").order_by("-created_at"),
    }
    # No redirect after making one: the secret would have to be kept somewhere in between.
    answer = render(request, "people/tokens.html", context, status=422 if form.errors else 200)
    if secret:
        answer.leads_to = request.path  # type: ignore[attr-defined] # read by pestzorg/posting/once.py
    return answer


@page(door=_owner, POST="R49")
def revoke(request: StaffRequest, token_uuid: str) -> HttpResponse:
    """Take one of the own tokens back."""
    person = request.user
    revoke_token(person, get_object_or_404(_own(person), uuid=token_uuid), now=request.now)
    messages.success(request, _("The key is taken back. It no longer works."))
    return redirect("people:tokens")


def _own(person: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=person)


def _schools(person: User, now: datetime) -> QuerySet[School]:
    return schools_for(person, now, REPORTERS).order_by("name")


def _issued(person: User, form: TokenForm, now: datetime) -> str:
    if not form.is_valid():
        return ""
    try:
        _token, secret = issue_token(person, now=now, **form.cleaned_data)
    except RuleBroken as error:
        add_rule_errors(form, error)
        return ""
    return secret
