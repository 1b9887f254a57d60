"""From a case in progress to aftercare, through its checks, to the end; and back when it begins again."""

from cases.services.closing.checks import move_check, record_check
from cases.services.closing.deciding import decide_closing, sign_closing, turn_down_closing
from cases.services.closing.ending import close_case, reopen_case
from cases.services.closing.proposing import propose_closing

__all__ = [
    "close_case",
    "decide_closing",
    "move_check",
    "propose_closing",
    "record_check",
    "reopen_case",
    "sign_closing",
    "turn_down_closing",
]
