"""The form of an agreement, on its own page and as a row of step 7; and the form that settles one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Agreement, Case, Participant
from cases.models.agreement import default_visibility
from cases.queries.people import CasePeople, class_name
from cases.queries.same_pupil import TARGET
from cases.web.agreement_days import AsksWhichDay, day_choices
from cases.web.fields import AsksLater, needed, some_of
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipRadio, DateInput
from schools.models import User
from schools.web.fields import staff_field

Type = Agreement.OwnerType
NEED_A_NAME = ("parent", "external")


class AgreementForm(AsksLater, AsksWhichDay, MergingForm):
    """Who does what by when, and who follows up. `service_values` fits record_agreement and change_agreement.

    With `offer` it proposes something from step 6: it counts as filled in while its tick is on.
    """

    template_name = "cases/_agreement_form.html"
    together = (
        ("owner", "owner_staff", "owner_name"),
        ("when", "deadline", "due", "review_on", "starts_on", "all_days"),
    )

    wanted = forms.BooleanField(
        label=gettext_lazy("Make this an agreement"), required=False, initial=True
    )
    what = forms.CharField(
        label=gettext_lazy("What do you agree?"),
        help_text=gettext_lazy("One thing, in words that everybody understands."),
        max_length=200,
        error_messages={"required": gettext_lazy("Write down what is agreed.")},
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Who does it?"),
        widget=ChipRadio,
        error_messages={"required": gettext_lazy("Who does this? Name one person.")},
    )
    owner_name = forms.CharField(
        label=gettext_lazy("Name of the parent or the other person"), required=False, max_length=120
    )
    helper = forms.CharField(
        label=gettext_lazy("Who helps with it?"), required=False, max_length=120
    )
    when = forms.DateField(
        label=gettext_lazy("By when?"), required=False, widget=ChipRadio, initial=""
    )
    deadline = forms.DateField(label=gettext_lazy("Which day?"), required=False, widget=DateInput)
    review_on = forms.DateField(
        label=gettext_lazy("It has no end: when do you look back?"),
        required=False,
        widget=DateInput,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("From which day?"),
        help_text=gettext_lazy("Only for what has no end. Empty: at once."),
        required=False,
        widget=DateInput,
    )
    all_days = forms.BooleanField(
        label=gettext_lazy("Days without school count too (police, an app, at home)"),
        required=False,
    )
    check_how = forms.CharField(
        label=gettext_lazy("How do you know that it is done?"), required=False, max_length=200
    )

    visibility = some_of(
        "visibilities",
        gettext_lazy("Who may read this?"),
        help_text=gettext_lazy(
            "Pupil and parents read it on their own paper. Nothing chosen: the care team and the pupil."
        ),
        initial=default_visibility,
    )

    def __init__(
        self,
        *args: Any,
        case: Case,
        now: datetime,
        user: User,
        people: CasePeople | None = None,
        offer: bool = False,
        agreement: Agreement | None = None,
        kept_day: date | None = None,
        **kwargs: Any,
    ) -> None:
        self.people, self.user, self.offer = people or CasePeople(case, now), user, offer
        self.kept_day = agreement.deadline if agreement else kept_day
        super().__init__(*args, **kwargs)
        if not offer:
            del self.fields["wanted"]
        self._choice("owner").choices = owner_choices(self.people, user)
        self.fields["when"].widget.choices = day_choices(self.people.calendar, now)
        staff = self.people.staff
        self.fields["owner_staff"] = staff_field(_("Which colleague?"), staff, required=False)
        self.fields["responsible_staff"] = staff_field(_("Who follows up?"), staff)
        self.initial.setdefault("responsible_staff", str(user.uuid))
        for name in ("owner_staff", "owner_name", "when", "deadline"):
            needed(self.fields[name])
        if agreement:
            self.compare_with(agreement)

    @property
    def has_more(self) -> bool:
        """Something in the folded part is filled in or wrong."""
        folded = ("helper", "check_how", "review_on", "starts_on", "all_days")
        is_usual = set(self["visibility"].value() or ()) == set(default_visibility())
        return not is_usual or any(self[name].value() or self[name].errors for name in folded)

    def has_changed(self) -> bool:
        """An offer is filled in while it is ticked, also when nobody touched it."""
        return bool(self["wanted"].data) if self.offer else super().has_changed()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        owner = given.get("owner", "")
        if owner == "staff" and not given.get("owner_staff"):
            self.add_error("owner_staff", _("Choose the colleague."))
        if owner in NEED_A_NAME and not given.get("owner_name"):
            self.add_error("owner_name", _("Write down who this is."))
        chip, typed = given.get("when"), given.get("deadline")
        if chip and typed and chip != typed and "deadline" in self.changed_data:
            self.add_error("deadline", _("Choose one day: tap one, or fill one in."))
        if "deadline" not in self.errors:
            self.ask_which_day(chip or typed, all_days=given.get("all_days", False))
        return given

    def service_values(self) -> dict[str, Any]:
        """What record_agreement and change_agreement need beside actor, case and moment."""
        given = self.cleaned_data
        plain = ("what", "helper", "responsible_staff", "review_on", "starts_on", "all_days")
        return {
            **{
                name: given[name]
                for name in (*plain, "check_how", "due", "share_ok", "wish_reason")
            },
            "visibility": given["visibility"] or default_visibility(),
            "deadline": given["when"] or given["deadline"],
            **self._owner(),
        }

    def _owner(self) -> dict[str, Any]:
        kind, _colon, key = self.cleaned_data["owner"].partition(":")
        nobody: dict[str, Any] = {"owner_staff": None, "owner_participant": None, "owner_name": ""}
        found: dict[str, Any]
        match kind:
            case "target":
                found = {"owner_type": Type.TARGET, "owner_participant": self.people.target}
            case "me" | "staff":
                found = {"owner_type": Type.STAFF, "owner_staff": self._owner_staff(kind, key)}
            case "participant":
                other = _by_uuid(self.people.participants, key)
                found = {"owner_type": _type_of(other), "owner_participant": other}
            case "support":
                helper = _by_uuid(self.people.support_persons, key)
                found = {"owner_type": Type.SUPPORT_PERSON, "owner_name": helper.name}
            case "class":
                found = {"owner_type": Type.CLASS, "owner_name": class_name(self.people.case)}
            case _:
                found = {"owner_type": kind, "owner_name": self.cleaned_data["owner_name"]}
        return nobody | found

    def _owner_staff(self, kind: str, key: str) -> User:
        if kind == "me":
            return self.user
        found: User = _by_uuid(self.people.staff, key) if key else self.cleaned_data["owner_staff"]
        return found

    def _choice(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])


class SettleForm(forms.Form):
    """How it went, when "done" is not the whole story."""

    status = forms.ChoiceField(
        label=gettext_lazy("How did it go?"),
        widget=ChipRadio,
        choices=[
            (Agreement.Status.DONE, Agreement.Status.DONE.label),
            (Agreement.Status.PARTLY, Agreement.Status.PARTLY.label),
            (Agreement.Status.NOT_DONE, Agreement.Status.NOT_DONE.label),
            (Agreement.Status.CANCELLED, Agreement.Status.CANCELLED.label),
        ],
        error_messages={"required": gettext_lazy("Choose how it went.")},
    )
    note = forms.CharField(
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy("When it was done partly: what was done?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def owner_choices(people: CasePeople, user: User) -> list[tuple[str, str]]:
    """The pupil, me, the colleagues of this case, then everybody else who may promise something."""
    colleagues = [p for p in _working(people) if p.pk != user.pk]
    return [
        *([("target", people.target.name)] if people.target else []),
        ("me", _("Me")),
        *((f"staff:{p.uuid}", p.full_name) for p in colleagues),
        ("staff", _("Another colleague")),
        ("parent", _("A parent")),
        *((f"participant:{p.uuid}", p.name) for p in people.others),
        *((f"support:{p.uuid}", p.name) for p in people.other_helpers),
        ("class", class_name(people.case)),
        ("external", _("Somebody else")),
    ]


def initial_of(agreement: Agreement, people: CasePeople, user: User) -> dict[str, Any]:
    """The fields of the form for an agreement that is there already."""
    plain = ("what", "owner_name", "helper", "deadline", "review_on", "starts_on", "all_days")
    return {
        **{name: getattr(agreement, name) for name in (*plain, "check_how", "visibility")},
        "wish_reason": agreement.wish_reason,
        "owner": _owner_key(agreement, people, user),
        "owner_staff": str(agreement.owner_staff.uuid) if agreement.owner_staff else "",
        "responsible_staff": str(agreement.responsible_staff.uuid),
    }


def _owner_key(agreement: Agreement, people: CasePeople, user: User) -> str:
    match agreement.owner_type:
        case Type.STAFF:
            if agreement.owner_staff_id == user.pk:
                return "me"
            known = next((p for p in _working(people) if p.pk == agreement.owner_staff_id), None)
            return f"staff:{known.uuid}" if known else "staff"
        case Type.TARGET | Type.PUPIL_OTHER if agreement.owner_participant:
            owner = agreement.owner_participant
            return "target" if owner == people.target else f"participant:{owner.uuid}"
        case Type.SUPPORT_PERSON:
            return _helper_key(agreement.owner_name, people)
        case Type.PUPIL_OTHER:
            return "external"
        case _:
            return agreement.owner_type


def _helper_key(name: str, people: CasePeople) -> str:
    # Somebody who helps and plays another part too is offered once, in that part.
    offered: list[tuple[str, Any]] = [("support", p) for p in people.other_helpers]
    offered += [("participant", p) for p in people.others]
    found = (f"{kind}:{p.uuid}" for kind, p in offered if p.name.casefold() == name.casefold())
    return next(found, "external")


def _type_of(person: Participant) -> str:
    return Type.TARGET if person.role == TARGET else Type.PUPIL_OTHER


def _working(people: CasePeople) -> list[User]:
    # Handler or lead may have left the school; then nothing new is asked of them.
    return [person for person in people.responsible if person in people.staff]


def _by_uuid(rows: Any, key: str) -> Any:
    return next(row for row in rows if str(row.uuid) == key)
