"""Whether a pupil has a case already that a reader may know of."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cases.access import Who, visible_to
from cases.ceilings import Level
from cases.models import Case, Participant
from schools.models import Pupil

TARGET = "target"


def _cases_about(case: Case, pupil: Pupil | None, name: str) -> QuerySet[Case]:
    targets = Participant.objects.filter(role=TARGET)
    if pupil:
        about = targets.filter(pupil=pupil)
    else:
        same_class = Q(case__school_class=case.school_class_id)
        about = targets.filter(same_class, name__iexact=name.strip())
    others = Case.objects.filter(school=case.school_id, is_open=True).exclude(pk=case.pk)
    return others.filter(pk__in=about.values("case"))


def known_cases_about(who: Who, case: Case, pupil: Pupil | None, name: str) -> list[Case]:
    """The other open cases of this school about this pupil that somebody may read.

    Of the others nobody learns that they are there. Who is known by name only is looked for in the class.
    """
    readable = visible_to(who, Level.VIEW)
    return list(_cases_about(case, pupil, name).filter(pk__in=readable.values("pk")).order_by("pk"))


def target_called(case: Case, pupil: Pupil | None, name: str) -> Participant | None:
    """Who is bullied in this case and goes by this name already."""
    called = {pupil.first_name, str(pupil)} if pupil else {name.strip()}
    wanted = {one.casefold() for one in called}
    for person in case.participants.filter(role=TARGET).select_related("pupil").order_by("pk"):
        if pupil and person.pupil_id:
            continue
        own = {person.name, *([str(person.pupil)] if person.pupil else [])}
        if wanted & {one.casefold() for one in own}:
            return person
    return None
