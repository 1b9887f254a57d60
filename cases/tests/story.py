"""A school that lives through the days of a scenario, with its mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cases.models import Agreement, Case
from cases.services.agreements import record_agreement, settle_agreement
from cases.tests.mornings import AMSTERDAM
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import Outcome, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import (
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import User
from schools.roles import Role
from schools.services.places import close_days

DAY = timedelta(days=1)


def local(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=AMSTERDAM)


@dataclass
class Story:
    """One school with a handler and a teacher, who live through the days of a scenario."""

    handler: User
    teacher: User
    case: Case
    now: datetime
    agreed: dict[str, Agreement] = field(default_factory=dict)

    def agree(self, name: str, when: str, owner: User | str, **values: Any) -> Agreement:
        """`owner` with an account, or the name of somebody without; the handler follows up unless said otherwise."""
        self.live_until(local(when))
        who: dict[str, Any] = (
            {"owner_type": "staff", "owner_staff": owner}
            if isinstance(owner, User)
            else {"owner_type": "external", "owner_name": owner}
        )
        follower = {"responsible_staff": self.handler}
        self.agreed[name] = record_agreement(
            self.handler, self.case, what=name, now=self.now, **{**who, **follower, **values}
        )
        return self.agreed[name]

    def done(self, when: str, *names: str) -> None:
        self.live_until(local(when))
        for name in names:
            settle_agreement(self.handler, self.agreed[name], "done", now=self.now)

    def live_until(self, moment: datetime) -> None:
        for at in self._quarters(moment):
            sweep(at)
            deliver(at)
        self.now = moment

    def _quarters(self, moment: datetime) -> Iterator[datetime]:
        """Half past seven, noon and ten at night of every day on the way."""
        day = self.now.astimezone(AMSTERDAM).date()
        while day <= moment.date():
            for hour, minute in ((7, 30), (12, 0), (22, 0)):
                at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)
                if self.now < at <= moment:
                    yield at
            day += DAY

    @property
    def mailed(self) -> set[tuple[str, str, str, str]]:
        """(agreement, kind, moment, first name) of every reminder that was mailed about an agreement."""
        names = {agreement.uuid: name for name, agreement in self.agreed.items()}
        people = dict(User.objects.values_list("pk", "first_name"))
        told = Reminder.objects.filter(source="agreement", outcome=Outcome.MAILED)
        return {
            (names[r.source_uuid], r.kind, f"{_sent_at(r):%d %b %H:%M}", people[r.recipient_id])
            for r in told.select_related("mail")
        }


def _sent_at(reminder: Reminder) -> datetime:
    assert reminder.mail is not None
    assert reminder.mail.sent_at is not None
    return reminder.mail.sent_at.astimezone(AMSTERDAM)


def begin_story(region: str, opened: str, severity: int) -> Story:
    now = local(opened)
    school = make_school(region=region)
    if region == "noord":
        close_days(school, "the day after Ascension", date(2026, 5, 15))
    handler = make_person(Role.COORDINATOR, school, now, first_name="Handler")
    teacher = make_person(Role.TEACHER, school, now, first_name="Teacher")
    pupil = make_pupil(make_class(school, "7A", teacher))
    case = make_case_active(handler, teacher, school, pupil, now)
    # The reviews of the level are another story.
    Case.objects.filter(pk=case.pk).update(severity=severity, next_review_on=None)
    case.refresh_from_db()
    return Story(handler, teacher, case, now)
