"""Who belongs where: boards, schools, people, classes, pupils, calendars."""

from schools.models.api_token import ApiToken
from schools.models.calendar_feed import CalendarFeed
from schools.models.exclusion import SchoolExclusion
from schools.models.membership import Membership, MembershipRole
from schools.models.pupil import Enrolment, Pupil
from schools.models.school import Board, School
from schools.models.school_class import SchoolClass
from schools.models.school_year import HolidayPeriod, SchoolYear
from schools.models.user import User

__all__ = [
    "ApiToken",
    "Board",
    "CalendarFeed",
    "Enrolment",
    "HolidayPeriod",
    "Membership",
    "MembershipRole",
    "Pupil",
    "School",
    "SchoolClass",
    "SchoolExclusion",
    "SchoolYear",
    "User",
]
