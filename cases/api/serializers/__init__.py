"""What the API shows and takes, one file per noun."""

from cases.api.serializers.agreement import (
    AgreementSerializer,
    HelpedSerializer,
    PutAgreementSerializer,
    SettleSerializer,
)
from cases.api.serializers.case import CaseHeaderSerializer, CaseSerializer, ParticipantSerializer
from cases.api.serializers.closing import AftercareCheckSerializer, ClosingSerializer
from cases.api.serializers.conversation import (
    ConversationSerializer,
    ConversationWithStepsSerializer,
    LeadChangeSerializer,
    SittingSerializer,
)
from cases.api.serializers.external import ExternalReportSerializer, OutcomeSerializer
from cases.api.serializers.lists import (
    AssessmentSerializer,
    EvidenceSerializer,
    IncidentSerializer,
    MeasureSerializer,
    ParentContactSerializer,
    ParticipantRowSerializer,
    PriorActionSerializer,
    SupportPersonSerializer,
)
from cases.api.serializers.step import (
    SaveStepSerializer,
    SkipStepSerializer,
    StepSerializer,
    StepVersionSerializer,
)
from cases.api.serializers.talk import (
    MoveTalkSerializer,
    PlanTalkSerializer,
    RecordTalkSerializer,
    TalkSerializer,
)

__all__ = [
    "AftercareCheckSerializer",
    "AgreementSerializer",
    "AssessmentSerializer",
    "CaseHeaderSerializer",
    "CaseSerializer",
    "ClosingSerializer",
    "ConversationSerializer",
    "ConversationWithStepsSerializer",
    "EvidenceSerializer",
    "ExternalReportSerializer",
    "HelpedSerializer",
    "IncidentSerializer",
    "LeadChangeSerializer",
    "MeasureSerializer",
    "MoveTalkSerializer",
    "OutcomeSerializer",
    "ParentContactSerializer",
    "ParticipantRowSerializer",
    "ParticipantSerializer",
    "PlanTalkSerializer",
    "PriorActionSerializer",
    "PutAgreementSerializer",
    "RecordTalkSerializer",
    "SaveStepSerializer",
    "SettleSerializer",
    "SittingSerializer",
    "SkipStepSerializer",
    "StepSerializer",
    "StepVersionSerializer",
    "SupportPersonSerializer",
    "TalkSerializer",
]
