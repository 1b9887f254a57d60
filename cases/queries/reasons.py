"""Why somebody sees a case, in sentences: by which role, which personal grant, which emergency access."""

from __future__ import annotations

from datetime import datetime, tzinfo

from django.db.models import QuerySet
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from cases.access import Seer, Way
from cases.ceilings import Level
from cases.models import Case, CaseUserObjectPermission, Principal
from cases.models.access import FOREVER
from schools.roles import Role, title_of

Purpose = CaseUserObjectPermission.Purpose
DAY, MOMENT = "j F Y", "j F Y H:i"


def reasons_of(seer: Seer, case: Case) -> list[str]:
    """One sentence per way, the strongest first; the page and `who_can` say the same."""
    # Who reads the case hears nothing of a way that would show its header only.
    widest = [way for way in seer.ways if way.level >= min(seer.level, Level.VIEW)]
    ways = sorted(widest, key=lambda way: -way.level)
    return list(dict.fromkeys(filter(None, (_reason(way, seer, case) for way in ways))))


def lapsed_grants(case: Case) -> QuerySet[CaseUserObjectPermission]:
    """What people had before they were away for long; it opens nothing."""
    lapsed = case.grants.filter(purpose=Purpose.LAPSED).select_related("user")
    return lapsed.order_by("user__first_name", "user__last_name")


def _reason(way: Way, seer: Seer, case: Case) -> str:
    zone = case.school.zone
    if way.kind == Principal.Kind.GLASS:
        told = _("Emergency access as %(role)s until %(until)s.")
        return told % {"role": _title(way, case), "until": _day(way.until, zone, MOMENT)}
    if way.kind == Principal.Kind.AUDIENCE:
        return _by_role(way, case)
    return _by_grant(seer, zone)


def _by_role(way: Way, case: Case) -> str:
    if way.role == Role.COUNSELLOR:
        return _("Reads restricted cases of the school as %(role)s.") % {"role": _title(way, case)}
    if way.role == Role.PRINCIPAL:
        told = (
            _("Reads the cases of the school as %(role)s: the school chose so.")
            if way.level > Level.HEADER
            else _("Sees as %(role)s that there is a case, and nothing of what is in it.")
        )
        return told % {"role": _title(way, case)}
    return _("Manages the cases of the school as %(role)s.") % {"role": _title(way, case)}


def _by_grant(seer: Seer, zone: tzinfo) -> str:
    grant = seer.grant
    if grant is None:
        return ""
    given = {
        "giver": grant.granted_by.full_name,
        "day": _day(grant.granted_at, zone, DAY),
        "until": _day(grant.valid_until, zone, DAY),
    }
    if grant.purpose == Purpose.HANDLING:
        return (
            _("Handles the case or leads the conversation; named by %(giver)s on %(day)s.") % given
        )
    if grant.purpose == Purpose.TASK:
        return _("Has a task in the case since %(day)s, until it is done.") % given
    if grant.valid_until < FOREVER:
        return _("Was asked along by %(giver)s on %(day)s, until %(until)s.") % given
    return _("Was asked along by %(giver)s on %(day)s.") % given


def _title(way: Way, case: Case) -> str:
    return title_of(way.role, case.school.country).lower()


def _day(moment: datetime, zone: tzinfo, form: str) -> str:
    return format_date(moment.astimezone(zone), form)
