"""The one door to a case: who may see which cases and do what. Nothing else knows roles or grants.

One queryset is the permission: `visible_to` lists, `rules_on` checks, both over the Access read model and
the principals that `Who` resolved once for the request. Deny looks like absence: the caller gets Http404.
"""

from cases.access.check import (
    Seer,
    Way,
    can,
    can_see_content,
    case_of_code,
    get_case,
    get_case_unseen,
    level_on,
    may_read_handover,
    may_read_private_note,
    may_read_step,
    may_record_talk,
    may_settle,
    rules_on,
    stays_open,
    who_sees,
)
from cases.access.through import Placed, Through, through
from cases.access.visible import (
    agreements_visible_to,
    conversations_visible_to,
    external_reports_visible_to,
    reports_of,
    talks_visible_to,
    visible_to,
)
from cases.access.who import Seen, Who, who

__all__ = [
    "Placed",
    "Seen",
    "Seer",
    "Through",
    "Way",
    "Who",
    "agreements_visible_to",
    "can",
    "can_see_content",
    "case_of_code",
    "conversations_visible_to",
    "external_reports_visible_to",
    "get_case",
    "get_case_unseen",
    "level_on",
    "may_read_handover",
    "may_read_private_note",
    "may_read_step",
    "may_record_talk",
    "may_settle",
    "reports_of",
    "rules_on",
    "stays_open",
    "talks_visible_to",
    "through",
    "visible_to",
    "who",
    "who_sees",
]
