"""The own calendar feed: neutral, alive as long as its owner sees the case, and moving along with every day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar, Event

from cases.models import Agreement
from cases.services.agreements import change_agreement, settle_agreement
from cases.services.closing import move_check
from cases.services.conversations import begin_sitting, end_sitting, pause_conversation
from cases.services.exclusions import exclude_from_case
from cases.services.external_reports import record_external_report
from cases.services.talks import change_talk, record_talk
from cases.tests.closable import CLOSING_AT, checks_of, days_of, enter, hold_next, make_closable
from cases.tests.scene import Scene
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
    make_talk,
)
from schools.models import User
from schools.roles import Role
from schools.services.exclusions import exclude_from_school
from schools.services.feeds import open_feed

SECRET_WORDS = ("Noor", "Visser", "Marit", "Sami", "de Vries", "Vaart", "Bel de ouders", "7A")


@pytest.fixture(autouse=True)
def clock(at) -> None:
    at(NOW)


def address(user: User) -> str:
    return f"/calendar/{open_feed(user, now=NOW)}.ics"


def events_at(url: str) -> dict[str, Event]:
    """What a calendar program reads there, by the beginning of the UID."""
    return {str(event["UID"]).partition("-")[0]: event for event in events_of(url)}


def events_of(url: str) -> list[Event]:
    """All of them."""
    answer = Client().get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found: list[Event] = Calendar.from_ical(answer.content).walk("VEVENT")
    return found


# ── what stands in it ────────────────────────────────────────────────────────
def test_an_agreement_is_a_whole_day_with_a_neutral_title(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    event = events_at(address(scene.teacher))["agreement"]
    assert event.decoded("DTSTART") == date(2025, 11, 5)
    assert event["SUMMARY"] == f"Afspraak {scene.case.reference}"
    assert event["URL"].endswith(f"/agreements/{agreement.uuid}/")
    assert (event["CLASS"], event["TRANSP"]) == ("PRIVATE", "TRANSPARENT")


def test_a_talk_stands_at_its_hour_in_the_zone_of_the_school(scene: Scene) -> None:
    make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(days=1))
    event = events_at(address(scene.teacher))["talk"]
    assert event["SUMMARY"] == f"Vervolggesprek {scene.case.reference}"
    assert event["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert event.decoded("DTSTART").hour == 10
    assert event.decoded("DURATION") == timedelta(minutes=30)


def test_a_flemish_school_keeps_its_own_zone_also_in_summer_time(db: None) -> None:
    school = make_school("De Brug", "de-brug", "flanders")
    school.country = "be"
    school.save()
    lead = make_person(Role.COORDINATOR, school)
    case = make_case_active(lead, lead, school, make_pupil(make_class(school)))
    zone = ZoneInfo("Europe/Brussels")
    make_talk(lead, case, planned_at=datetime(2026, 4, 21, 14, 15, tzinfo=zone))
    url = address(lead)
    assert b"TZID:Europe/Brussels" in Client().get(url).content
    start = events_at(url)["talk"].decoded("DTSTART")
    assert start == datetime(2026, 4, 21, 14, 15, tzinfo=zone)
    assert start.utcoffset() == timedelta(hours=2)


def test_a_conversation_a_review_and_a_report_outside_school_stand_in_it(scene: Scene) -> None:
    record_external_report(
        scene.coordinator,
        scene.case,
        now=NOW,
        kind="platform",
        reported_on=NOW.date(),
        check_on=NOW.date() + timedelta(days=3),
    )
    lead, handler = events_at(address(scene.teacher)), events_at(address(scene.coordinator))
    assert lead["conversation"].decoded("DTSTART") == scene.case.first_talk_due_on
    assert handler["assessment"].decoded("DTSTART") == scene.case.next_review_on
    assert handler["check"].decoded("DTSTART") == date(2025, 11, 6)


def test_the_talks_of_aftercare_stand_in_it_and_move_along(scene: Scene, at: Any) -> None:
    make_closable(scene)
    enter(scene)
    at(CLOSING_AT)
    url = address(scene.coordinator)
    first = checks_of(scene.case)[0]
    found = events_of(url)
    talks = [event for event in found if event["UID"].startswith("aftercare-")]
    assert [event.decoded("DTSTART") for event in talks] == days_of(scene.case)
    assert len({event["UID"] for event in found}) == len(found)
    before = talks[0]
    assert before["SUMMARY"] == f"Nazorggesprek {scene.case.reference}"
    assert before["URL"].endswith(f"/cases/{scene.case.uuid}/aftercare/{first.uuid}/")
    assert [word for word in SECRET_WORDS if word in str(found)] == []
    move_check(scene.coordinator, first, due_on=date(2026, 1, 12), reason="Ziek.", now=CLOSING_AT)
    after = next(e for e in events_of(url) if e["UID"] == before["UID"])
    assert after.decoded("DTSTART") == date(2026, 1, 12)
    assert after.decoded("SEQUENCE") > before.decoded("SEQUENCE")
    assert "Ziek" not in str(after)
    assert not [e for e in events_of(address(scene.teacher)) if e["UID"].startswith("aftercare-")]
    hold_next(scene)
    assert before["UID"] not in {str(e["UID"]) for e in events_of(url)}


def test_a_pause_stands_on_the_day_on_which_it_ends(scene: Scene) -> None:
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    contact = {"recap_read_aloud": True, "next_contact_at": NOW + timedelta(days=1)}
    end_sitting(scene.teacher, sitting, now=NOW, ended_because="pupil_tired", **contact)
    url, sequences = address(scene.teacher), []
    for day in (date(2025, 11, 4), date(2025, 11, 6)):
        pause = {"paused_reason": "time", "resume_by": day, "now": NOW}
        pause_conversation(scene.teacher, scene.conversation, **pause)
        event = events_at(url)["conversation"]
        assert event.decoded("DTSTART") == day
        sequences.append(event.decoded("SEQUENCE"))
    assert sequences[0] < sequences[1]


def test_no_name_and_no_fact_stands_in_it(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    make_talk(scene.teacher, scene.case)
    text = Client().get(address(scene.teacher)).content.decode().replace("\r\n ", "")
    assert scene.case.reference in text
    assert [word for word in SECRET_WORDS if word in text] == []


def test_it_speaks_the_language_of_its_owner(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    User.objects.filter(pk=scene.teacher.pk).update(language="en")
    title = events_at(address(scene.teacher))["agreement"]["SUMMARY"]
    assert title == f"Agreement {scene.case.reference}"


def test_only_school_days_ring(scene: Scene) -> None:
    on_saturday = {"deadline": date(2025, 11, 8), "all_days": True, "owner_type": "parent"}
    others = {"owner_staff": None, "owner_name": "Karin"}
    make_agreement(scene.teacher, scene.case, **on_saturday, **others)
    make_talk(scene.teacher, scene.case)
    found = events_at(address(scene.teacher))
    assert found["agreement"].decoded("DTSTART") == date(2025, 11, 8)
    assert found["agreement"].walk("VALARM") == []
    (alarm,) = found["talk"].walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(minutes=-15)


# ── moving along ─────────────────────────────────────────────────────────────
def test_a_postponed_agreement_keeps_its_uid_and_raises_its_sequence(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    url = address(scene.teacher)
    before = events_at(url)["agreement"]
    for day in (10, 12):
        fresh = Agreement.objects.get(pk=agreement.pk)
        change_agreement(scene.teacher, fresh, now=NOW, deadline=date(2025, 11, day))
        after = events_at(url)["agreement"]
        assert after["UID"] == before["UID"]
        assert after.decoded("SEQUENCE") > before.decoded("SEQUENCE")
        assert after.decoded("DTSTART") == date(2025, 11, day)
        before = after


def test_a_talk_that_moves_keeps_its_uid_and_raises_its_sequence(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    url = address(scene.teacher)
    before = events_at(url)["talk"]
    moment = NOW + timedelta(days=3, hours=2)
    change_talk(scene.teacher, talk, now=NOW, planned_at=moment)
    after = events_at(url)["talk"]
    assert after["UID"] == before["UID"]
    assert after.decoded("SEQUENCE") > before.decoded("SEQUENCE")
    assert after.decoded("DTSTART") == moment


def test_what_is_settled_held_or_handed_over_is_not_there_any_more(scene: Scene) -> None:
    agreement, talk = (
        make_agreement(scene.teacher, scene.case),
        make_talk(scene.teacher, scene.case),
    )
    other = make_talk(scene.teacher, scene.case)
    url = address(scene.teacher)
    assert {"agreement", "talk"} <= set(events_at(url))
    settle_agreement(scene.teacher, agreement, "done", now=NOW)
    record_talk(scene.teacher, talk, status="cancelled", now=NOW)
    change_talk(scene.teacher, other, now=NOW, conductor=scene.coordinator)
    assert set(events_at(url)) == {"conversation"}
    assert "talk" in events_at(address(scene.coordinator))


def test_work_of_a_colleague_stands_in_no_calendar_but_theirs(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    assert "agreement" not in events_at(address(scene.coordinator))


# ── access ───────────────────────────────────────────────────────────────────
def test_whoever_is_excluded_keeps_nothing_of_that_case(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    url = address(scene.teacher)
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)
    assert events_at(url) == {}


def test_whoever_is_kept_out_of_the_school_keeps_nothing(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    url = address(scene.teacher)
    exclude_from_school(scene.principal, scene.school, scene.teacher, reason="concern", now=NOW)
    answer = Client().get(url)
    assert scene.case.reference not in answer.content.decode()


# ── one talk ─────────────────────────────────────────────────────────────────
def test_one_talk_is_the_same_entry_as_in_the_feed(scene: Scene, client: Client) -> None:
    talk = make_talk(scene.teacher, scene.case)
    client.force_login(scene.teacher)
    answer = client.get(f"/talks/{talk.uuid}/calendar/")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.to_ical() == events_at(address(scene.teacher))["talk"].to_ical()
    expected = f'attachment; filename="{scene.case.reference}.ics"'
    assert answer["Content-Disposition"] == expected
    assert b"In mijn agenda" in client.get(f"/talks/{talk.uuid}/").content


def test_a_talk_of_a_closed_case_or_one_that_is_over_is_no_entry(
    scene: Scene, client: Client
) -> None:
    talk = make_talk(scene.teacher, scene.case)
    client.force_login(scene.colleague)
    assert client.get(f"/talks/{talk.uuid}/calendar/").status_code == 404
    record_talk(scene.teacher, talk, status="cancelled", now=NOW)
    client.force_login(scene.teacher)
    assert client.get(f"/talks/{talk.uuid}/calendar/").status_code == 404
