"""The methods for a whole class or group, as versioned data: what each of them does, and what it leaves out on purpose."""

from interventions.protocol.definition import (
    Gap,
    Group,
    Loop,
    Method,
    PersonList,
    Phase,
    ProposalList,
    RuleCount,
    Variant,
)
from interventions.protocol.loader import UnknownMethod, current, method, methods

__all__ = [
    "Gap",
    "Group",
    "Loop",
    "Method",
    "PersonList",
    "Phase",
    "ProposalList",
    "RuleCount",
    "UnknownMethod",
    "Variant",
    "current",
    "method",
    "methods",
]
