"""Who takes something over after its mail went out is reminded too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cases.deadlines.aftercare import AFTERCARE
from cases.deadlines.agreements import AGREEMENT
from cases.deadlines.first_talk import tell_of_first_talk
from cases.deadlines.reviews import REVIEW
from cases.deadlines.talks import TALK
from cases.models import AftercareCheck, Agreement, Case, FollowUpTalk
from pestzorg.reminders import plan
from schools.models import User


def tell_new_handler(actor: User, case: Case, now: datetime) -> None:
    """Whoever handles the case from now on is reminded of what its handler was told; who took it on knows."""
    if case.handler_id in (None, actor.pk):
        return
    for check in case.aftercare_checks.filter(status=AftercareCheck.Status.PLANNED):
        plan.ask_again(AFTERCARE, check.uuid, check.due_on, now)
    if case.next_review_on:
        plan.ask_again(REVIEW, case.uuid, case.next_review_on, now)
    tell_of_first_talk(case, now)


def tell_new_people(
    actor: User, item: Agreement | FollowUpTalk, former: Iterable[User | None], *, now: datetime
) -> None:
    """Whoever takes over after the mail went out is reminded too; who took it over by themselves knows."""
    if isinstance(item, Agreement):
        people = {item.owner_staff, item.responsible_staff}
        source, due_on = AGREEMENT, item.due_on
    else:
        people = {item.conductor}
        source, due_on = TALK, item.planned_at.astimezone(item.case.school.zone).date()
    if people - {*former, actor, None}:
        plan.ask_again(source, item.uuid, due_on, now)
