"""What every mail passes on its way, written by hand: to put one of these together takes Django up to five times as
long as the database takes to answer it. What only few mails pass is said in Django's words, where it belongs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from pestzorg.outbox.models import Mail, Priority

# The states and the limit in full: as parameters they keep PostgreSQL from planning it once, since its index holds
# these states alone.
FIRST = """
SELECT id FROM outbox_mail WHERE priority = %s AND state IN ('queued', 'retry', 'sending')
AND COALESCE(lease_until, retry_at, not_before) <= %s
ORDER BY priority, COALESCE(lease_until, retry_at, not_before), id LIMIT <most>"""
# By its id alone, so that no other index is ever tried: those of the states are full of what has left already.
ONE = """
SELECT state = 'sending' AND attempts = %s AND lease_until = %s,
EXISTS (SELECT 1 FROM outbox_deadaddress d WHERE d.recipient_id = m.recipient_id) FROM outbox_mail m WHERE id = %s"""
WRITE = "UPDATE outbox_mail SET <columns> WHERE id = %s"


class Ours(NamedTuple):
    """A mail that is still in our hands."""

    any_dead_address: bool  # its person has or had one that mail does not reach; nearly nobody has


def first_in_line(priority: Priority, now: datetime, most: int) -> list[Mail]:
    """The mails of this priority that may be claimed, the longest-waiting first; locked, past what others lock."""
    sql = FIRST.replace("<most>", str(int(most))) + _locked(" SKIP LOCKED")
    with connection.cursor() as cursor:
        cursor.execute(sql, [priority.value, _stored(now)])
        keys = [key for (key,) in cursor.fetchall()]
    mails = Mail.objects.in_bulk(keys)
    return [mails[key] for key in keys]


def lock(mail: Mail) -> Ours | None:
    """Keep it ours until the end of the transaction; None for whoever was slower than the lease."""
    with connection.cursor() as cursor:
        cursor.execute(ONE + _locked(), [mail.attempts, _stored(mail.lease_until), mail.pk])
        is_ours, any_dead_address = cursor.fetchone() or (False, False)
    return Ours(bool(any_dead_address)) if is_ours else None


def write(mail: Mail, **values: Any) -> None:
    """One UPDATE of these columns alone, and after it the same on the object, which still is as stored when it fails."""
    fields = [field for field in Mail._meta.concrete_fields if field.attname in values]
    columns = ", ".join(f"{field.column} = %s" for field in fields)
    stored = [field.get_db_prep_save(values[field.attname], connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(WRITE.replace("<columns>", columns), [*stored, mail.pk])
    for name, value in values.items():
        setattr(mail, name, value)


def _locked(how: str = "") -> str:
    # SQLite locks everything when the transaction begins.
    return f" FOR UPDATE{how}" if connection.features.has_select_for_update else ""


def _stored(moment: datetime | None) -> Any:
    # SQLite keeps moments as text.
    return connection.ops.adapt_datetimefield_value(moment)
