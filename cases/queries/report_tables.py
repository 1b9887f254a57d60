"""The lists of a conversation report: measures, agreements, talks and support persons, per audience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.models import Agreement, Conversation, FollowUpTalk, SelfProtectionMeasure, SupportPerson
from cases.protocol import vocabulary
from pestzorg.web.templatetags.pestzorg_ui import day, moment

# What a pupil does not want to do is nobody's business at home: none of the nine is ever compulsory.
TOLD_MEASURES = (SelfProtectionMeasure.Status.AGREED, SelfProtectionMeasure.Status.ALREADY_DONE)
TOLD_TALKS = (FollowUpTalk.Status.PLANNED, FollowUpTalk.Status.HELD)


@dataclass(frozen=True)
class Table:
    """A list as a table."""

    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Tables:
    """The list that belongs to a step, as far as this audience may read it; free text goes through `hide`."""

    conversation: Conversation
    audience: str
    hide: Callable[[str], str]

    def of(self, step: int) -> Table | None:
        """The table of this step; None when the step has none, or there is nothing in it."""
        columns_and_rows = {
            6: ([_("What"), _("Answer"), _("Who"), _("When")], self._measures),
            7: ([_("Who"), _("What"), _("When")], self._agreements),
            9: ([_("With whom"), _("When"), _("By whom")], self._talks),
            10: ([_("Name"), pgettext("support person", "Who"), _("What they do")], self._helpers),
        }
        if step not in columns_and_rows:
            return None
        columns, rows = columns_and_rows[step]
        found = list(rows())
        return Table(columns, found) if found else None

    @property
    def _for_file(self) -> bool:
        return self.audience == "file"

    @property
    def _here(self) -> Q:
        # Of an older conversation in the same case only what belongs to it; what has none belongs to each.
        return Q(conversation=self.conversation) | Q(conversation=None)

    def _measures(self) -> Iterator[list[str]]:
        measures = self.conversation.measures.exclude(status="")
        if not self._for_file:
            measures = measures.filter(status__in=TOLD_MEASURES)
        for measure in measures:
            measure.conversation = self.conversation
            yield [
                str(measure.definition.label),
                str(measure.get_status_display()),
                self._with_help(self._doer(measure.owner), measure.helper),
                day(measure.deadline),
            ]

    def _agreements(self) -> Iterator[list[str]]:
        kept = self.conversation.case.agreements.filter(self._here).exclude(
            status=Agreement.Status.CANCELLED
        )
        for agreement in kept.select_related("owner_staff", "owner_participant"):
            if self._for_file or self.audience in agreement.visibility:
                yield [
                    self._with_help(self._owner(agreement), agreement.helper),
                    self.hide(agreement.what),
                    self._due(agreement),
                ]

    def _owner(self, agreement: Agreement) -> str:
        if agreement.owner_staff:
            return agreement.owner
        if agreement.owner_participant_id == self.conversation.target_id:
            return self._pupil
        return self.hide(agreement.owner) or str(agreement.get_owner_type_display())

    def _due(self, agreement: Agreement) -> str:
        if agreement.standing:
            return _("Every time; we look back on %(day)s") % {"day": day(agreement.due_on)}
        return day(agreement.due_on)

    def _talks(self) -> Iterator[list[str]]:
        talks = self.conversation.case.talks.filter(self._here, status__in=TOLD_TALKS)
        for talk in talks.select_related("with_participant", "conductor"):
            if self._may_know(talk):
                at = talk.planned_at.astimezone(self.conversation.case.school.zone)
                yield [self._with_whom(talk), _clock(at), talk.conductor.full_name]

    def _may_know(self, talk: FollowUpTalk) -> bool:
        own = talk.with_participant_id == self.conversation.target_id
        return self._for_file or own or (self.audience == "parents" and talk.with_role == "parent")

    def _with_whom(self, talk: FollowUpTalk) -> str:
        if talk.with_participant_id == self.conversation.target_id:
            return self._pupil
        return self.hide(talk.with_whom)

    def _helpers(self) -> Iterator[list[str]]:
        people = self.conversation.support_persons.all()
        if not self._for_file:
            people = people.exclude(answer=SupportPerson.Answer.DECLINED)
        for person in people:
            yield [
                self.hide(person.name),
                vocabulary.label("support_relationships", person.relationship),
                self._what_they_do(person),
            ]

    def _what_they_do(self, person: SupportPerson) -> str:
        tasks = [vocabulary.label("support_tasks", task) for task in person.tasks]
        return "; ".join(filter(None, [", ".join(tasks), self.hide(person.what_they_do)]))

    def _doer(self, name: str) -> str:
        target = self.conversation.target.name
        return self._pupil if name in (target, target.split()[0]) else self.hide(name)

    @property
    def _pupil(self) -> str:
        return _("You") if self.audience == "pupil" else self.conversation.target.name

    def _with_help(self, who: str, helper: str) -> str:
        if not helper:
            return who
        return _("%(who)s, with help from %(helper)s") % {"who": who, "helper": self.hide(helper)}


def _clock(at: datetime) -> str:
    return moment(at.replace(tzinfo=None))
