"""When this app's things ask for a reminder, and who then gets it: one file per thing.

Services call the `plan_…` functions in their own transaction; the reminders room asks the sources again just
before it mails. School days are computed here; the reminders room knows moments only.
"""

from cases.deadlines.aftercare import AftercareSource, opens_on, plan_aftercare
from cases.deadlines.agreements import AgreementSource, plan_agreement
from cases.deadlines.external_reports import ExternalReportSource, plan_check
from cases.deadlines.first_response import (
    HALF_WAY,
    HASTENED,
    LIMIT,
    FirstResponseSource,
    cancel_first_response,
    hasten_first_response,
    plan_first_response,
)
from cases.deadlines.first_talk import FirstTalkSource, plan_first_talk, tell_of_first_talk
from cases.deadlines.new_level import Planner, hasten_reminders, plan_anew, register_planner
from cases.deadlines.new_people import tell_new_handler, tell_new_people
from cases.deadlines.resuming import ResumeSource, plan_resume, tell_new_lead
from cases.deadlines.reviews import ReviewSource, plan_review
from cases.deadlines.school_lists import SchoolListSource, plan_school_lists
from cases.deadlines.steps import StepSource, plan_step
from cases.deadlines.support import SupportSource, plan_asking
from cases.deadlines.talks import TalkSource, plan_talk
from pestzorg.reminders import sources

__all__ = [
    "AftercareSource",
    "AgreementSource",
    "ExternalReportSource",
    "FirstResponseSource",
    "FirstTalkSource",
    "Planner",
    "ResumeSource",
    "ReviewSource",
    "SchoolListSource",
    "StepSource",
    "SupportSource",
    "TalkSource",
    "cancel_first_response",
    "hasten_first_response",
    "hasten_reminders",
    "opens_on",
    "plan_aftercare",
    "plan_agreement",
    "plan_anew",
    "plan_asking",
    "plan_check",
    "plan_first_response",
    "plan_first_talk",
    "plan_resume",
    "plan_review",
    "plan_school_lists",
    "plan_step",
    "plan_talk",
    "register_planner",
    "register_sources",
    "tell_new_handler",
    "tell_new_lead",
    "tell_new_people",
    "tell_of_first_talk",
]

SOURCES = (
    AftercareSource,
    AgreementSource,
    ExternalReportSource,
    FirstTalkSource,
    ResumeSource,
    ReviewSource,
    SchoolListSource,
    StepSource,
    SupportSource,
    TalkSource,
)


def register_sources() -> None:
    """Called once at start-up."""
    for source in SOURCES:
        sources.register(source())
    for name in (HALF_WAY, LIMIT, HASTENED):
        sources.register(FirstResponseSource(name))
