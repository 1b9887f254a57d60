"""What a closing asks for, who decides about it, and where aftercare stands."""

from cases.queries.closing.criteria import (
    Answers,
    Criterion,
    Finding,
    Judged,
    Standing,
    judge_closing,
    lacks,
    register,
)

__all__ = [
    "Answers",
    "Criterion",
    "Finding",
    "Judged",
    "Standing",
    "judge_closing",
    "lacks",
    "register",
]
