"""What a migration carries over: nothing that was told is lost when a column goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases.models import Evidence, StandIn
from cases.queries.signals import INTIMATE_IMAGE, signals_of
from cases.services import items
from cases.services.standing_in import hand_over_work
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("cases", name)])
    return executor.loader.project_state([("cases", name)]).apps


def migrate_to_the_end() -> None:
    """Every table of every app as the next test expects it, whatever hung on what was taken back."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_an_incident_with_an_intimate_image_says_so_once_and_still_asks_for_an_assessment(
    scene: Scene,
) -> None:
    told, shown = (
        items.put_incident(scene.teacher, scene.case, None, now=NOW, description=words)
        for words in ("Een foto.", "Nog een.")
    )
    kept = {"kind": "photo", "described_as": "In de groep.", "held_by": "parent"}
    row = items.put_evidence(
        scene.teacher,
        scene.case,
        None,
        now=NOW,
        incident=shown,
        contains_intimate_image=True,
        **kept,
    )
    try:
        before = migrate("0020_possible_offence")
        before.get_model("cases", "Incident").objects.update(contains_intimate_image=True)
    finally:
        migrate_to_the_end()
    carried = Evidence.objects.exclude(pk=row.pk).get()
    assert (carried.incident, carried.contains_intimate_image) == (told, True)
    assert (carried.described_as, carried.recorded_at) == (
        "Intiem beeld van een minderjarige.",
        told.recorded_at,
    )
    assert signals_of(scene.case) == [INTIMATE_IMAGE]


def test_what_runs_for_somebody_who_is_away_knows_its_part(scene: Scene) -> None:
    task = make_agreement(scene.teacher, scene.case, responsible_staff=scene.coordinator)
    hand_over_work(
        scene.coordinator, scene.teacher, [task], scene.colleague, now=NOW, until=NOW.date()
    )
    try:
        migrate("0029_lead_change_for_a_while")
    finally:
        migrate_to_the_end()
    assert StandIn.objects.get().parts == ["owner_staff"]
