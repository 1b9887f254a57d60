"""Agreements that a text of the conversation already holds: offered with owner and day, never made by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.models import StepRecord
from cases.promises import Promise, promises_in
from cases.queries.people import CasePeople
from schools.models import User
from schools.queries.people import staff_of
from schools.roles import Role

WRITTEN = ("text", "char")


@dataclass(frozen=True)
class Offer:
    """An agreement nobody made yet. `owner`, `owner_staff` and `owner_name` are values of the agreement form."""

    number: int
    what: str
    owner: str
    owner_label: str
    owner_staff: str
    owner_name: str
    deadline: date | None
    is_new: bool  # no agreement of this case says the same

    @property
    def initial(self) -> dict[str, Any]:
        """What the agreement form begins with."""
        return {
            "what": self.what,
            "owner": self.owner,
            "owner_staff": self.owner_staff,
            "owner_name": self.owner_name,
            "deadline": self.deadline,
        }


def texts_of(record: StepRecord, answers: Mapping[str, Any], summary: str) -> list[str]:
    """What was written down in a step, in the order of its questions; the summary last."""
    written = [field.key for field in record.definition.fields if field.kind in WRITTEN]
    found = [str(answers.get(key) or "") for key in written]
    return [text for text in [*found, summary] if text]


def offers_in(texts: Iterable[str], people: CasePeople, user: User) -> list[Offer]:
    """The promises in these texts as offers. Numbers stay the same when one of them became an agreement."""
    found = _People(people, user)
    taken = {agreement.what.lower() for agreement in people.case.agreements.only("uuid", "what")}
    promises = [promise for text in texts for promise in promises_in(text, found.names)]
    return [_offer(number, promise, found, taken) for number, promise in enumerate(promises)]


def _offer(number: int, promise: Promise, found: _People, taken: set[str]) -> Offer:
    calendar = found.people.calendar
    today = calendar.local_date(found.people.now)
    owner, label, staff, name = found.owner(promise)
    return Offer(
        number=number,
        what=promise.what,
        owner=owner,
        owner_label=label,
        owner_staff=staff,
        owner_name=name,
        deadline=promise.when.on(today, calendar) if promise.when else None,
        is_new=promise.what.lower() not in taken,
    )


class _People:
    """The names by which people of a case are called, and the owner that each of them is in the form."""

    def __init__(self, people: CasePeople, user: User) -> None:
        self.people, self.user = people, user
        staff = {f"staff:{person.uuid}": person for person in people.staff}
        pupils = {f"participant:{person.uuid}": person for person in people.participants}
        self.staff = staff
        self.pupils = pupils
        # The pupil of the conversation comes last, so that a shared first name means that pupil.
        others = sorted(pupils.items(), key=lambda found: found[1] == people.target)
        self.names = {
            **{name: key for key, person in staff.items() for name in _names(person.full_name)},
            **{name: key for key, person in others for name in _names(person.name)},
        }

    def owner(self, promise: Promise) -> tuple[str, str, str, str]:
        """owner, its label, uuid of the colleague, name of somebody outside: as the form wants them."""
        key = promise.who
        if key in self.pupils:
            pupil = self.pupils[key]
            return ("target" if pupil == self.people.target else key), pupil.name, "", ""
        if key == "target" and self.people.target:
            return "target", self.people.target.name, "", ""
        if key in {"parent", "class"}:
            return key, promise.said_who, "", promise.said_who if key == "parent" else ""
        colleague = self.user if key == "me" else self.staff.get(key) or self._in_role(key)
        if colleague is None:
            return "staff", promise.said_who, "", ""
        owner = "me" if colleague == self.user else "staff"
        return owner, colleague.full_name, str(colleague.uuid), ""

    def _in_role(self, role: str) -> User | None:
        """Whoever is the mentor or coordinator here; nobody when there are several."""
        case = self.people.case
        if role == "class_teacher" and case.school_class:
            found = [p for p in case.school_class.class_teachers.all() if p in self.people.staff]
        elif role in {Role.COORDINATOR, Role.PRINCIPAL}:
            found = list(staff_of(case.school, self.people.now, (Role(role),)))
        else:
            found = []
        return found[0] if len(found) == 1 else None


def _names(full_name: str) -> set[str]:
    """A whole name, the first name, and what comes after it: people say any of them."""
    whole = full_name.lower()
    first, _space, rest = whole.partition(" ")
    return {name for name in (whole, first, rest) if name}
