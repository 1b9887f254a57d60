"""Forms of a follow-up talk: planning (also as a row of step 9), moving, and how it went."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Agreement, Case, FollowUpTalk
from cases.queries.held_talks import asks_about_support, is_closing, next_with_same, reviewable
from cases.queries.people import CasePeople, class_name
from cases.web.fields import (
    AgreementsField,
    AsksLater,
    applies_when,
    grade_field,
    needed,
    some_of,
    yes_no_field,
)
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateTimeInput
from schools.models import User
from schools.web.fields import staff_field

Status, Progress = FollowUpTalk.Status, FollowUpTalk.Progress
NEED_A_NAME = ("parent", "class_teacher")
# what is asked of a talk that was held, and what only when it goes better
WHEN_HELD = (
    "progress",
    "safety_score",
    "new_incident",
    "agreements_reviewed",
    "support_asked_again",
    "next_talk_at",
    "no_next_talk",
)
WHEN_BETTER = ("progress_examples", "congratulated", "congratulation_words")


class TalkForm(AsksLater):
    """With whom, by whom and when. `service_values` fits plan_follow_up."""

    template_name = "cases/_talk_form.html"

    with_whom = forms.ChoiceField(
        label=gettext_lazy("With whom is the talk?"),
        widget=ChipRadio,
        error_messages={"required": gettext_lazy("Choose who it is with.")},
    )
    with_name = needed(
        forms.CharField(
            label=gettext_lazy("Name of the parent or the colleague"),
            required=False,
            max_length=120,
        )
    )
    planned_at = forms.DateTimeField(
        label=gettext_lazy("When?"),
        widget=DateTimeInput,
        error_messages={"required": gettext_lazy("Choose a day and a time.")},
    )
    purposes = some_of("talk_purposes", gettext_lazy("What is it about?"))

    def __init__(
        self,
        *args: Any,
        case: Case,
        now: datetime,
        user: User,
        people: CasePeople | None = None,
        **kwargs: Any,
    ) -> None:
        self.people = people or CasePeople(case, now)
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["with_whom"]).choices = _with_whom(self.people)
        self.fields["conductor"] = staff_field(_("Who has this talk?"), self.people.staff)
        self.initial.setdefault("conductor", str(user.uuid))
        self.order_fields(["with_whom", "with_name", "planned_at", "conductor", "purposes"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("with_whom") in NEED_A_NAME and not given.get("with_name"):
            self.add_error("with_name", _("Write down who this is."))
        return given

    def service_values(self) -> dict[str, Any]:
        """What plan_follow_up needs beside actor, case and moment."""
        given = self.cleaned_data
        plain = ("conductor", "planned_at", "purposes", "share_ok", "wish_reason")
        return {**{name: given[name] for name in plain}, **self._with_whom()}

    def _with_whom(self) -> dict[str, Any]:
        kind, _colon, key = self.cleaned_data["with_whom"].partition(":")
        if kind == "participant":
            person = next(p for p in self.people.participants if str(p.uuid) == key)
            return {"with_participant": person, "with_role": person.role}
        if kind == "support":
            helper = next(p for p in self.people.support_persons if str(p.uuid) == key)
            return {"with_name": helper.name, "with_role": "support_person"}
        name = class_name(self.people.case) if kind == "class" else self.cleaned_data["with_name"]
        return {"with_name": name, "with_role": kind}


class MoveTalkForm(AsksLater, MergingForm):
    """Another moment, or somebody else who has the talk. `service_values` fits change_talk."""

    planned_at = TalkForm.base_fields["planned_at"]

    def __init__(self, *args: Any, talk: FollowUpTalk, now: datetime, **kwargs: Any) -> None:
        initial = {
            "planned_at": talk.planned_at,
            "conductor": str(talk.conductor.uuid),
            "wish_reason": talk.wish_reason,
        }
        super().__init__(*args, initial=initial, **kwargs)
        staff = CasePeople(talk.case, now).staff
        self.fields["conductor"] = staff_field(_("Who has this talk?"), staff)
        self.compare_with(talk)

    def service_values(self) -> dict[str, Any]:
        """What change_talk needs beside actor, talk and moment."""
        return self.without_stamp


class RecordTalkForm(AsksLater):
    """How a talk went. `service_values` fits record_talk, which says what a held talk cannot do without."""

    status = forms.ChoiceField(
        label=gettext_lazy("Did the talk take place?"),
        widget=ChipRadio,
        choices=[
            (Status.HELD, gettext_lazy("Yes")),
            (Status.NO_SHOW, gettext_lazy("Did not come")),
            (Status.CANCELLED, gettext_lazy("No longer needed")),
        ],
        error_messages={"required": gettext_lazy("Choose what happened.")},
    )
    progress = needed(
        forms.ChoiceField(
            label=gettext_lazy("How is it going now?"),
            required=False,
            widget=ChipRadio,
            choices=Progress.choices,
        )
    )
    safety_score = grade_field(gettext_lazy("How safe does the pupil feel at school? (0-10)"))
    new_incident = needed(yes_no_field(gettext_lazy("Did something new happen?"), required=False))
    progress_examples = needed(
        forms.CharField(
            label=gettext_lazy("What goes better? An example"),
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    )
    congratulated = needed(yes_no_field(gettext_lazy("Did you give a compliment?"), required=False))
    congratulation_words = forms.CharField(
        label=gettext_lazy("What did you say?"), required=False, max_length=500
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agreements_reviewed = AgreementsField(
        label=gettext_lazy("Which agreements did you go through?"),
        queryset=Agreement.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=ChipCheckbox,
    )
    support_asked_again = needed(
        forms.ChoiceField(
            label=gettext_lazy("May somebody help after all?"),
            help_text=gettext_lazy(
                "In the conversation the pupil wanted nobody. Ask it once more."
            ),
            required=False,
            widget=ChipRadio,
            choices=FollowUpTalk.AskedAgain.choices,
        )
    )
    next_talk_at = needed(
        forms.DateTimeField(
            label=gettext_lazy("When do you talk again?"), required=False, widget=DateTimeInput
        )
    )
    no_next_talk = forms.BooleanField(label=gettext_lazy("No other talk is needed"), required=False)

    def __init__(
        self, *args: Any, talk: FollowUpTalk, now: datetime, looks_ahead: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.looks_ahead = looks_ahead
        self._ask_what_comes_next(talk, now)
        if talk.with_role != "target":
            # Others are not asked how safe they feel: the grade on the case page is the pupil's own.
            del self.fields["safety_score"]
        for name in self.fields.keys() & set(WHEN_HELD):
            applies_when(self.fields[name], "status", [Status.HELD])
        for name in WHEN_BETTER:
            applies_when(self.fields[name], "progress", [Progress.MUCH_BETTER, Progress.BETTER])

    def service_values(self) -> dict[str, Any]:
        """What record_talk needs beside actor, talk and moment."""
        return {**self.cleaned_data, "looks_ahead": self.looks_ahead}

    def _ask_what_comes_next(self, talk: FollowUpTalk, now: datetime) -> None:
        """Keep of the questions about what comes next those that are for this talk and this person."""
        agreements = reviewable(talk) if self.looks_ahead else Agreement.objects.none()
        cast(AgreementsField, self.fields["agreements_reviewed"]).queryset = agreements
        self.next = next_with_same(talk, now)
        for name, asked in (
            ("agreements_reviewed", self.looks_ahead and agreements.exists()),
            ("support_asked_again", self.looks_ahead and asks_about_support(talk)),
            ("next_talk_at", self.looks_ahead and not self.next),
            ("no_next_talk", self.looks_ahead and not self.next and not is_closing(talk)),
        ):
            if not asked:
                del self.fields[name]


def _with_whom(people: CasePeople) -> list[tuple[str, str]]:
    return [
        *((f"participant:{p.uuid}", p.name) for p in people.participants),
        ("parent", _("A parent")),
        ("class_teacher", _("The class teacher")),
        *((f"support:{p.uuid}", p.name) for p in people.other_helpers),
        ("class", class_name(people.case)),
    ]
