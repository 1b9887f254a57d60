"""What a second conversation begins with: what was said in steps 5, 6 and 10 of the first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from cases.models import Conversation, SelfProtectionMeasure, StepRecord, SupportPerson
from cases.services.answers import check_answers
from cases.services.conversations.records import step_records
from pestzorg.posting.versions import write
from schools.models import User

PRAISE, PROTECTION, SUPPORT = 5, 6, 10
OWN = {"id", "uuid", "conversation", "version", "changed_by", "changed_at"}

Row = TypeVar("Row", SelfProtectionMeasure, SupportPerson)


def prefill(actor: User, made: Conversation, first: Conversation, *, now: datetime) -> None:
    """Copy what was said; each step is still to be talked about, and read by whom it could be read before."""
    before = {record.step: record for record in first.step_records.all()}
    today = now.astimezone(made.case.school.zone).date()
    for record in step_records(made):
        if record.step in {PRAISE, PROTECTION, SUPPORT} and record.step in before:
            _copy_record(actor, record, before[record.step], now)
    known = {definition.key for definition in made.edition.measures}
    for measure in first.measures.filter(key__in=known):
        _copy(actor, made, measure, now, deadline=_if_to_come(measure.deadline, today), outcome="")
    for person in first.support_persons.filter(answer=SupportPerson.Answer.ACCEPTED):
        if person.until is None or person.until >= today:
            _copy(actor, made, person, now)


def _copy_record(actor: User, record: StepRecord, before: StepRecord, now: datetime) -> None:
    record.visibility = before.visibility
    if record.step == PRAISE:
        # A newer edition may ask other questions: what does not fit is not taken along.
        odd = {problem.field for problem in check_answers(record, before.answers)}
        record.answers = {key: value for key, value in before.answers.items() if key not in odd}
    write(record, actor, now)


def _copy(actor: User, made: Conversation, row: Row, now: datetime, **changes: Any) -> None:
    values = {f.name: getattr(row, f.name) for f in row._meta.fields if f.name not in OWN}
    write(type(row)(conversation=made, **values | changes), actor, now)


def _if_to_come(day: date | None, today: date) -> date | None:
    return day if day and day >= today else None
