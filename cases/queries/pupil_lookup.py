"""Finding a pupil by the first letters of a name. Which pupils somebody may look up: schools/access.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from schools.models import Enrolment, Pupil

AT_MOST = 8
FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Hit:
    """A pupil as a chip shows it."""

    uuid: str
    name: str
    school_class: str


def find_pupils(pupils: QuerySet[Pupil], typed: str, today: date) -> list[Hit]:
    """At most eight pupils whose first name begins with the first word and last name holds the rest."""
    first, _space, rest = typed.strip().partition(" ")
    if len(first) < FEWEST_LETTERS:
        return []
    named = pupils.filter(first_name__istartswith=first, last_name__icontains=rest.strip())
    return _hits(named.order_by("first_name", "last_name", "pk")[:AT_MOST], today)


def may_be(pupil: Pupil, typed: str) -> bool:
    """Whether what is typed may mean this pupil: it begins with the beginning of a name, and holds nothing else."""
    name, words = str(pupil).casefold(), typed.casefold().replace(",", " ").split()
    begins = any(part.startswith(words[0]) for part in name.split()) if words else True
    return begins and all(word in name for word in words)


def hit_of(pupil: Pupil, today: date) -> Hit:
    """One pupil who was chosen already."""
    return _hits(Pupil.objects.filter(pk=pupil.pk), today)[0]


def _hits(pupils: QuerySet[Pupil], today: date) -> list[Hit]:
    now_enrolled = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today
    )
    current = Prefetch(
        "enrolments", now_enrolled.order_by("starts_on").select_related("school_class")
    )
    return [_hit(pupil) for pupil in pupils.prefetch_related(current)]


def _hit(pupil: Pupil) -> Hit:
    enrolled = list(pupil.enrolments.all())
    return Hit(str(pupil.uuid), str(pupil), enrolled[-1].school_class.name if enrolled else "")
