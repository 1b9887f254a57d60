"""The forms of a class rule. What is refused beyond their shape, the services say."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.web.fields import applies_when, needed, text_field
from interventions.models import ClassRule
from interventions.models.class_rule import LONGEST_END, LONGEST_RULE
from interventions.services.class_rules import Wording
from pestzorg.web.forms import ChipRadio, DateInput

KEPT, CHANGED, ENDED = "kept", "changed", "ended"
VOTES: dict[str, Any] = {"required": False, "min_value": 0, "max_value": 999}


class WordingForm(forms.Form):
    """What a class agrees, and how it came to it."""

    text = needed(
        forms.CharField(
            label=_("What do you agree?"),
            help_text=_("One sentence, in words of the class, and without names."),
            required=False,
            max_length=LONGEST_RULE,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    )
    # Appears once the service asks.
    word_ok = forms.BooleanField(
        label=_("Here it is an ordinary word, and no name"),
        required=False,
        widget=forms.HiddenInput,
    )
    proposed_by = forms.ChoiceField(
        label=_("Whose idea is it?"), choices=ClassRule.ProposedBy.choices, widget=ChipRadio
    )
    vote_for = forms.IntegerField(label=_("How many pupils were for it?"), **VOTES)
    vote_total = forms.IntegerField(label=_("How many voted?"), **VOTES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["word_ok"].value():
            self._ask()

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error(field, error)
        if field == "word_ok":
            self._ask()

    def _ask(self) -> None:
        self.fields["word_ok"].widget = forms.CheckboxInput()

    @property
    def wording(self) -> Wording:
        """What the services need of it."""
        given = self.cleaned_data
        return Wording(
            text=given["text"],
            proposed_by=given["proposed_by"],
            vote_for=given["vote_for"],
            vote_total=given["vote_total"],
            word_ok=given["word_ok"],
        )


class AdoptForm(WordingForm):
    """A new rule. What was agreed in the same talk begins with the same answers."""

    adopted_on = forms.DateField(label=_("Agreed on"), widget=DateInput)
    review_on = forms.DateField(
        label=_("Look again on"),
        help_text=_("Without school on that day it becomes the next school day."),
        widget=DateInput,
    )

    def __init__(
        self, *args: Any, today: date, last: ClassRule | None, review_on: date | None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {
            # Never the votes: of each rule they are counted anew.
            "proposed_by": last.proposed_by if last else ClassRule.ProposedBy.TOGETHER,
            "adopted_on": last.adopted_on if last else today,
            "review_on": last.review_on if last else review_on,
        }
        super().__init__(*args, **kwargs)


class ReviewForm(WordingForm):
    """A rule is looked at again: it stays, gets other words, or ends."""

    outcome = forms.ChoiceField(
        label=_("What do you agree now?"),
        choices=[
            (KEPT, _("It stays")),
            (CHANGED, _("We change the words")),
            (ENDED, _("It ends")),
        ],
        widget=ChipRadio,
    )
    held_on = forms.DateField(label=_("Looked at it on"), widget=DateInput)
    reason = needed(text_field(_("Why does it end?"), limit=LONGEST_END))
    review_on = needed(
        forms.DateField(
            label=_("Look again next on"),
            help_text=_("Without school on that day it becomes the next school day."),
            required=False,
            widget=DateInput,
        )
    )
    # The services call the day by what was done on it; here it is one question.
    renamed = dict.fromkeys(("reviewed_on", "changed_on", "ended_on"), "held_on")
    field_order = ("outcome", "text", "word_ok", "proposed_by", "vote_for", "vote_total", "reason")

    def __init__(
        self, *args: Any, rule: ClassRule, today: date, review_on: date | None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {
            "text": rule.text,
            "proposed_by": ClassRule.ProposedBy.TOGETHER,
            "held_on": today,
            "review_on": review_on,
        }
        super().__init__(*args, **kwargs)
        needed(self.fields["proposed_by"]).required = False
        for name in ("text", "word_ok", "proposed_by", "vote_for", "vote_total"):
            applies_when(self.fields[name], "outcome", [CHANGED], proposed=True)
        applies_when(self.fields["reason"], "outcome", [ENDED])
        applies_when(self.fields["review_on"], "outcome", [KEPT, CHANGED], proposed=True)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        outcome = given.get("outcome")
        if outcome in {KEPT, CHANGED} and not given.get("review_on"):
            self.add_error("review_on", _("Choose a day."))
        if outcome == CHANGED and not given.get("proposed_by"):
            self.add_error("proposed_by", _("Please choose."))
        return given
