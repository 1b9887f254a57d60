"""The survey as a pupil meets it: no account, no script, no session. The token in the address is the right to answer."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.protocol.help_routes import routes_for
from interventions.models import Run
from interventions.services.survey import answer_survey
from interventions.services.survey_tokens import hand_out, run_of_token
from interventions.thermometer.questionnaire import questionnaire, version
from interventions.web.survey_guesses import may_guess, was_scanned, was_wrong
from interventions.web.survey_walk import Walk
from pestzorg.errors import RuleBroken
from pestzorg.rules.registry import declare
from pestzorg.web.forms import add_rule_errors
from pestzorg.web.middleware import TimedRequest
from schools.models.school import Country

COOKIE, PATH = "pz-survey", "/k/"
DEVICE = Signer(salt="interventions.survey.device")
THROTTLED = "throttled"
TOO_MANY = _("Too many wrong codes. Wait a minute, or scan the code on the board with a camera.")
# Where a child may talk about what the questions brought up.
TO_TALK = ("refuses_school_from_fear",)


class CodeForm(forms.Form):
    """The six digits on the board."""

    code = forms.CharField(
        label=_("Class code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    seal = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_code(self) -> str:
        """The digits; the board shows them in two groups."""
        return "".join(self.cleaned_data["code"].split())


@declare(GET="P25", POST="P25")
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: TimedRequest) -> HttpResponse:
    """Type the code of the class and get a place; a device that has one comes back to it."""
    # The QR code on the board brings the code along; it still takes a tap to get a place.
    scanned = {"code": request.GET.get("c", ""), "seal": request.GET.get("s", "")}
    form = CodeForm(request.POST if request.method == "POST" else None, initial=scanned)
    if request.method == "POST" and form.is_valid() and (place := _place(request, form)):
        return place
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.has_error("code", THROTTLED):
        status = HTTPStatus.TOO_MANY_REQUESTS
    return render(request, "survey/code.html", {"form": form}, status=status)


def _place(request: TimedRequest, form: CodeForm) -> HttpResponse | None:
    typed = form.cleaned_data["code"]
    if secret := _of_this_device(request, typed):
        # Also when it was used by now: one device, one answer.
        return redirect("survey:survey", secret)
    is_guess = not was_scanned(typed, form.cleaned_data["seal"])
    if is_guess and not may_guess(request):
        form.add_error("code", ValidationError(TOO_MANY, THROTTLED))
        return None
    try:
        secret = hand_out(typed)
    except RuleBroken as refused:
        if is_guess and refused.problems[0].code == "unknown":
            was_wrong(request)
        add_rule_errors(form, refused)
        return None
    response = redirect("survey:survey", secret)
    _remember(response, request, f"{typed}/{secret}")
    return response


def _of_this_device(request: HttpRequest, typed: str) -> str:
    try:
        known, _slash, secret = DEVICE.unsign(request.COOKIES.get(COOKIE, "")).partition("/")
    except BadSignature:
        return ""
    return secret if known == typed else ""


def _remember(response: HttpResponse, request: HttpRequest, value: str) -> None:
    # Gone with the browser, not dated, and sent to these pages only.
    response.set_cookie(
        *(COOKIE, DEVICE.sign(value)),
        path=PATH,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


@declare(GET="R04", POST="R04")
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, secret: str) -> HttpResponse:
    """What it is about, then one question per page; the last one sends the answers, once."""
    run = run_of_token(secret)
    if run is None:
        return render(request, "survey/gone.html", status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return render(request, "survey/start.html", {"run": run, "texts": questionnaire().texts})
    walk = Walk(version(run.version), request.POST.dict())
    match request.POST.get("go"):
        case "next":
            return _next(request, run, walk, secret)
        case "back":
            return _ask(request, run, walk, max(0, walk.asked_at - 1))
    return _ask(request, run, walk, 0)


def _next(request: HttpRequest, run: Run, walk: Walk, secret: str) -> HttpResponse:
    question = walk.question(walk.asked_at)
    if not question.chosen:
        return _ask(request, run, walk, walk.asked_at, is_missing=True)
    if not question.is_last:
        return _ask(request, run, walk, walk.asked_at + 1)
    try:
        answer_survey(secret, walk.marks, walk.temperature)
    except RuleBroken:
        return render(request, "survey/gone.html", status=HTTPStatus.NOT_FOUND)
    return redirect("survey:done", run.school.country)


def _ask(
    request: HttpRequest, run: Run, walk: Walk, place: int, *, is_missing: bool = False
) -> HttpResponse:
    context = {"run": run, "question": walk.question(place), "has_errors": is_missing}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_missing else HTTPStatus.OK
    return render(request, "survey/question.html", context, status=status)


@declare(GET="P25")
@login_not_required
@require_http_methods(["GET", "HEAD"])
def done(request: HttpRequest, country: str) -> HttpResponse:
    """Thanks, and where a child may talk. Knows of no run, so that going back to it shows nothing."""
    if country not in Country.values:
        raise Http404
    routes = [route for route in routes_for(country, TO_TALK) if route.for_pupil]
    return render(request, "survey/done.html", {"routes": routes})
