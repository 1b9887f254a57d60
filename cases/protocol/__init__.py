"""The ten-step conversation as versioned data, and the field's code lists (`vocabulary`)."""

from cases.protocol.definition import (
    Choice,
    Condition,
    Edition,
    Field,
    Guidance,
    Measure,
    ProtocolError,
    Step,
    Text,
)
from cases.protocol.loader import CURRENT_EDITION, UnknownEdition, edition, editions

__all__ = [
    "CURRENT_EDITION",
    "Choice",
    "Condition",
    "Edition",
    "Field",
    "Guidance",
    "Measure",
    "ProtocolError",
    "Step",
    "Text",
    "UnknownEdition",
    "edition",
    "editions",
]
