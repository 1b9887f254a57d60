"""What happened and what was agreed: report, case, people, conversation, agreements, follow-up."""

from cases.models.access import Access, CaseUserObjectPermission, Principal
from cases.models.agreement import Agreement
from cases.models.break_glass import BreakGlass
from cases.models.case import Case
from cases.models.conversation import Conversation, Sitting
from cases.models.exclusion import CaseExclusion
from cases.models.follow_up_talk import FollowUpTalk
from cases.models.incident import Incident
from cases.models.measure import SelfProtectionMeasure
from cases.models.parent_contact import ParentContact
from cases.models.participant import Participant
from cases.models.prior_action import PriorAction
from cases.models.report import Report
from cases.models.severity import SeverityAssessment
from cases.models.step_record import StepRecord
from cases.models.support_person import SupportPerson

__all__ = [
    "Access",
    "Agreement",
    "BreakGlass",
    "Case",
    "CaseExclusion",
    "CaseUserObjectPermission",
    "Conversation",
    "FollowUpTalk",
    "Incident",
    "ParentContact",
    "Participant",
    "Principal",
    "PriorAction",
    "Report",
    "SelfProtectionMeasure",
    "SeverityAssessment",
    "Sitting",
    "StepRecord",
    "SupportPerson",
]
