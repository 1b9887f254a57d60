"""What is tapped and typed for an agreement or a talk of a scenario: the fields of its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.models import Participant, SupportPerson
from pestzorg.demo import scenario as s
from pestzorg.testing.school_in_browser import SchoolInBrowser


def fill_offers(school: SchoolInBrowser, wanted: Mapping[str, s.Promise]) -> None:
    """Keep the offers of step 6 that are agreed on, and untick the others; they are sent with the rest."""
    ticks = school.page.locator("[name^='agreements-offer-'][name$='-wanted']")
    prefixes = [str(tick.get_attribute("name"))[: -len("-wanted")] for tick in ticks.all()]
    for prefix in prefixes:
        row = wanted.get(prefix.removeprefix("agreements-offer-"))
        values = agreement_row(school, row) if row else {}
        school.hand.fill_row(prefix, {"wanted": row is not None, **values})


def agreement_row(school: SchoolInBrowser, row: s.Promise) -> dict[str, Any]:
    """The fields of an agreement."""
    days = {"deadline": row.deadline, "review_on": row.review_on, "starts_on": row.starts_on}
    when = {name: on for name, on in days.items() if on}
    more = {"helper": row.helper} if row.helper else {}
    return {
        "what": row.what,
        **_owner(school, row),
        "responsible_staff": school.place.staff[row.follower].uuid,
        "when": "",
        **when,
        **more,
    }


def talk_row(school: SchoolInBrowser, row: s.Talk) -> dict[str, Any]:
    """The fields of a follow-up talk."""
    person = Participant.objects.filter(case=school.case, name=row.who).first()
    whom = {"with_whom": f"participant:{person.uuid}"} if person else {"with_whom": row.role}
    name = {} if person else {"with_name": row.who}
    return {
        **whom,
        **name,
        "planned_at": row.planned_at,
        "conductor": school.place.staff[row.conductor].uuid,
        "purposes": list(row.purposes),
    }


def _owner(school: SchoolInBrowser, row: s.Promise) -> dict[str, Any]:
    match row.owner_type:
        case "target":
            return {"owner": "target"}
        case "staff":
            return _colleague(school, row.owner)
        case "pupil_other":
            person = Participant.objects.get(case=school.case, name=row.owner)
            return {"owner": f"participant:{person.uuid}"}
        case "support_person":
            helper = SupportPerson.objects.get(conversation=school.conversation, name=row.owner)
            return {"owner": f"support:{helper.uuid}"}
        case _:
            return {"owner": row.owner_type, "owner_name": row.owner}


def _colleague(school: SchoolInBrowser, name: str) -> dict[str, Any]:
    person = school.place.staff[name]
    if person == school.person:
        return {"owner": "me"}
    if person in (school.case.handler, school.conversation.lead):
        return {"owner": f"staff:{person.uuid}"}
    return {"owner": "staff", "owner_staff": person.uuid}
