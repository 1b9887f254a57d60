"""Classes of a school year and who is in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pestzorg.errors import broken
from schools.models import Enrolment, Pupil, School, SchoolClass, SchoolYear, User


@transaction.atomic
def open_class(
    school: School, year: SchoolYear, name: str, class_teachers: Iterable[User] = ()
) -> SchoolClass:
    """A class in a school year, with its class teachers."""
    if year.school_id != school.pk:
        raise broken("school_year", _("Choose a school year of this school."))
    school_class = SchoolClass.objects.create(school=school, school_year=year, name=name)
    school_class.class_teachers.set(class_teachers)
    return school_class


@transaction.atomic
def enrol(
    school_class: SchoolClass, first_name: str, last_name: str, *, born_on: date | None = None
) -> Pupil:
    """A new pupil, in this class from the first day of its school year."""
    pupil = Pupil(
        school=school_class.school, first_name=first_name, last_name=last_name, born_on=born_on
    )
    pupil.full_clean()
    pupil.save()
    Enrolment.objects.create(
        pupil=pupil, school_class=school_class, starts_on=school_class.school_year.starts_on
    )
    return pupil
