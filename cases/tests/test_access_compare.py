"""A difference made by hand is found, told and mended; what ran out long ago is cleared away without a difference."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.access import Who, can
from cases.ceilings import Level
from cases.management import access_tables
from cases.models import Access, BreakGlass, Case, Principal
from cases.services.break_glass import break_glass
from cases.services.comparing import compare_access
from cases.services.extras import grant_extra
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.services.tidying import tidy_access
from cases.tasks import run_access_check
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_person
from schools.roles import Role

REASON = "Noor is niet thuisgekomen en de politie belt."


@pytest.fixture
def full(scene: Scene) -> Scene:
    """Every kind of row: audience, seats with an end and an extra, and glass."""
    until = NOW + timedelta(days=3)
    share_case(
        scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW, valid_until=until
    )
    grant_extra(scene.coordinator, scene.case, scene.colleague, "export_case", now=NOW)
    for hours in (0, 1):
        now = NOW + timedelta(hours=hours)
        break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=now)
    return scene


def check(*options: str) -> dict:
    out = StringIO()
    call_command("access", "check", *options, stdout=out)
    return json.loads(out.getvalue())


def sides(scene: Scene) -> list[tuple[str, str, int]]:
    rows = [row for found in compare_access() for row in found.differences]
    assert {row.case_id for row in rows} <= {scene.case.pk}
    return sorted((row.side, row.kind, row.level) for row in rows)


def test_what_the_services_store_is_what_the_cases_say(full: Scene) -> None:
    assert {
        p.kind for p in Principal.objects.filter(pk__in=Access.objects.values("principal"))
    } == {
        "A",
        "S",
        "G",
    }
    assert sides(full) == []
    restrict_case(full.coordinator, full.case, now=NOW)
    assert sides(full) == []
    assert check() == {"schools": [], "mended": 0}


def test_a_missing_row_is_found(full: Scene) -> None:
    Access.objects.filter(principal__kind="A").delete()
    assert sides(full) == [("missing", "A", 90)]


def test_a_row_that_nothing_explains_is_found(full: Scene) -> None:
    stranger = Principal.objects.create(
        kind="S", restricted=False, school=full.school, user=make_person(Role.DPO, full.school)
    )
    row = Access.objects.filter(case=full.case).first()
    row.principal, row.level = stranger, 40
    row.save(force_insert=True)
    assert sides(full) == [("surplus", "S", 40)]


@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": NOW + timedelta(days=999)},
        {"opened_at": NOW - timedelta(days=9)},
        {"is_open": False},
    ],
)
def test_a_changed_column_is_found(full: Scene, change: dict[str, object]) -> None:
    Access.objects.filter(case=full.case, principal__kind="G").update(**change)
    assert sides(full) == [("missing", "G", 20), ("surplus", "G", 20)]


def test_a_case_that_was_restricted_without_the_service_is_found(full: Scene) -> None:
    Case.objects.filter(pk=full.case.pk).update(restricted=True)
    assert sides(full)


def test_a_grant_that_was_taken_away_without_the_service_is_found(full: Scene) -> None:
    full.case.grants.filter(user=full.colleague).delete()
    assert sides(full) == [("surplus", "S", -2), ("surplus", "S", 20)]


def test_the_command_tells_the_rows_exits_with_1_and_mends(full: Scene) -> None:
    Access.objects.filter(principal__kind="A").delete()
    with pytest.raises(SystemExit) as ended:
        check("--school", "de-vaart")
    assert ended.value.code == 1
    told = check("--mend")
    assert told["schools"][0]["missing"] == 1
    assert told["schools"][0]["rows"][0]["case_id"] == full.case.pk
    assert told["mended"] == 1
    assert check() == {"schools": [], "mended": 0}


def test_the_command_refuses_an_unknown_school(db: None) -> None:
    with pytest.raises(CommandError):
        check("--school", "nowhere")


def test_the_night_logs_a_difference_without_a_name(
    full: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    Access.objects.filter(principal__kind="A").delete()
    assert run_access_check(NOW.isoformat()) == {"tidied": 0, "differences": 1}
    assert f"access of school {full.school.pk} differs" in caplog.text
    assert full.case.reference not in caplog.text


def test_what_ran_out_long_ago_is_cleared_away_and_the_log_of_emergencies_stays(
    full: Scene,
) -> None:
    assert tidy_access(NOW + timedelta(days=90)) == 0
    assert tidy_access(NOW + timedelta(days=94)) == 1
    assert not full.case.grants.filter(user=full.colleague, valid_until__lt=NOW + timedelta(9))
    assert not Access.objects.filter(principal__kind="G").exists()
    assert BreakGlass.objects.count() == 2
    assert can(Who(full.teacher, NOW), "R17", full.case)
    assert sides(full) == []
    assert tidy_access(NOW + timedelta(days=95)) == 0


# ── who can ──────────────────────────────────────────────────────────────────
def who_can(scene: Scene, *options: str) -> str:
    out = StringIO()
    call_command("who_can", scene.case.reference, "--at", NOW.isoformat(), *options, stdout=out)
    return out.getvalue()


def test_who_can_explains_each_access_by_its_rule(full: Scene) -> None:
    rows = {row["person"]: row for row in json.loads(who_can(full, "--json"))}
    assert list(rows) == [
        "Sami de Vries",
        "Marit de Vries",
        "Joost de Vries",
        "Principal de Vries",
    ]
    assert rows["Sami de Vries"]["level"] == 40
    assert len(rows["Sami de Vries"]["because"]) == 2
    assert rows["Joost de Vries"]["extras"] == ["export_case"]
    assert "R33" in rows["Joost de Vries"]["rules"]
    assert "R14" in rows["Principal de Vries"]["rules"]
    assert len(rows["Principal de Vries"]["because"]) == 1


def test_who_can_prints_a_table(full: Scene) -> None:
    told = who_can(full)
    assert " 40  Sami de Vries" in told
    assert "R12 R13 R14" in told


def test_who_can_refuses_an_unknown_code(scene: Scene) -> None:
    with pytest.raises(CommandError):
        call_command("who_can", "PZ-0000-00")


# ── documents ────────────────────────────────────────────────────────────────
def test_a_stale_table_of_a_document_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = [row for row in access_tables.CEILINGS if row.role != Role.DPO and row.cap < 40]
    monkeypatch.setattr(access_tables, "CEILINGS", fewer)
    with pytest.raises(CommandError, match=r"access\.md is not current"):
        call_command("access", "docs", "--check")


def test_the_tables_are_written_where_they_are_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in access_tables.documents():
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace("manage", "x"))
    monkeypatch.setattr(access_tables, "DOCS", tmp_path)
    text = "<!-- made by manage.py access docs: columns -->\nold\n<!-- end of columns -->\nafter"
    (tmp_path / "permission-matrix.md").write_text(text)
    call_command("access", "docs")
    written = (tmp_path / "permission-matrix.md").read_text()
    assert "| VP | confidential counsellor |" in written
    assert "old" not in written
    assert written.endswith("after")
