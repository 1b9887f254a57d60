"""What happened and what was agreed: report, case, people, conversation, agreements, follow-up."""

from cases.models.access import Access, CaseUserObjectPermission, Principal
from cases.models.aftercare_check import AftercareCheck
from cases.models.agreement import Agreement
from cases.models.break_glass import BreakGlass
from cases.models.case import Case
from cases.models.closing import Closing
from cases.models.conversation import Attendee, Conversation, Sitting
from cases.models.evidence import Evidence
from cases.models.exclusion import CaseExclusion
from cases.models.external_report import ExternalReport
from cases.models.follow_up_talk import FollowUpTalk
from cases.models.incident import Incident
from cases.models.lead_change import LeadChange
from cases.models.measure import SelfProtectionMeasure
from cases.models.parent_contact import ParentContact
from cases.models.participant import Participant
from cases.models.prior_action import PriorAction
from cases.models.report import Report
from cases.models.severity import SeverityAssessment
from cases.models.stand_in import StandIn
from cases.models.step_record import StepRecord
from cases.models.step_version import StepVersion
from cases.models.support_person import SupportPerson

__all__ = [
    "Access",
    "AftercareCheck",
    "Agreement",
    "Attendee",
    "BreakGlass",
    "Case",
    "CaseExclusion",
    "CaseUserObjectPermission",
    "Closing",
    "Conversation",
    "Evidence",
    "ExternalReport",
    "FollowUpTalk",
    "Incident",
    "LeadChange",
    "ParentContact",
    "Participant",
    "Principal",
    "PriorAction",
    "Report",
    "SelfProtectionMeasure",
    "SeverityAssessment",
    "Sitting",
    "StandIn",
    "StepRecord",
    "StepVersion",
    "SupportPerson",
]
