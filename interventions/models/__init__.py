"""Shape and constraints of class-level interventions."""

from interventions.models.intervention import Consent, Intervention, InterventionStatus
from interventions.models.member import Member
from interventions.models.person_note import PersonNote
from interventions.models.phase_record import PhaseRecord, PhaseStatus
from interventions.models.proposal import Proposal

__all__ = [
    "Consent",
    "Intervention",
    "InterventionStatus",
    "Member",
    "PersonNote",
    "PhaseRecord",
    "PhaseStatus",
    "Proposal",
]
