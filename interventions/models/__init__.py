"""What a class does about it: interventions with their phases and groups, the check before them, class rules, runs."""

from interventions.models.answer_box import AnswerBox
from interventions.models.class_rule import ClassRule
from interventions.models.intervention import Consent, Intervention, InterventionStatus
from interventions.models.member import Member
from interventions.models.method_copy import MethodCopy
from interventions.models.person_note import PersonNote
from interventions.models.phase_record import PhaseRecord, PhaseStatus
from interventions.models.phase_version import PhaseVersion
from interventions.models.proposal import Proposal
from interventions.models.run import Run
from interventions.models.smallest_group import SmallestGroup
from interventions.models.suitability_check import SuitabilityCheck, SuitabilityVersion
from interventions.models.survey_token import SurveyToken

__all__ = [
    "AnswerBox",
    "ClassRule",
    "Consent",
    "Intervention",
    "InterventionStatus",
    "Member",
    "MethodCopy",
    "PersonNote",
    "PhaseRecord",
    "PhaseStatus",
    "PhaseVersion",
    "Proposal",
    "Run",
    "SmallestGroup",
    "SuitabilityCheck",
    "SuitabilityVersion",
    "SurveyToken",
]
