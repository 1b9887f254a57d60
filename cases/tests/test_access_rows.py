"""Writing down the rows of a case: one statement, whoever it names for the first time, and a count that trusts them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import Permission

from cases.access.page import Part, count, page
from cases.ceilings import PERMISSION_OF_LEVEL, Level
from cases.models import Access, Case, CaseUserObjectPermission, Principal
from cases.models.access import FOREVER
from cases.services.sharing import open_access, rebuild_access
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW


def grant(scene: Scene, case: Case, level: Level) -> CaseUserObjectPermission:
    """A grant to the colleague that is not stored yet."""
    return CaseUserObjectPermission(
        user=scene.colleague,
        content_object=case,
        permission=Permission.objects.get(codename=PERMISSION_OF_LEVEL[level]),
        valid_until=FOREVER,
        purpose=CaseUserObjectPermission.Purpose.SHARED,
        granted_by=scene.coordinator,
        granted_at=NOW,
    )


def test_first_case_of_a_person_makes_the_seat_and_every_row(scene: Scene) -> None:
    Principal.objects.filter(user=scene.colleague).delete()
    case = Case.objects.create(school=scene.school, opened_at=NOW)
    open_access(case, [grant(scene, case, Level.VIEW)])
    assert case.grants.count() == 1
    assert sorted(case.access_rows.values_list("principal__kind", "level", "is_only")) == [
        ("A", Level.AS_ROLE_ALLOWS, True),
        ("S", Level.VIEW, True),
    ]


def test_two_levels_on_one_case_count_once_and_one_ends_before_the_other(scene: Scene) -> None:
    case = Case.objects.create(school=scene.school, opened_at=NOW)
    wide, narrow = grant(scene, case, Level.MANAGE), grant(scene, case, Level.VIEW)
    wide.valid_until = NOW + timedelta(days=1)
    before = count(scene.who(scene.colleague))
    open_access(case, [wide, narrow])
    assert set(
        Access.objects.filter(case=case, level__lt=90).values_list("is_only", flat=True)
    ) == {False}
    for moment, level in ((NOW, Level.MANAGE), (NOW + timedelta(days=2), Level.VIEW)):
        who = scene.who(scene.colleague, now=moment)
        assert count(who) == before + 1
        assert level in {key.level for key in page(who, Part(limit=9)) if key.case_id == case.pk}


def test_seat_beside_the_own_audience_counts_once(scene: Scene) -> None:
    before = count(scene.who(scene.coordinator))
    case = Case.objects.create(school=scene.school, opened_at=NOW)
    given = grant(scene, case, Level.MANAGE)
    given.user = scene.coordinator
    open_access(case, [given])
    assert count(scene.who(scene.coordinator)) == before + 1
    rebuild_access(case)
    assert count(scene.who(scene.coordinator)) == before + 1
