"""The demo story: two schools of different boards, told through the services up to the demo's first moment."""

from __future__ import annotations

from django.db import transaction

from pestzorg.demo import scenario_a, scenario_b

PASSWORD = "pestzorg-demo"  # noqa: S105 - printed by the demo, refused everywhere else
BEGINS_AT = scenario_a.at(6, 13, 30)


@transaction.atomic
def tell() -> None:
    """Build the story in an empty database, as it stands on Thursday 6 November 2025, 13:30."""
    a = scenario_a.found_school_a(PASSWORD)
    scenario_a.first_sitting(a, scenario_a.report_and_assess(a))
    b = scenario_b.found_school_b(PASSWORD)
    scenario_b.report_and_first_sitting(b)
