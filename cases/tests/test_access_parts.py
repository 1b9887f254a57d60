"""What belongs to a case is seen and settled through the door of its case."""

from __future__ import annotations

from cases.access import (
    agreements_visible_to,
    may_read_step,
    may_record_talk,
    may_settle,
    reports_of,
    talks_visible_to,
    who_sees,
)
from cases.ceilings import Level
from cases.models.step_record import Visibility
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_talk,
)
from schools.services.people import end_membership


def test_agreements_and_talks_need_content_and_a_header_is_not_enough(scene: Scene) -> None:
    agreement, talk = (
        make_agreement(scene.coordinator, scene.case),
        make_talk(scene.teacher, scene.case),
    )
    assert agreements_visible_to(scene.who(scene.teacher)).contains(agreement)
    assert talks_visible_to(scene.who(scene.teacher)).contains(talk)
    assert not agreements_visible_to(scene.who(scene.principal)).exists()
    assert not talks_visible_to(scene.who(scene.principal)).exists()


def test_a_viewer_settles_the_own_agreement_and_nobody_elses(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    own = make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague)
    followed = make_agreement(scene.coordinator, scene.case, responsible_staff=scene.colleague)
    other = make_agreement(scene.coordinator, scene.case)
    viewer = scene.who(scene.colleague)
    assert [may_settle(viewer, a) for a in (own, followed, other)] == [True, True, False]
    assert may_settle(scene.who(scene.teacher), other)
    assert not may_settle(scene.who(scene.principal), own)


def test_a_viewer_records_the_own_talk_and_nobody_elses(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    own = make_talk(scene.coordinator, scene.case, conductor=scene.colleague)
    other = make_talk(scene.coordinator, scene.case)
    viewer = scene.who(scene.colleague)
    assert [may_record_talk(viewer, t) for t in (own, other)] == [True, False]
    assert may_record_talk(scene.who(scene.teacher), own)


def test_records_for_the_handler_are_read_by_lead_and_managers_only(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    record = scene.step(2)
    people = (scene.coordinator, scene.teacher, scene.colleague, scene.principal)
    assert [may_read_step(scene.who(p), record) for p in people] == [True, True, True, False]
    record.visibility = Visibility.HANDLER_ONLY
    assert [may_read_step(scene.who(p), record) for p in people] == [True, True, False, False]


def test_a_lead_who_lost_the_case_reads_no_record(scene: Scene) -> None:
    end_membership(None, scene.teacher.memberships.get(), now=NOW)
    record = scene.step(2)
    record.visibility = Visibility.HANDLER_ONLY
    assert not may_read_step(scene.who(scene.teacher), record)


def test_the_reporter_sees_the_own_report_as_long_as_they_work_there(scene: Scene) -> None:
    report = scene.case.report
    assert reports_of(scene.who(scene.coordinator)).contains(report)
    assert not reports_of(scene.who(scene.teacher)).exists()
    end_membership(None, scene.coordinator.memberships.get(), now=NOW)
    assert not reports_of(scene.who(scene.coordinator)).exists()


def test_who_sees_a_case_is_listed_with_level_and_reason(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    found = {seer.user: (seer.level, seer.grant is not None) for seer in who_sees(scene.case, NOW)}
    assert found == {
        scene.coordinator: (Level.MANAGE, True),
        scene.teacher: (Level.CONTRIBUTE, True),
        scene.colleague: (Level.VIEW, True),
        scene.principal: (Level.HEADER, False),
    }
