"""The closing criteria of this app: safe, agreed, calm, settled, talked with, and nothing left online."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import Agreement, Closing, Conversation
from cases.protocol.step_numbers import FOLLOW_UP
from cases.queries.belonging import begun_on
from cases.queries.closing.criteria import MET, Criterion, Finding, Standing, lacks, register
from cases.queries.conversation_page import url_of
from cases.queries.fulfilment import fulfilment
from schools.calendar import CalendarEnds

SAFE_ENOUGH = 7
# School days without anything new: severity 1-2, and 3-4.
CALM, CALM_WHEN_SERIOUS = 10, 15


def register_criteria() -> None:
    """Called once at start-up."""
    for criterion in OWN:
        register(criterion)


def _target_safe(standing: Standing) -> Finding:
    """The last grade is 7 or more, and not lower than at the start."""
    rounds = [_of_this_round(standing, found) for found in standing.conversations]
    if not rounds or not all(rounds):
        return lacks(_("Nobody asked the pupil for a grade yet."), _new_talk(standing))
    for first, *later in rounds:
        last = later[-1] if later else first
        if last < max(SAFE_ENOUGH, first):
            grades = {"last": last, "first": first}
            return lacks(_NOT_SAFE % grades, _new_talk(standing))
    return MET


def _of_this_round(standing: Standing, conversation: Conversation) -> list[int]:
    grades = standing.grades_of(conversation)
    # What was said before a second conversation is no start of it.
    begun = begun_on(conversation) if conversation.follows_id else date.min
    return [score.grade for score in grades if score.on >= begun]


_NOT_SAFE = gettext_lazy(
    "The last grade is %(last)s, at the start it was %(first)s. Closing asks for 7 or more, and no drop."
)


def _target_agrees(standing: Standing) -> Finding:
    answers = standing.answers
    if answers is None:
        return lacks(_("Answer below whether the pupil and the parents agree."))
    if answers.pupil_agrees and answers.parents_agree != Closing.Parents.NO:
        return MET
    who = _("The parents do not agree.") if answers.pupil_agrees else _("The pupil does not agree.")
    return lacks(who, _new_talk(standing))


def _no_new_incidents(standing: Standing) -> Finding:
    days = CALM_WHEN_SERIOUS if standing.case.is_serious else CALM
    since = _school_days_ago(standing, days)
    latest = max(_new_things(standing), default=None)
    if latest is None or latest < since:
        return MET
    said = ngettext(
        "Something new happened less than %(days)s school day ago.",
        "Something new happened in the last %(days)s school days.",
        days,
    )
    return lacks(said % {"days": days}, _new_talk(standing))


def _new_things(standing: Standing) -> Iterator[date]:
    zone = standing.case.school.zone
    for incident in standing.case.incidents.all():
        # Without a day, what counts is when somebody told it.
        yield incident.happened_on or incident.recorded_at.astimezone(zone).date()
    yield from (t.held_on for t in standing.talks if t.new_incident and t.held_on)
    yield from (c.held_on for c in standing.checks if c.new_incident and c.held_on)
    for conversation in standing.every_conversation:
        new = (s for s in conversation.sittings.all() if s.new_incident)
        yield from (sitting.started_at.astimezone(zone).date() for sitting in new)


def _school_days_ago(standing: Standing, days: int) -> date:
    try:
        return standing.calendar.school_days_before(standing.today, days)
    except CalendarEnds:
        return standing.today - timedelta(days=days * 7 // 5)


def _agreements_settled(standing: Standing) -> Finding:
    living = standing.case.agreements.filter(status__in=Agreement.LIVING)
    carried = standing.answers.carries_over if standing.answers else ()
    left = living.exclude(pk__in=carried).count()
    if not left:
        return MET
    said = ngettext(
        "%(count)s agreement is still open. Settle it, or choose below that it goes on in aftercare.",
        "%(count)s agreements are still open. Settle them, or choose below which go on in aftercare.",
        left,
    )
    return lacks(said % {"count": left}, _case(standing, "agreements"))


def _step9_fulfilled(standing: Standing) -> Finding:
    found = [_first_round(standing, conversation) for conversation in standing.conversations]
    lacking = (finding for finding in found if not finding.is_met)
    return next(lacking, MET if found else lacks(_NO_STEP_9, _case(standing)))


def _first_round(standing: Standing, conversation: Conversation) -> Finding:
    path = url_of(conversation, "step", FOLLOW_UP)
    record = next((r for r in standing.records_of(conversation) if r.step == FOLLOW_UP), None)
    if record is None:
        return lacks(_NO_STEP_9, path)
    mark = fulfilment(record)
    if mark.is_fulfilled:
        return MET
    if mark.waiting:
        said = _("Nobody talked yet with: %(names)s.") % {"names": ", ".join(mark.waiting)}
    else:
        names = ", ".join(mark.to_congratulate)
        said = _("It goes better. Still to be congratulated: %(names)s.") % {"names": names}
    return lacks(said, path)


_NO_STEP_9 = gettext_lazy("The conversation has not come to step 9.")


def _content_removed(standing: Standing) -> Finding:
    open_reports = list(standing.case.external_reports.filter(closed_on=None))
    unwatched = next((report for report in open_reports if report.check_on is None), None)
    if unwatched:
        path = reverse("cases:external", args=[standing.case.uuid, unwatched.uuid])
        return lacks(_("A report outside school runs without a day to look again."), path)
    online = standing.case.incidents.filter(still_online=True).exists()
    if not online or open_reports:
        return MET
    said = _("Something is still online. Report it and choose a day to look again.")
    return lacks(said, reverse("cases:external-new", args=[standing.case.uuid]))


def _new_talk(standing: Standing) -> str:
    return reverse("cases:talk-new", args=[standing.case.uuid])


def _case(standing: Standing, place: str = "talks") -> str:
    return f"{reverse('cases:page', args=[standing.case.uuid])}#{place}"


OWN = (
    Criterion(1, "target_safe", gettext_lazy("The pupil feels safe"), _target_safe),
    Criterion(2, "target_agrees", gettext_lazy("Pupil and parents agree to close"), _target_agrees),
    Criterion(3, "no_new_incidents", gettext_lazy("Nothing new has happened"), _no_new_incidents),
    Criterion(
        4, "agreements_settled", gettext_lazy("The agreements are settled"), _agreements_settled
    ),
    Criterion(
        5, "step9_fulfilled", gettext_lazy("The first round of talks was held"), _step9_fulfilled
    ),
    Criterion(8, "content_removed", gettext_lazy("Nothing is left online"), _content_removed),
)
