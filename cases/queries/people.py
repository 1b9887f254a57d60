"""Who can be named in an agreement or a talk of a case. Who may see the case: cases/access/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.models import (
    Agreement,
    Case,
    CaseExclusion,
    Conversation,
    Incident,
    Participant,
    SupportPerson,
)
from schools.calendar import SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for
from schools.queries.people import CONTENT_ROLES, staff_of
from schools.roles import Role


@dataclass
class CasePeople:
    """The people around one case, each list read once; pass it on when a page has several forms."""

    case: Case
    now: datetime

    @cached_property
    def staff(self) -> list[User]:
        """Everybody who works with pupils at this school."""
        return list(staff_for(self.case, self.now))

    @cached_property
    def conversation(self) -> Conversation | None:
        """The latest conversation, with its lead and its pupil; `people_of` looks from another one."""
        return self.case.conversations.select_related("lead", "target").last()

    @cached_property
    def participants(self) -> list[Participant]:
        """The pupil first, then the others in the order in which they were named."""
        found = list(self.case.participants.order_by("id"))
        return sorted(found, key=lambda person: person != self.target)

    @cached_property
    def target(self) -> Participant | None:
        """The pupil of the conversation; before there is one, the pupil this case is about."""
        return self.conversation.target if self.conversation else self.case.target

    @property
    def others(self) -> list[Participant]:
        """Everybody named but that pupil, also another one who is bullied here."""
        return [person for person in self.participants if person != self.target]

    @cached_property
    def support_persons(self) -> list[SupportPerson]:
        """Everybody who helps and did not say no."""
        if self.conversation is None:
            return []
        declined = SupportPerson.Answer.DECLINED
        return list(self.conversation.support_persons.exclude(answer=declined))

    @property
    def other_helpers(self) -> list[SupportPerson]:
        """Those who help and are not named in the case already."""
        named = {person.name.casefold() for person in self.participants}
        return [one for one in self.support_persons if one.name.casefold() not in named]

    @cached_property
    def incidents(self) -> list[Incident]:
        """What happened, in the order in which it did."""
        return list(self.case.incidents.all())

    @cached_property
    def agreements(self) -> list[Agreement]:
        """What was agreed and not dropped."""
        kept = self.case.agreements.exclude(status=Agreement.Status.CANCELLED)
        return list(kept.select_related("owner_staff", "owner_participant"))

    @cached_property
    def calendar(self) -> SchoolCalendar:
        """The school days of this school."""
        return calendar_for(self.case.school)

    @property
    def responsible(self) -> list[User]:
        """Handler and lead, each once."""
        lead = self.conversation.lead if self.conversation else None
        return list(dict.fromkeys(p for p in (self.case.handler, lead) if p))


def people_of(conversation: Conversation, now: datetime) -> CasePeople:
    """The people around the case of a conversation, in which its own pupil comes first."""
    people = CasePeople(conversation.case, now)
    people.conversation = conversation
    return people


def staff_for(case: Case, now: datetime, roles: tuple[Role, ...] = CONTENT_ROLES) -> QuerySet[User]:
    """Who can be named in a case: works at the school in one of these roles, and is not excluded from the case."""
    out = CaseExclusion.objects.filter(case=case, lifted_at=None)
    return staff_of(case.school, now, roles).exclude(pk__in=out.values("user"))


def class_name(case: Case) -> str:
    """The name of the class, or just "the class"."""
    return case.school_class.name if case.school_class else _("The class")
