"""Decides what is in a reminder mail: asks every source again and takes along only what is still wanted."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pestzorg.outbox.addresses import Address
from pestzorg.outbox.builders import Example, Nothing, Postponed, Unchanged, Verdict
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.queue import local_date_of
from pestzorg.outbox.retry import describe
from pestzorg.reminders.examples import examples
from pestzorg.reminders.letter import Item, compose
from pestzorg.reminders.models import Outcome, Reminder
from pestzorg.reminders.plan import fire_again
from pestzorg.reminders.rhythm import WAITS_FOR_NO_CHOICE, digest_from
from pestzorg.reminders.settle import settle
from pestzorg.reminders.sources import POISONED_FOR, ask, together

logger = logging.getLogger(__name__)

MAIL_KIND = "reminders"
DIGEST = "digest"


@dataclass
class _Answers:
    """The reminders of one mail, sorted by what their sources say now."""

    ready: list[tuple[Reminder, Item]] = field(default_factory=list)
    later: list[tuple[Reminder, datetime]] = field(default_factory=list)
    gone: list[Reminder] = field(default_factory=list)
    passed_on: list[Reminder] = field(default_factory=list)  # still wanted, by somebody else


class Digest:
    """The builder of all reminder mails: the daily digest and the urgent mail with one reminder."""

    label = _("Reminder")

    def examples(self, language: str, now: datetime) -> list[Example]:
        """One mail of each kind, and a day with all of them at two schools."""
        return examples(language, local_date_of(now), now)

    def build(self, mail: Mail, address: Address, now: datetime) -> Verdict:
        """Drops what is no longer wanted. What the school does not allow yet waits for another mail."""
        answers = _ask_all(_candidates(mail, now), now)
        settle(_these(answers.gone + answers.passed_on), Outcome.DROPPED, now)
        fire_again(answers.passed_on, now)
        if not answers.ready:
            return _later_or_never(answers)
        if mail.built_at is not None and not _lost_a_part(mail):
            return Unchanged()
        # A digest that was built is on its way: the rhythm was kept then.
        if (
            mail.key == DIGEST
            and mail.built_at is None
            and (waits := _in_rhythm(mail, answers, now))
        ):
            return waits
        _release(answers.later)
        _these([reminder for reminder, _ in answers.ready]).update(mail=mail)
        return compose([item for _, item in answers.ready], address.language, local_date_of(now))

    def settled(self, mail: Mail, now: datetime) -> None:
        """The reminders of a mail that ended share its end."""
        mine = Reminder.objects.filter(mail=mail)
        if mail.state == State.SENT:
            settle(mine, Outcome.MAILED, now)
            return
        if mail.state == State.BOUNCED:
            # What could not wait must not wait now: it is asked anew whom mail reaches.
            fire_again(mine.filter(urgent=True), now)
            return
        # Whoever left after the sweep has no address any more; what they had to do has somebody else.
        answers = _ask_all(list(mine.filter(settled_at=None).order_by("pk")), now)
        if mail.error:  # somebody gave it up
            untold = [reminder for reminder, _ in [*answers.ready, *answers.later]]
            settle(_these(untold), Outcome.FAILED, now)
        settle(mine, Outcome.DROPPED, now)
        fire_again(answers.passed_on, now)


def _in_rhythm(mail: Mail, answers: _Answers, now: datetime) -> Verdict | None:
    """Whether this person wants the digest later, or never: then only what became critical meanwhile is told."""
    # As of the oldest: whoever's day passed without mail (nothing ran, a holiday) must not wait for the next one.
    oldest = min(reminder.not_before for reminder, _ in answers.ready)
    starts = digest_from(mail.recipient_id, oldest)
    if starts is not None and starts <= now:
        return None
    critical = [(row, item) for row, item in answers.ready if _is_critical(row, item)]
    if starts is not None:
        return None if critical else Postponed(starts)
    unwanted = [row for row, item in answers.ready if not _is_critical(row, item)]
    unwanted += [row for row, _ in answers.later if row.kind not in WAITS_FOR_NO_CHOICE]
    settle(_these(unwanted), Outcome.DROPPED, now)
    answers.ready = critical
    answers.later = [(row, until) for row, until in answers.later if row not in unwanted]
    return None if critical else _later_or_never(answers)


def _later_or_never(answers: _Answers) -> Verdict:
    moments = [moment for _, moment in answers.later]
    return Postponed(min(moments)) if moments else Nothing()


def _is_critical(reminder: Reminder, item: Item) -> bool:
    return item.wanted.urgent or reminder.kind in WAITS_FOR_NO_CHOICE


def _candidates(mail: Mail, now: datetime) -> list[Reminder]:
    """What is bound to this mail; a digest not yet built also takes what has come up since."""
    mine = Q(mail=mail)
    if mail.key == DIGEST and mail.built_at is None:
        mine |= Q(mail=None, recipient_id=mail.recipient_id, urgent=False, not_before__lte=now)
    # Locked in the same order as in settle.py.
    found = Reminder.objects.filter(mine, settled_at=None).order_by("pk")
    return list(found.select_for_update())


def _ask_all(reminders: list[Reminder], now: datetime) -> _Answers:
    answers = _Answers()
    with together():
        for reminder in reminders:
            _ask(reminder, answers, now)
    return answers


def _ask(reminder: Reminder, answers: _Answers, now: datetime) -> None:
    try:
        with transaction.atomic():
            _sort(reminder, answers, now)
    except Exception as error:
        # One poisoned source must not hold up the rest of this person's mail.
        answers.later.append((reminder, now + POISONED_FOR))
        logger.error("reminder %s of %s: %s", reminder.pk, reminder.source, describe(error))


def _sort(reminder: Reminder, answers: _Answers, now: datetime) -> None:
    wanted = ask(reminder, now)
    if wanted is None:
        answers.gone.append(reminder)
    elif reminder.recipient_id not in wanted.recipients:
        answers.passed_on.append(reminder)
    elif wanted.send_from > now:
        answers.later.append((reminder, wanted.send_from))
    else:
        answers.ready.append((reminder, Item(reminder.kind, reminder.due_on, wanted)))


def _lost_a_part(mail: Mail) -> bool:
    return Reminder.objects.filter(mail=mail, outcome=Outcome.DROPPED).exists()


def _release(later: list[tuple[Reminder, datetime]]) -> None:
    for reminder, moment in later:
        reminder.mail, reminder.not_before = None, moment
        reminder.save(update_fields=["mail", "not_before"])


def _these(reminders: list[Reminder]) -> QuerySet[Reminder]:
    return Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders])
