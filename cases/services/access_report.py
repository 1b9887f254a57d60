"""Makes the paper that tells a family who looked, and writes down that it was made."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can
from cases.models import Case
from cases.queries.access_report import access_report
from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.pdf.typeset import digest_of, typeset
from schools.models import User


def make_access_report(actor: User, case: Case, *, now: datetime) -> bytes:
    """The PDF of the access report. Refuses who may not export. Leaves an event with the paper's digest."""
    if not can(Who(actor, now), "R33", case):
        raise broken(None, _("You cannot do this in this case."), "not_allowed")
    data = access_report(case, now)
    paper = typeset("access_report.typ", data)
    log.record(
        actor,
        events.ACCESS_REPORT_MADE,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        rule="R33",
        digest=digest_of(data),
    )
    return paper
