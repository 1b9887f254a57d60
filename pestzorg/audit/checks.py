"""Deploy check E040: the program's role must not be able to change the log. Needs the database, so it runs with
`manage.py check --deploy --database default`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connection

from pestzorg.audit import guard
from pestzorg.audit.roles import faults

HINT = "Run `manage.py audit roles` as the owner of the tables (docs/operations.md)."


@register(Tags.database, deploy=True)
def the_log_is_only_added_to(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[Error]:
    """One error for what the role may do to the log, and one when the triggers are gone."""
    if not databases or "default" not in databases:
        return []
    found = [
        f"This database role can change the audit log: {', '.join(f)}." for f in [faults()] if f
    ]
    if not guard.stands(connection):
        found.append("The triggers that protect the audit log are missing.")
    return [Error(text, hint=HINT, id="pestzorg.E040") for text in found]
