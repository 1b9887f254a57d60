"""What somebody may see: querysets that are the permission, for cases and the things that hang on them."""

from __future__ import annotations

from django.db.models import QuerySet

from cases.access.who import Who
from cases.ceilings import Level
from cases.models import Access, Agreement, Case, Conversation, ExternalReport, FollowUpTalk, Report
from schools.access import REPORTERS, schools_for
from schools.models import User


def visible_to(who: Who, level: int = Level.HEADER) -> QuerySet[Case]:
    """The cases somebody sees at `level` or more. Names and text may only be searched at VIEW or more."""
    ids = who.principals(level)
    rows = Access.objects.filter(principal__in=ids, level__gte=level, valid_until__gt=who.now)
    return Case.objects.filter(pk__in=rows.exclude(case__in=who.excluded).values("case"))


def conversations_visible_to(who: Who) -> QuerySet[Conversation]:
    """Conversations are seen through their case, at content level."""
    return Conversation.objects.filter(case__in=visible_to(who, Level.VIEW))


def agreements_visible_to(who: Who) -> QuerySet[Agreement]:
    """Agreements are seen through their case, at content level."""
    return Agreement.objects.filter(case__in=visible_to(who, Level.VIEW))


def external_reports_visible_to(who: Who) -> QuerySet[ExternalReport]:
    """Reports outside school are seen through their case, at content level."""
    return ExternalReport.objects.filter(case__in=visible_to(who, Level.VIEW))


def talks_visible_to(who: Who) -> QuerySet[FollowUpTalk]:
    """Follow-up talks are seen through their case, at content level."""
    return FollowUpTalk.objects.filter(case__in=visible_to(who, Level.VIEW))


def reports_of(who: Who) -> QuerySet[Report]:
    """What somebody reported at a school where they still work; it opens the status, never the case (rule R10)."""
    if not isinstance(who.user, User) or who.token is not None:
        return Report.objects.none()
    schools = schools_for(who.user, who.now, REPORTERS)
    return Report.objects.filter(reporter=who.user, school__in=schools).exclude(
        case__in=who.excluded
    )
