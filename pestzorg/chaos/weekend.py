"""R12: no worker runs from Friday to Monday morning; then everything comes at once, and nobody is flooded."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import inf

from pestzorg.chaos import world
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.server_away import IN_HANDS, MOST_A_MINUTE
from pestzorg.chaos.stage import Theatre
from pestzorg.outbox.models import Mail, Priority

MONDAY = datetime(2025, 11, 10, 7, 0, tzinfo=UTC)  # eight o'clock at school
# Starting the senders counts as waiting, so the clock may not run much faster than a slow machine starts them.
SPEED = 2
IN_TIME = 300.0


def run(theatre: Theatre) -> None:
    """Every moment of an agreement has passed since: before its day, on it, after it, and that it stays undone."""
    with theatre.stage("r12", MONDAY, SPEED) as stage:
        with stage.crew(paced=True) as crew:
            left = crew.work_until(stage.is_quiet, IN_TIME)
        expected = world.expected() | world.stayed_undone()
        ledger, verdict = Ledger(stage.relay.log, expected), theatre.verdict
        ledger.judge("R12", verdict)
        kinds = Counter(Mail.objects.values_list("recipient_id", "priority"))
        digests = Counter(who for who, priority in kinds.elements() if priority != Priority.URGENT)
        verdict.at_most("R12", "digests for one person", max(digests.values()), 1)
        verdict.at_most(
            "R12", "mails about agreements for one person", max(ledger.per_person.values()), 2
        )
        verdict.at_most(
            "R12", "mails in any minute", ledger.busiest(60 / SPEED), MOST_A_MINUTE + IN_HANDS
        )
        first = Mail.objects.filter(priority=Priority.URGENT).earliest("sent_at").sent_at
        waited = (first - MONDAY) / timedelta(minutes=1) if first else inf
        verdict.at_most("R12", "minutes until the first urgent mail", round(waited, 1), 2)
        verdict.holds("R12", "everything left", met=left)
