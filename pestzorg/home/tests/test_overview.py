"""The overview: what needs attention at a school, with names only for who may read the case."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.access import Who
from cases.ceilings import Level
from cases.models import Case
from cases.queries.overview import overview_of
from cases.services.sharing import rebuild_access, share_case
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_person,
    make_report,
    make_school,
    make_talk,
)
from schools.models import School
from schools.roles import Role

TODAY = NOW.date()
WHAT = "Bel de ouders"
FAR = date(2026, 3, 2)


def look(scene, person, now=NOW):
    return overview_of(Who(person, now), scene.school)


def titles(lines):
    return [line.title for line in lines]


def test_late_and_today_stand_apart(scene):
    make_agreement(scene.teacher, scene.case, deadline=TODAY, what="Van vandaag")
    make_agreement(scene.teacher, scene.case, deadline=TODAY + timedelta(days=1), what="Later")
    found = look(scene, scene.coordinator)
    assert [line.todo.agreement.what for line in found.today] == ["Van vandaag"]
    assert not found.late
    tomorrow = look(scene, scene.coordinator, NOW + timedelta(days=1))
    assert [(line.todo.agreement.what, line.days) for line in tomorrow.late] == [("Van vandaag", 1)]


def test_a_first_talk_that_did_not_happen_is_late(scene):
    due_on = scene.case.first_talk_due_on
    found = look(scene, scene.coordinator, NOW + (due_on - TODAY) + timedelta(days=1))
    assert [line.todo.conversation for line in found.late] == [scene.conversation]
    assert found.late[0].todo.staff == scene.teacher


def test_a_talk_of_today_is_due(scene):
    make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(hours=3))
    assert [line.todo.talk.conductor for line in look(scene, scene.coordinator).today] == [
        scene.teacher
    ]


def test_new_reports_begin_with_who_is_not_safe_now(scene):
    make_report(scene.teacher, scene.school, about="Daan", now=NOW - timedelta(days=3))
    make_report(scene.teacher, scene.school, about="Fenna", urgency="now")
    assert titles(look(scene, scene.coordinator).new) == ["Fenna", "Daan"]


@pytest.mark.parametrize(
    ("day", "is_silent"), [(date(2025, 11, 17), False), (date(2025, 11, 18), True)]
)
def test_silent_is_more_than_ten_school_days(scene, day, is_silent):
    # Begun on Monday 3 November; the tenth school day after it is Monday 17.
    Case.objects.update(first_talk_due_on=FAR, next_review_on=FAR)
    found = look(scene, scene.coordinator, NOW + (day - TODAY))
    assert [(line.case, line.days) for line in found.silent] == [(scene.case, 11)] * is_silent


def test_a_weekend_adds_no_day_of_silence(scene):
    # Begun on Friday 31 October: Friday 14 November is the tenth school day, Monday the eleventh.
    begun_at = NOW - timedelta(days=3)
    quiet = scene.another_case("Daan", begun_at)
    Case.objects.update(first_talk_due_on=FAR, next_review_on=FAR)
    saturday, monday = (NOW + timedelta(days=days) for days in (12, 14))
    assert look(scene, scene.coordinator, saturday).silent == []
    assert [line.case for line in look(scene, scene.coordinator, monday).silent] == [quiet]


def test_a_holiday_does_not_make_a_case_silent(scene):
    # The Christmas holiday stands between Friday 19 December and Monday 5 January.
    Case.objects.update(first_talk_due_on=FAR, next_review_on=FAR)
    made_at = NOW + (date(2025, 12, 15) - TODAY)
    make_agreement(scene.teacher, scene.case, made_at, deadline=date(2026, 3, 2))
    assert not look(scene, scene.coordinator, NOW + (date(2026, 1, 9) - TODAY)).silent


def test_any_movement_breaks_the_silence(scene):
    Case.objects.update(first_talk_due_on=FAR, next_review_on=FAR)
    make_agreement(scene.teacher, scene.case, NOW + timedelta(days=10), deadline=date(2025, 12, 10))
    assert not look(scene, scene.coordinator, NOW + timedelta(days=17)).silent


@pytest.mark.parametrize("moved", ["a talk of aftercare", "it was opened again"])
def test_aftercare_that_ended_breaks_the_silence(scene, moved):
    then = NOW + timedelta(days=10)
    Case.objects.update(first_talk_due_on=FAR, next_review_on=FAR)
    if moved == "it was opened again":
        Case.objects.update(reopened_at=then)
    else:
        agrees = {"pupil_agrees": True, "parents_agree": "yes", "status": "reopened"}
        closing = scene.case.closings.create(
            proposed_by=scene.coordinator, proposed_at=NOW, **agrees
        )
        held = {"due_on": then.date(), "held_on": then.date(), "status": "held"}
        scene.case.aftercare_checks.create(closing=closing, **held)
    assert not look(scene, scene.coordinator, NOW + timedelta(days=17)).silent
    assert look(scene, scene.coordinator, NOW + timedelta(days=30)).silent


def test_what_is_late_is_not_called_silent_as_well(scene):
    make_agreement(scene.teacher, scene.case, deadline=TODAY)
    found = look(scene, scene.coordinator, NOW + timedelta(days=30))
    assert scene.case in [line.case for line in found.late]
    assert not found.silent


def test_the_stages_add_up_and_the_longest_is_full(scene):
    scene.another_case("Daan")
    make_report(scene.teacher, scene.school)
    stages = look(scene, scene.coordinator).stages
    assert [(stage.count, stage.share) for stage in stages] == [(1, 50), (2, 100)]
    assert look(scene, scene.coordinator).open_count == 3


def test_who_is_busy_counts_open_cases_per_handler(scene):
    scene.another_case("Daan")
    assert look(scene, scene.coordinator).busy == [(scene.coordinator, 2)]


def test_the_coordinator_reads_names_and_texts(scene, read):
    make_agreement(scene.teacher, scene.case, deadline=TODAY)
    page = read(scene.coordinator, "/overview/")
    assert "Noor, 7A" in page
    assert f"Agreement: {WHAT}" in page
    assert "Who is busy?" in page


def test_the_principal_reads_codes_states_and_dates_only(scene, read):
    make_agreement(scene.teacher, scene.case, deadline=TODAY)
    make_report(scene.teacher, scene.school, about="Daan", description="Wat ik zag")
    page = read(scene.principal, "/overview/")
    assert scene.case.reference in page
    # Codes and tokens are made of chance, so that "7A" can stand in them.
    words = page.replace(scene.case.reference, "")
    for word in ("Noor", "7A", WHAT, "Daan", "Wat ik zag", "Sami", "Marit", "Who is busy?"):
        assert not re.search(rf"\b{re.escape(word)}", words), word


def test_the_principal_reads_content_when_the_school_chose_so(scene, read):
    School.objects.update(principal_content=True)
    make_agreement(scene.teacher, scene.case, deadline=TODAY)
    assert "Noor, 7A" in read(scene.principal, "/overview/")


def test_a_principal_who_was_asked_along_reads_that_case_and_no_other(scene):
    other = scene.another_case("Daan")
    for case in (scene.case, other):
        make_agreement(scene.teacher, case, deadline=TODAY)
    share_case(scene.coordinator, scene.case, scene.principal, Level.VIEW, now=NOW)
    assert sorted(titles(look(scene, scene.principal).today)) == ["Noor, 7A", other.reference]


def test_a_restricted_case_is_not_there_for_who_was_not_asked_along(scene):
    outsider = make_person(Role.COORDINATOR, scene.school, first_name="Els")
    make_agreement(scene.teacher, scene.case, deadline=TODAY)
    Case.objects.update(restricted=True)
    rebuild_access(scene.case)
    for person in (outsider, scene.principal):
        found = look(scene, person)
        assert (found.open_count, found.today, found.silent) == (0, [], [])


def test_the_numbers_lead_to_their_group(scene, read):
    page = read(scene.coordinator, "/overview/")
    for key in ("late", "today", "new", "silent"):
        assert f'href="#{key}"' in page
        assert f'id="{key}"' in page


def test_empty_groups_say_so(scene, read):
    page = read(scene.coordinator, "/overview/")
    for text in ("Nothing is late.", "Nothing is due today.", "No new reports."):
        assert text in page


@pytest.mark.parametrize("role", [Role.TEACHER, Role.COUNSELLOR, Role.SCHOOL_ADMIN, Role.DPO])
def test_other_roles_have_no_overview(scene, client, role):
    client.force_login(make_person(role, scene.school, first_name="Anders"))
    assert client.get("/overview/").status_code == 404


def test_another_school_is_not_there(scene, client):
    stranger = make_school("Het Kompas", "het-kompas")
    client.force_login(make_person(Role.COORDINATOR, stranger))
    assert client.get("/overview/?school=de-vaart").status_code == 404
    assert scene.case.reference not in client.get("/overview/").content.decode()


@pytest.mark.parametrize("who", ["coordinator", "principal"])
def test_the_number_of_queries_does_not_grow_with_the_cases(scene, who):
    client = Client()
    client.force_login(getattr(scene, who))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/overview/").status_code == 200
        return len(captured)

    def add(numbers):
        for number in numbers:
            case = scene.another_case(f"Kind {number}")
            make_agreement(scene.teacher, case, deadline=TODAY)
            make_report(scene.teacher, scene.school, about=f"Zorg {number}")

    add(range(3))
    few = queries()
    add(range(3, 12))
    for _position in range(21):
        make_agreement(scene.teacher, scene.case, deadline=TODAY)
    assert queries() == few
