"""How a line of the technical log looks. It may hold ids and counts, so what an exception says is left out,
and so is a secret in an address.

A database quotes the value it refuses, a parser the text it cannot read: the words of an error are content.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType

# Everything that a terminal obeys or that begins a new line; tab is harmless.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
# With this begins every secret that a program carries; also secret scanners know it by that.
MARK = "pz_"
SECRET = re.compile(rf"\b{MARK}[\w-]+")
ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class QuietFormatter(logging.Formatter):
    """One record, one line; of an exception its kind and where it happened, never its words."""

    def format(self, record: logging.LogRecord) -> str:
        # Celery writes the words of an error into the message of a failed task.
        if isinstance(record.args, dict) and "exc" in record.args:
            record.args = {**record.args, "exc": "see below", "args": "", "kwargs": ""}
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        # The address of a calendar feed is a secret, and Django writes the address of what it refuses.
        told = SECRET.sub(f"{MARK}...", super().formatMessage(record))
        return CONTROL.sub(lambda found: repr(found[0])[1:-1], told)

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 - logging's name
        return "\n".join(_told(ei[1], set())) if ei[1] else ""


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    """The chain of errors, the first one first, as Python prints it."""
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
        yield "which led to"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
