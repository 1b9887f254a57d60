"""Plans that go against what a pupil does not want, for whoever watches over a school."""

from __future__ import annotations

from cases.access import Who, agreements_visible_to, talks_visible_to
from cases.models import Agreement, FollowUpTalk
from cases.queries.watching import targets_of_case
from cases.queries.worklist import Todo, local_day
from schools.models import School

MOST = 20


def against_wishes(who: Who, school: School) -> list[Todo]:
    """Open agreements and planned talks against a wish, in cases whose content the reader sees; soonest first."""
    related = ("case__school", "case__school_class")
    agreements = agreements_visible_to(who).filter(
        against_wish=True, status__in=Agreement.LIVING, case__school=school
    )
    talks = talks_visible_to(who).filter(
        against_wish=True, status=FollowUpTalk.Status.PLANNED, case__school=school
    )
    day = local_day(school, who.now)
    found = [
        *(
            Todo(a.case, a.due_on, day, agreement=a)
            for a in agreements.select_related(*related).prefetch_related(targets_of_case())[:MOST]
        ),
        *(
            Todo(t.case, local_day(school, t.planned_at), day, talk=t)
            for t in talks.select_related(*related, "with_participant").prefetch_related(
                targets_of_case()
            )[:MOST]
        ),
    ]
    return sorted(found, key=lambda todo: todo.due_on)
