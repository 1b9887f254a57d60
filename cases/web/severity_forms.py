"""How serious it is: eight questions, the red flags, and what follows from the answers."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, SeverityAssessment
from cases.protocol import vocabulary
from cases.queries.judging import HIGHEST, INDICATORS, SERIOUS, Judgement, judge, term_of
from cases.queries.people import staff_for
from cases.queries.signals import signals_of
from cases.services.severity import Choice
from cases.web.fields import applies_when, needed, some_of
from pestzorg.web.forms import ChipRadio
from schools.models import User
from schools.roles import Role
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


class ProposalForm(SeverityForm):
    """Shows the proposal that follows from the answers; `shown` is the one that the page showed last.

    Subclasses set `case` and `now`, and end their `__init__` with `follow_answers`.
    """

    case: Case
    now: datetime

    level = forms.TypedChoiceField(
        label=gettext_lazy("Which level do you choose?"),
        help_text=gettext_lazy("The proposal, or one higher or lower with a reason."),
        coerce=int,
        empty_value=None,
        required=False,
        widget=ChipRadio,
    )
    reason = needed(
        forms.CharField(
            label=gettext_lazy("Why?"),
            help_text=gettext_lazy(
                "Only when you choose another level than proposed, or untick a red flag."
            ),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    )
    stable = forms.BooleanField(
        label=gettext_lazy("It is calm enough: look again after five school days, not every day"),
        required=False,
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def follow_answers(self, *, may_choose: bool) -> None:
        """Offer the levels and leaders that these answers leave to choose from."""
        self._offer_levels(may_choose=may_choose)
        self._offer_leaders()
        self.proposal_changed = self._follow_proposal()

    @cached_property
    def judged(self) -> Judgement | None:
        """What follows from the answers, None while some are missing."""
        points = [str(self[key].value()) for key in INDICATORS]
        if any(point not in {"0", "1", "2", "3"} for point in points):
            return None
        flags = set(self["red_flags"].value() or ()) & vocabulary.keys("red_flags")
        told = (incident.cyber_subforms for incident in self.case.incidents.all())
        subforms = [form for forms_told in told for form in forms_told]
        return judge(sum(map(int, points)), flags, subforms)

    @property
    def level_labels(self) -> dict[str, str]:
        """The parts of the proposal in words."""
        parts = self.judged
        if parts is None:
            return {}
        found = {"level": parts.level, "band": parts.band, "minimum": parts.minimum}
        return {name: str(term_of(level).label) for name, level in found.items()}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.proposal_changed:
            told = _("Your answers lead to another level: %(level)s. Look at it, and save again.")
            self.add_error(None, told % {"level": self.level_labels["level"].lower()})
        return given

    def choice(self) -> Choice:
        """What the services want beside the answers."""
        given = self.cleaned_data
        return Choice(
            level=given.get("level"),
            reason=given["reason"],
            stable=given.get("stable", False),
            handler=given.get("handler"),
        )

    def _offer_levels(self, *, may_choose: bool) -> None:
        levels = self.judged.choices if self.judged else range(0)
        if HIGHEST not in levels:
            del self.fields["stable"]
        elif may_choose and len(levels) > 1:
            applies_when(self.fields["stable"], "level", [str(HIGHEST)])
        if not may_choose or len(levels) < 2:
            del self.fields["level"]
            return
        field: Any = needed(self.fields["level"])
        field.choices = [(str(level), self._label(level)) for level in levels]

    def _label(self, level: int) -> str:
        label = str(term_of(level).label)
        is_proposed = self.judged is not None and level == self.judged.level
        return _("%(level)s (proposed)") % {"level": label} if is_proposed else label

    def _offer_leaders(self) -> None:
        able = self._leaders()
        if able:
            first = self.case.handler if self.case.handler in able else able[0]
            self.fields["handler"] = staff_field(
                _("Which coordinator leads from now on?"),
                able,
                initial=str(first.uuid),
                required=False,
            )

    def _leaders(self) -> list[User]:
        levels = self.judged.choices if self.judged else range(0)
        if self.case.restricted or not any(level >= SERIOUS for level in levels):
            return []
        able = list(staff_for(self.case, self.now, (Role.COORDINATOR,)))
        return [] if self.case.handler in able else able

    def _follow_proposal(self) -> bool:
        """Show the proposal of these answers; says whether the page that was posted showed another one."""
        if self.judged is None:
            return False
        proposed = str(self.judged.level)
        if not self.is_bound:
            chosen, shown = self.initial.get("level"), self.initial.get("shown")
            if chosen in (None, "", shown) or int(chosen) not in self.judged.choices:
                self.initial["level"] = proposed
            self.initial["shown"] = proposed
            return False
        shown = self.data.get("shown", "")
        if shown in {"", proposed}:
            return False
        data: Any = copy(self.data)
        data["shown"] = data["level"] = proposed
        self.data = data
        return True


class ReassessForm(ProposalForm):
    """A case in progress: begins with the last answers, and with what the pupil told since."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        case: Case,
        now: datetime,
        may_choose: bool,
        typed: QueryDict | None = None,
    ) -> None:
        self.case, self.now = case, now
        self.last = case.assessments.select_related("assessed_by").last()
        super().__init__(data, initial=_typed(typed) if typed else self._answered())
        self.follow_answers(may_choose=may_choose)

    def _answered(self) -> dict[str, Any]:
        last = self.last
        answers = answers_of(last)
        # What the pupil told since then is ticked already; whoever unticks it says why.
        known = {*last.red_flags, *last.weighed} if last else set()
        told = (signal for signal in signals_of(self.case) if signal not in known)
        return {**answers, "red_flags": [*answers.get("red_flags", ()), *told]}


def answers_of(kept: SeverityAssessment | None) -> dict[str, Any]:
    """An assessment as the form asks for it, to begin with."""
    if kept is None:
        return {}
    points = {key: str(getattr(kept, key)) for key in INDICATORS}
    return {**points, "red_flags": kept.red_flags}


def _typed(posted: QueryDict) -> dict[str, Any]:
    return {**posted.dict(), "red_flags": posted.getlist("red_flags")}


def _indicator(term: vocabulary.Term) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=str(term.label),
        choices=[(str(points), str(text)) for points, text in enumerate(term.note["options"])],
        widget=ChipRadio,
        error_messages={"required": _("Choose one of the four.")},
    )
