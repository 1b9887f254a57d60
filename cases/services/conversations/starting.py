"""Another conversation in a case: again with the same pupil after a relapse, or with another pupil who is bullied."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_first_talk
from cases.models import Case, Conversation, Participant
from cases.models.case import GOING_ON
from cases.protocol import CURRENT_EDITION
from cases.queries.judging import HIGHEST, term_of
from cases.queries.people import staff_for
from cases.queries.same_pupil import TARGET, target_called
from cases.queries.school_days import in_school_days
from cases.queries.step_rules import INVOLVED_ROLES
from cases.services.conversations.leading import let_lead_in
from cases.services.conversations.prefilling import prefill
from cases.services.conversations.records import record
from cases.services.sharing import lock
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import Pupil, User
from schools.queries.calendars import calendar_for
from schools.queries.people import HANDLER_ROLES


@transaction.atomic
def start_conversation(
    actor: User,
    case: Case,
    *,
    lead: User,
    now: datetime,
    target: Participant | None = None,
    pupil: Pupil | None = None,
    target_name: str = "",
) -> Conversation:
    """Make a conversation with somebody of this case, a pupil of the school, or somebody known by name only.

    After an earlier one with the same pupil it follows that one: steps 5, 6 and 10 begin with what was said then.
    Refuses a case that is not in progress, a pupil who has a conversation already, also under the same name, or takes
    part in the bullying, and a lead who cannot lead.
    """
    locked = lock(case)
    if locked.status not in GOING_ON:
        raise broken(None, _("Only a case in progress gets another conversation."), "state")
    person = _target_of(actor, locked, target, pupil, target_name, now)
    earlier = list(locked.conversations.filter(target=person))
    refuse_if(_problems(locked, person, earlier, lead, now))
    made = Conversation.objects.create(
        case=locked,
        target=person,
        lead=lead,
        edition_key=CURRENT_EDITION,
        follows=earlier[-1] if earlier else None,
    )
    let_lead_in(actor, locked, lead, now)
    _set_term(locked, now)
    if made.follows:
        prefill(actor, made, made.follows, now=now)
    record(actor, events.CONVERSATION_STARTED, made, now, rule="R27")
    return made


def _problems(
    case: Case, person: Participant, earlier: list[Conversation], lead: User, now: datetime
) -> list[Problem]:
    problems = []
    if any(not conversation.is_over for conversation in earlier):
        problems.append(
            Problem("with_whom", _("There is a conversation with this pupil already."), "open")
        )
    if not staff_for(case, now, HANDLER_ROLES).filter(pk=lead.pk).exists():
        asked = _("Choose a teacher or coordinator of this school.")
        problems.append(Problem("lead", asked, "role"))
    return problems


def _target_of(
    actor: User,
    case: Case,
    target: Participant | None,
    pupil: Pupil | None,
    name: str,
    now: datetime,
) -> Participant:
    if target is None and pupil is None and not name:
        raise broken("with_whom", _("Say which pupil this is about."), "required")
    if pupil and pupil.school_id != case.school_id:
        raise broken("pupil", _("Choose a pupil of this school."), "pupil")
    known = target or (case.participants.filter(pupil=pupil).first() if pupil else None)
    known = known or target_called(case, pupil, name)
    if known is None:
        known = Participant(case=case, pupil=pupil, certainty="observed")
        known.name = pupil.first_name if pupil else name
    if known.case_id != case.pk:
        raise broken("with_whom", _("Choose somebody from this case."), "foreign")
    if known.role in INVOLVED_ROLES:
        raise broken("with_whom", _SEPARATE, "involved")
    if known.role != TARGET:
        known.role = TARGET
        write(known, actor, now)
    return known


def _set_term(case: Case, now: datetime) -> None:
    calendar = calendar_for(case.school)
    within = int(term_of(case.severity or HIGHEST).note["first_talk_within_school_days"])
    case.first_talk_due_on = in_school_days(calendar, calendar.local_date(now), within)
    case.save(update_fields=["first_talk_due_on"])
    plan_first_talk(case, now=now)


_SEPARATE = _("This pupil takes part in what happens here. Report what they go through on its own.")
