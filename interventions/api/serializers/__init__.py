"""What the API shows and takes, one file per noun."""

from interventions.api.serializers.beginning import BeginAloneSerializer, BeginSerializer
from interventions.api.serializers.intervention import (
    InterventionSerializer,
    WholeInterventionSerializer,
)
from interventions.api.serializers.phase import (
    AboutPersonSerializer,
    HoldPhaseSerializer,
    PhaseSerializer,
    PlanPhaseSerializer,
    SavePhaseSerializer,
    SkipPhaseSerializer,
)
from interventions.api.serializers.thermometer import RunSerializer, RunWithResultsSerializer

__all__ = [
    "AboutPersonSerializer",
    "BeginAloneSerializer",
    "BeginSerializer",
    "HoldPhaseSerializer",
    "InterventionSerializer",
    "PhaseSerializer",
    "PlanPhaseSerializer",
    "RunSerializer",
    "RunWithResultsSerializer",
    "SavePhaseSerializer",
    "SkipPhaseSerializer",
    "WholeInterventionSerializer",
]
