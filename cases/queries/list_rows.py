"""The rows of a list as one reader may know them, each column in words. Which columns there are is cases/protocol/lists.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import (
    Agreement,
    Conversation,
    FollowUpTalk,
    Incident,
    Participant,
    SelfProtectionMeasure,
    StepRecord,
    SupportPerson,
)
from cases.models.step_record import StepStatus, Visibility
from cases.models.vocabulary_fields import KnownTerm
from cases.protocol import vocabulary
from cases.protocol.lists import Column
from cases.queries.belonging import is_shared, told_about
from pestzorg.web.templatetags.pestzorg_ui import day, moment
from schools.models import User

# What a pupil does not want to do is nobody's business at home: none of the nine is ever compulsory.
TOLD_MEASURES = (SelfProtectionMeasure.Status.AGREED, SelfProtectionMeasure.Status.ALREADY_DONE)
TOLD_TALKS = (FollowUpTalk.Status.PLANNED, FollowUpTalk.Status.HELD)
TOLD_IN, PARENTS_TOLD_IN = 2, 3
# What a step says on the screen about who may read it holds for paper too.
READ_BY = {
    "pupil": (Visibility.CARE_TEAM, Visibility.SHAREABLE),
    "parents": (Visibility.SHAREABLE,),
    "file": (Visibility.CARE_TEAM, Visibility.SHAREABLE),
}


@dataclass(frozen=True)
class ListRows:
    """The lists of one conversation for one audience; free text and names go through `hide`."""

    conversation: Conversation
    audience: str
    hide: Callable[[str], str]

    def of(self, name: str) -> list[Any]:
        """The rows of this list that the audience may know of."""
        rows: Callable[[], Iterable[Any]] = getattr(self, f"_{name}")
        return list(rows())

    def text(self, name: str, row: Any, column: Column) -> str:
        """One cell in words; empty when nothing was said."""
        together = getattr(self, f"_{name}_{column.key}", None)
        return str(together(row)) if together else self._plain(row, column.key)

    # ── which rows ───────────────────────────────────────────────────────────
    @property
    def _for_file(self) -> bool:
        return self.audience == "file"

    @property
    def _is_shared(self) -> bool:
        return not self._for_file and is_shared(self.conversation)

    @property
    def _here(self) -> Q:
        # Of an older conversation in the same case only what belongs to it; what has none belongs to each.
        own = Q(conversation=self.conversation)
        return own if self._is_shared else own | Q(conversation=None)

    def _of_case(self, rows: models.QuerySet[Any], step: int) -> Iterable[Any]:
        # What hangs on the case may have been told in a conversation this audience does not read.
        told = StepRecord.objects.filter(conversation__case=self.conversation.case, step=step)
        opened = told.exclude(conversation=self.conversation).exclude(status=StepStatus.NOT_STARTED)
        closed = opened.exclude(visibility__in=READ_BY[self.audience])
        return rows.none() if not self._for_file and (self._is_shared or closed.exists()) else rows

    def _incidents(self) -> Iterable[Incident]:
        return self._of_case(self.conversation.case.incidents.all(), TOLD_IN)

    def _people(self) -> Iterable[Participant]:
        return self.conversation.case.participants.exclude(role="target").order_by("id")

    def _prior_actions(self) -> Iterable[Any]:
        return self.conversation.prior_actions.all()

    def _parent_contacts(self) -> Iterable[Any]:
        contacts = told_about(self.conversation).select_related("by")
        return self._of_case(contacts, PARENTS_TOLD_IN)

    def _measures(self) -> Iterable[SelfProtectionMeasure]:
        measures = self.conversation.measures.exclude(status="")
        if not self._for_file:
            measures = measures.filter(status__in=TOLD_MEASURES)
        for measure in measures:
            measure.conversation = self.conversation
            yield measure

    def _agreements(self) -> Iterable[Agreement]:
        kept = self.conversation.case.agreements.filter(self._here)
        people = ("owner_staff", "owner_participant", "responsible_staff")
        for agreement in kept.exclude(status=Agreement.Status.CANCELLED).select_related(*people):
            if self._for_file or self.audience in agreement.visibility:
                yield agreement

    def _talks(self) -> Iterable[FollowUpTalk]:
        talks = self.conversation.case.talks.filter(self._here, status__in=TOLD_TALKS)
        for talk in talks.select_related("with_participant", "conductor"):
            own = talk.with_participant_id == self.conversation.target_id
            with_parent = self.audience == "parents" and talk.with_role == "parent"
            if self._for_file or own or with_parent:
                yield talk

    def _support_persons(self) -> Iterable[SupportPerson]:
        people = self.conversation.support_persons.select_related("asked_by")
        if self._for_file:
            return people
        return people.exclude(answer=SupportPerson.Answer.DECLINED)

    # ── columns that say several things together ─────────────────────────────
    def _incidents_when(self, row: Incident) -> str:
        if row.happened_on is None:
            return ""
        month = date_format(row.happened_on, "F Y")
        return {
            "exact": day(row.happened_on),
            "week": _("in the week of %(day)s") % {"day": day(row.happened_on)},
            "month": _("in %(month)s") % {"month": month},
            "unknown": _("around %(month)s, not sure when") % {"month": month},
        }[row.date_precision]

    def _people_role(self, row: Participant) -> str:
        return str(vocabulary.term("participant_roles", row.role).note["behaviour"])

    def _measures_key(self, row: SelfProtectionMeasure) -> str:
        return str(row.definition.label)

    def _measures_who(self, row: SelfProtectionMeasure) -> str:
        target = self.conversation.target.name
        own = row.owner in (target, target.split()[0])
        return self._with_help(self._pupil if own else self.hide(row.owner), row.helper)

    def _agreements_who(self, row: Agreement) -> str:
        return self._with_help(self._owner(row), row.helper)

    def _agreements_due(self, row: Agreement) -> str:
        if row.standing and row.starts_on:
            days = {"start": day(row.starts_on), "day": day(row.due_on)}
            return _("Every time from %(start)s; we look back on %(day)s") % days
        if row.standing:
            return _("Every time; we look back on %(day)s") % {"day": day(row.due_on)}
        return day(row.due_on)

    def _agreements_state(self, row: Agreement) -> str:
        return ", ".join(filter(None, [self._plain(row, "status"), day(row.done_on)]))

    def _talks_whom(self, row: FollowUpTalk) -> str:
        if row.with_participant_id == self.conversation.target_id:
            return self._pupil
        return self.hide(row.with_whom)

    def _talks_when(self, row: FollowUpTalk) -> str:
        return day(row.held_on) if row.held_on else self._plain(row, "planned_at")

    def _talks_next(self, row: FollowUpTalk) -> str:
        none_needed = _("No next talk is needed") if row.no_next_talk else ""
        return self._plain(row, "next_talk_at") or none_needed

    def _talks_compliment(self, row: FollowUpTalk) -> str:
        return self.hide(row.congratulation_words) or (_("Yes") if row.congratulated else "")

    def _support_persons_help(self, row: SupportPerson) -> str:
        return "; ".join(filter(None, [self._plain(row, "tasks"), self.hide(row.what_they_do)]))

    def _support_persons_answer(self, row: SupportPerson) -> str:
        return ", ".join(filter(None, [self._plain(row, "answer"), day(row.answered_on)]))

    def _support_persons_asking(self, row: SupportPerson) -> str:
        asker = row.asked_by.full_name if row.asked_by else ""
        return ", ".join(filter(None, [asker, day(row.ask_before)]))

    # ── words ────────────────────────────────────────────────────────────────
    def _plain(self, row: Any, name: str) -> str:
        value, column = getattr(row, name), row._meta.get_field(name)
        if value in (None, "", []):
            return ""
        known = next((v.name for v in column.validators if isinstance(v, KnownTerm)), None)
        if known is not None:
            chosen = value if isinstance(value, list) else [value]
            return ", ".join(vocabulary.label(known, key) for key in chosen)
        if column.choices:
            return str(getattr(row, f"get_{name}_display")())
        if isinstance(value, bool):
            return _yes_or_no(column, value=value)
        return self._written(value)

    def _written(self, value: Any) -> str:
        if isinstance(value, User):
            return value.full_name
        if isinstance(value, datetime):
            at = value.astimezone(self.conversation.case.school.zone)
            return moment(at.replace(tzinfo=None))
        if isinstance(value, date):
            return day(value)
        if isinstance(value, int):
            return _("%(score)s out of 10") % {"score": value}
        return self.hide(value)

    def _owner(self, agreement: Agreement) -> str:
        if agreement.owner_staff:
            return agreement.owner
        if agreement.owner_participant_id == self.conversation.target_id:
            return self._pupil
        return self.hide(agreement.owner) or str(agreement.get_owner_type_display())

    @property
    def _pupil(self) -> str:
        return _("You") if self.audience == "pupil" else self.conversation.target.name

    def _with_help(self, who: str, helper: str) -> str:
        if not helper:
            return who
        return _("%(who)s, with help from %(helper)s") % {"who": who, "helper": self.hide(helper)}


def _yes_or_no(column: models.Field[Any, Any], *, value: bool) -> str:
    # A tick that was not set says nothing; a question that was answered with no does.
    asked = column.null or column.default is True
    return _("Yes") if value else _("No") if asked else ""
