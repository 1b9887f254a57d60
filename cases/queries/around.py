"""Who stands around the pupil: helpers first, then the others by what they do here."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import Participant
from cases.protocol import vocabulary
from cases.queries.people import CasePeople


@dataclass(frozen=True)
class Person:
    """Somebody around the pupil, described by what they do in this situation."""

    name: str
    behaviour: str
    helps: bool = False


def people_around(people: CasePeople) -> list[Person]:
    """Everybody but the pupil the case is about."""
    helpers = [
        Person(p.name, vocabulary.label("support_relationships", p.relationship), helps=True)
        for p in people.support_persons
    ]
    others = (p for p in people.participants if p.role != "target")
    return helpers + [Person(p.name, _behaviour(p), p.role == "defender") for p in others]


def _behaviour(person: Participant) -> str:
    return str(vocabulary.term("participant_roles", person.role).note["behaviour"])
