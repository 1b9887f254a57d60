"""Which method fits: nine questions about the situation, what speaks for and against each method, and the advice."""

from interventions.suitability.advice import Advice, Given, Reason, Verdict, advise
from interventions.suitability.definition import Circumstance, Edition, Indicator, Row
from interventions.suitability.loader import UnknownEdition, edition, newest

__all__ = [
    "Advice",
    "Circumstance",
    "Edition",
    "Given",
    "Indicator",
    "Reason",
    "Row",
    "UnknownEdition",
    "Verdict",
    "advise",
    "edition",
    "newest",
]
