"""Class lists on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from schools.models import Enrolment, Pupil, SchoolClass


def current_class(pupil: Pupil, today: date) -> SchoolClass | None:
    """The class of a pupil on a day, None when enrolled nowhere."""
    enrolment = (
        _on(Enrolment.objects.filter(pupil=pupil), today).select_related("school_class").last()
    )
    return enrolment.school_class if enrolment else None


def pupils_of(school_class: SchoolClass, today: date) -> QuerySet[Pupil]:
    """The pupils of a class on a day, by first name."""
    enrolled = _on(Enrolment.objects.filter(school_class=school_class), today)
    return Pupil.objects.filter(pk__in=enrolled.values("pupil")).order_by("first_name", "last_name")


def _on(enrolments: QuerySet[Enrolment], today: date) -> QuerySet[Enrolment]:
    return enrolments.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today
    ).order_by("starts_on")
