"""Papers: a Typst template and data become a tagged PDF (PDF/UA-1). What is on a paper is not known here.

The compiler runs as a process of its own, with limits on time and memory, nothing in its environment, and no file
but the templates and the fonts. What people wrote reaches it as data, never as markup.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

WORKER = Path(__file__).with_name("worker.py")
SECONDS = 20
MOST_DATA = 1_000_000  # bytes of JSON; a case of years has a tenth of it


class NotTypeset(Exception):
    """The paper could not be made; the message names the kind of failure, never the data."""


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template in templates/paper with this data, whose digest stands on it as `digest`."""
    text = json.dumps({**data, "digest": digest_of(data)})
    if len(text) > MOST_DATA:
        raise NotTypeset("too much data")
    order = json.dumps({"template": template, "folder": str(folder()), "data": text})
    try:
        # Isolated (-I): no setting, no path and no key of this process goes along.
        made = subprocess.run(  # noqa: S603 - our own file, with our own python
            [sys.executable, "-I", str(WORKER)],
            input=order.encode(),
            capture_output=True,
            check=False,
            env={},
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotTypeset("took too long") from None
    if made.returncode or not made.stdout.startswith(b"%PDF"):
        raise NotTypeset(f"the compiler ended with {made.returncode}")
    return made.stdout


def digest_of(data: Mapping[str, Any]) -> str:
    """The SHA-256 of what is on a paper, to compare two papers or a paper and the log."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def folder() -> Path:
    """Where the templates are; the compiler sees no other folder."""
    return Path(settings.BASE_DIR) / "templates" / "paper"
