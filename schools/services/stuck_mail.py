"""What a person does with a mail that does not arrive: have it tried again, or give it up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.outbox.models import Mail
from pestzorg.outbox.queue import abort, requeue
from pestzorg.outbox.stuck import GiveUp, failure_of
from schools import events
from schools.models import User
from schools.queries.stuck_mail import stuck_mails_of


@transaction.atomic
def retry_mail(actor: User, mail: Mail, *, now: datetime) -> None:
    """Give a parked mail a fresh series of tries. Refuses who does not look after it, and one that is parked no more."""
    found = _locked(actor, mail, now)
    requeue(now, found.uuid)
    _record(actor, events.MAIL_RETRIED, found, now)


@transaction.atomic
def give_up_mail(actor: User, mail: Mail, *, reason: str, now: datetime) -> None:
    """Take a parked mail back for good; what it would have reminded of stays open. Refuses as retrying does."""
    if reason not in GiveUp.values:
        raise broken("reason", _("Choose why."), "required")
    found = _locked(actor, mail, now)
    abort(found.uuid, now)
    _record(actor, events.MAIL_GIVEN_UP, found, now, reason=reason)


def _locked(actor: User, mail: Mail, now: datetime) -> Mail:
    found = stuck_mails_of(actor, now).select_for_update().filter(pk=mail.pk).first()
    if found is None:
        raise broken(None, _("This mail does not wait any more. Perhaps a colleague was faster."))
    return found


def _record(actor: User, verb: str, mail: Mail, now: datetime, reason: str = "") -> None:
    log.record(
        actor,
        verb,
        now=now,
        subject_uuid=mail.uuid,
        kind=mail.kind,
        failure=failure_of(mail).value,
        reason=reason,
    )
