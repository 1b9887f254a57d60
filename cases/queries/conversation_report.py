"""The report of a conversation for one reader: pupil, parents or the file. Page and paper show the same content.

What is for the handler only is not read at all, what is for the care team not for parents, and other pupils are
letters. See docs/decisions/0017.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from cases.access import Who
from cases.models import Agreement, Case, Conversation, Participant, Sitting, StepRecord
from cases.models.step_record import StepStatus, Visibility
from cases.protocol import Step
from cases.protocol.lists import printed_lists
from cases.queries.list_rows import READ_BY, ListRows
from cases.queries.other_pupils import OtherPupils, mentioned
from cases.queries.printed_answers import Line, Printer, names_in
from cases.queries.report_tables import Table, Tables
from pestzorg.errors import broken
from pestzorg.web.templatetags.pestzorg_ui import clock_time, day
from schools.queries.classes import current_class, pupils_of

PUPILS_WHO_HELP = ("friend", "classmate", "older_pupil")
# Reasons for leaving the parents out that a paper would undo.
NOT_NOW = ("unsafe_now", "authority_requested")
CONCERN, AGREEMENTS = 3, 7


class Audience(models.TextChoices):
    """Whom a paper is for; the keys are those of `printed` in an edition."""

    PUPIL = "pupil", gettext_lazy("The pupil")
    PARENTS = "parents", gettext_lazy("The parents")
    FILE = "file", gettext_lazy("The file")


@dataclass(frozen=True)
class Part:
    """One of the ten steps: its answers, and its lists."""

    title: str
    lines: list[Line]
    tables: list[Table]


@dataclass(frozen=True)
class ConversationReport:
    """Everything that stands on the paper, in the reader's language."""

    title: str
    language: str
    school: str
    confidential: str
    intro: str
    facts: list[Line]
    parts: list[Part]
    signatures: list[str]
    sign_word: str
    foot: str
    page_word: str


def conversation_report(
    who: Who, conversation: Conversation, audience: Audience
) -> ConversationReport:
    """The content for this audience. Refuses the parents' paper while the pupil objects to telling them."""
    _refuse_objection(conversation, audience)
    case, confidential = conversation.case, _("confidential")
    records = list(_kept(conversation).filter(visibility__in=READ_BY[audience]))
    for record in records:
        record.conversation = conversation
    others = _others(who.now, conversation)
    printer = Printer(audience, others.hide, names_in(records))
    tables = Tables(conversation, audience, others.hide)
    return ConversationReport(
        title=_("Report of our talk") if audience == Audience.PUPIL else _("Report of the talk"),
        language=get_language() or "nl",
        school=case.school.name,
        confidential=confidential,
        intro=_intro(conversation, audience),
        facts=_facts(conversation),
        parts=list(_parts(conversation, audience, printer, records, tables)),
        signatures=_signatures(case, conversation, audience),
        sign_word=_("signature and date"),
        foot=f"{case.school.name} · {confidential}",
        page_word=_("Page"),
    )


def _kept(conversation: Conversation) -> QuerySet[StepRecord]:
    # Private notes are for no paper, so they do not even come out of the database.
    kept = conversation.step_records.defer("private_note")
    # A second conversation begins with what was said in the first; until it is said again it stands nowhere.
    return kept.exclude(status=StepStatus.NOT_STARTED) if conversation.follows_id else kept


def _refuse_objection(conversation: Conversation, audience: Audience) -> None:
    # Also when the step itself is private: what the pupil asked for counts, whoever may read it.
    record = conversation.step_records.filter(step=CONCERN).first()
    if audience != Audience.PARENTS or record is None:
        return
    if record.answer("parents_status") == "pupil_objects":
        told = _("The pupil does not want the parents to know (step 3). Talk about that first.")
        raise broken(None, told, "pupil_objects")
    if record.answer("parents_part_skipped") and record.answer("parents_skip_reason") in NOT_NOW:
        told = _(
            "Telling the parents was left out, because it is not safe or not allowed (step 3)."
        )
        raise broken(None, told, "parents_left_out")


def _parts(
    conversation: Conversation,
    audience: Audience,
    printer: Printer,
    records: list[StepRecord],
    tables: Tables,
) -> Iterator[Part]:
    readable = {record.step: record for record in records}
    # A step that nobody opened yet is for the care team, as it will be when somebody does.
    opened = set(conversation.step_records.values_list("step", flat=True))
    by_default = Visibility.CARE_TEAM in READ_BY[audience]
    for step in conversation.edition.steps:
        record = readable.get(step.number)
        lines = printer.lines(record) if record else []
        is_open = bool(record) or (by_default and step.number not in opened)
        # An agreement says itself who may read it; the other lists go with their step.
        found = tables.of(step.number) if is_open or step.number == AGREEMENTS else []
        if lines or found:
            yield Part(_title(step, audience), lines, found)


def _title(step: Step, audience: Audience) -> str:
    return str(step.title if audience == Audience.PUPIL else step.name)


def _facts(conversation: Conversation) -> list[Line]:
    case = conversation.case
    pupil = [next(_names(conversation.target)), case.school_class.name if case.school_class else ""]
    return [
        Line(pgettext("report", "With"), ", ".join(filter(None, pupil))),
        Line(pgettext("report", "By"), conversation.lead.full_name),
        *(Line(_name(s), _when(s, case)) for s in conversation.sittings.all()),
    ]


def _name(sitting: Sitting) -> str:
    return _("Talk %(number)s") % {"number": sitting.number}


def _when(sitting: Sitting, case: Case) -> str:
    begun = sitting.started_at.astimezone(case.school.zone).replace(tzinfo=None)
    if sitting.ended_at is None:
        return f"{day(begun)}, {clock_time(begun)}"
    ended = sitting.ended_at.astimezone(case.school.zone).replace(tzinfo=None)
    return _("%(day)s, %(begun)s to %(ended)s") % {
        "day": day(begun),
        "begun": clock_time(begun),
        "ended": clock_time(ended),
    }


def _intro(conversation: Conversation, audience: Audience) -> str:
    names = {"pupil": conversation.target.name, "lead": conversation.lead.full_name}
    return {
        Audience.PUPIL: _(
            "This is what you and %(lead)s talked about. Is something not right? Tell %(lead)s."
        ),
        Audience.PARENTS: _(
            "This is about the talk with %(pupil)s. Questions? Ask %(lead)s. Other pupils have a letter instead of "
            "a name."
        ),
        Audience.FILE: _(
            "For the file of the school. Private notes are not in it; other pupils have a letter instead of a name."
        ),
    }[audience] % names


def _signatures(case: Case, conversation: Conversation, audience: Audience) -> list[str]:
    pupil, lead = conversation.target.name, conversation.lead.full_name
    handler = case.handler.full_name if case.handler else lead
    return {
        Audience.PUPIL: [pupil, lead],
        Audience.PARENTS: [pupil, _("Parent or guardian"), lead],
        Audience.FILE: list(dict.fromkeys([lead, handler])),
    }[audience]


def _others(now: datetime, conversation: Conversation) -> OtherPupils:
    """Everybody else of whom a name stands somewhere: those of the case, then classmates."""
    case, names = conversation.case, list(_named(conversation))
    today, pupil = now.astimezone(case.school.zone).date(), conversation.target.pupil
    # A second bullied pupil may sit in another class than the one of the case.
    classes = [case.school_class, current_class(pupil, today) if pupil else None]
    for school_class in filter(None, dict.fromkeys(classes)):
        names += [str(classmate) for classmate in pupils_of(school_class, today)]
    # Over everything that was written, whoever may read it: so each audience has the same letters.
    return OtherPupils(_names(conversation.target), mentioned(names, _written(conversation)))


def _named(conversation: Conversation) -> Iterator[str]:
    case, target = conversation.case, conversation.target
    others = case.participants.exclude(pk=target.pk).select_related("pupil").order_by("id")
    for person in others:
        yield from _names(person)
    helpers = conversation.support_persons.filter(relationship__in=PUPILS_WHO_HELP)
    yield from helpers.values_list("name", flat=True)
    owners = case.agreements.filter(owner_type=Agreement.OwnerType.PUPIL_OTHER, owner_name__gt="")
    yield from owners.order_by("id").values_list("owner_name", flat=True)
    apart = Q(with_role__in=("target", "parent", "class_teacher", "support_person", "class"))
    talks = case.talks.exclude(apart).filter(with_name__gt="").order_by("id")
    yield from talks.values_list("with_name", flat=True)


def _names(person: Participant) -> Iterator[str]:
    if person.pupil:
        yield str(person.pupil)
    yield person.name


def _written(conversation: Conversation) -> str:
    answers = [record.answers for record in _kept(conversation)]
    # The file has every row and every column that is on any paper.
    rows = ListRows(conversation, Audience.FILE, str)
    cells = [
        rows.text(listed.key, row, column)
        for listed in printed_lists().values()
        if listed.columns
        for row in rows.of(listed.key)
        for column in listed.columns
    ]
    return "\n".join(_strings([answers, cells]))


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list | tuple):
        for part in told.values() if isinstance(told, dict) else told:
            yield from _strings(part)
