"""Replacing the key: add, promote, rotate, prune; in this order, not too early, and nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import BinaryField, Value
from django.test import Client

from cases.models import Incident, StepRecord
from cases.services.conversations import step_records
from pestzorg import clock
from pestzorg.crypto import keyset, rotation
from pestzorg.crypto.fields import Sealed
from pestzorg.crypto.models import FieldKey
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.roles import Role

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)
Keys = Callable[..., dict[str, Any]]


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "field_keyset"
    path.write_text(keyset.new_keyset())
    settings.FIELD_KEYSET_FILE = str(path)
    return path


@pytest.fixture
def keys(file: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """The command, a given time after NOW; the last line that it prints."""

    def command(*words: str, after: timedelta = timedelta(0)) -> dict[str, Any]:
        out = StringIO()
        monkeypatch.setattr(clock, "now", lambda *_: NOW + after)
        call_command("keys", *words, stdout=out)
        answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        return answer

    return command


@pytest.fixture
def incident(file: Path) -> Incident:
    school = make_school()
    boss = make_person(Role.COORDINATOR, school)
    case = make_case_active(boss, boss, school, make_pupil(make_class(school)))
    step_records(case.conversations.get())
    return Incident.objects.create(case=case, description="Stickers", seen_by="Bo", recorded_at=NOW)


def sealed_by(row: Any, name: str = "description") -> int:
    stored = type(row).objects.get(pk=row.pk).__dict__[name]
    assert isinstance(stored, Sealed)
    return stored.key_id


def promoted(keys: Keys) -> int:
    keys("add")
    new: int = keys("promote", after=LATER)["promoted"]
    return new


def test_the_whole_way_leaves_one_key_and_every_text(keys: Keys, incident: Incident) -> None:
    old = sealed_by(incident)
    new = keys("add")["added"]
    incident.save()
    assert sealed_by(incident) == old
    assert keys("promote", after=LATER) == {"promoted": new}
    assert keys("rotate", after=LATER)["sealed_anew"] > 5
    assert keys("prune", after=2 * LATER) == {"pruned": [old]}
    (only,) = keys("status", after=2 * LATER)["keys"]
    assert (only["id"], only["state"]) == (new, "primary")
    found = Incident.objects.get()
    assert (found.description, found.seen_by, sealed_by(found)) == ("Stickers", "Bo", new)
    assert StepRecord.objects.first().answers == {}
    assert FieldKey.objects.get().rotated_at == NOW + LATER


def test_status_tells_ids_and_counts(keys: Keys, incident: Incident) -> None:
    keys("add")
    status = keys("status")
    assert [key["state"] for key in status["keys"]] == ["primary", "waiting"]
    assert status["keys"][0]["columns"] > 5
    assert (status["keys"][1]["columns"], status["columns_of_unknown_keys"]) == (0, 0)
    keys("promote", after=LATER)
    assert [key["state"] for key in keys("status")["keys"]] == ["old", "primary"]


def test_no_key_is_ever_printed(keys: Keys, incident: Incident, file: Path) -> None:
    printed = [json.dumps(keys("add")), json.dumps(keys("promote", after=LATER))]
    printed += [json.dumps(keys("rotate", after=LATER)), json.dumps(keys("status"))]
    secrets = [key["keyData"]["value"] for key in json.loads(file.read_text())["key"]]
    assert not any(secret in text for secret in secrets for text in printed)


# ── the order ────────────────────────────────────────────────────────────────
def refused(keys: Keys, *words: str, after: timedelta = timedelta(0)) -> str:
    with pytest.raises(CommandError) as complaint:
        keys(*words, after=after)
    return str(complaint.value)


def test_a_key_is_not_promoted_before_everybody_knows_it(keys: Keys) -> None:
    assert "add one first" in refused(keys, "promote")
    keys("add")
    assert refused(keys, "promote", after=timedelta(minutes=9)).startswith("Wait 1 more minutes.")
    assert "is waiting already" in refused(keys, "add")
    keys("promote", after=timedelta(minutes=10))
    assert "add one first" in refused(keys, "promote", after=LATER)


def test_a_key_that_came_from_somewhere_else_is_not_promoted(keys: Keys, file: Path) -> None:
    file.write_text(keyset.with_new_key(file.read_text()))
    assert "add one first" in refused(keys, "promote", after=LATER)


def test_a_key_in_use_is_not_pruned(keys: Keys, incident: Incident) -> None:
    assert keys("prune") == {"pruned": []}
    promoted(keys)
    assert "Rotate first" in refused(keys, "prune", after=2 * LATER)
    keys("rotate", after=LATER)
    assert "Wait 10 more minutes" in refused(keys, "prune", after=LATER)


def test_one_late_writer_with_the_old_key_keeps_it(
    keys: Keys, incident: Incident, file: Path
) -> None:
    late = Incident.objects.get()
    promoted(keys)
    keys("rotate", after=LATER)
    late.place = "corridor"
    late.save()  # writes the seal back that it read before the rotation
    assert "2 columns still need an older key" in refused(keys, "prune", after=2 * LATER)
    keys("rotate", after=2 * LATER)
    assert len(keys("prune", after=3 * LATER)["pruned"]) == 1
    assert Incident.objects.get().description == "Stickers"


def test_a_waiting_key_is_not_pruned(keys: Keys, incident: Incident) -> None:
    promoted(keys)
    keys("rotate", after=LATER)
    keys("add", after=2 * LATER)
    assert len(keys("prune", after=2 * LATER)["pruned"]) == 1
    assert [key["state"] for key in keys("status")["keys"]] == ["primary", "waiting"]


def test_a_keyset_from_the_environment_is_not_changed(keys: Keys, settings: Any) -> None:
    settings.FIELD_KEYSET, settings.FIELD_KEYSET_FILE = keyset.new_keyset(), None
    for verb in ("add", "promote", "prune"):
        assert "put it into FIELD_KEYSET_FILE first" in refused(keys, verb)


def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(
    keys: Keys, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_text()

    def full(*_args: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(keyset, "replace_keyset", full)
    with pytest.raises(OSError, match="no space"):
        keys("add")
    assert (file.read_text(), FieldKey.objects.count()) == (before, 0)


# ── sealing anew ─────────────────────────────────────────────────────────────
def test_a_second_rotation_has_nothing_to_do(keys: Keys, incident: Incident) -> None:
    promoted(keys)
    keys("rotate", after=LATER)
    before = Incident.objects.get().__dict__["description"]
    assert keys("rotate", after=LATER) == {"sealed_anew": 0}
    assert Incident.objects.get().__dict__["description"] == before


def test_what_does_not_open_is_counted_and_keeps_the_old_key(
    keys: Keys, incident: Incident
) -> None:
    promoted(keys)
    stored = Incident.objects.get().__dict__["description"].ciphertext
    broken = Value(stored[:-1] + bytes([stored[-1] ^ 1]), BinaryField())
    Incident.objects.update(description=broken)
    assert "1 do not open at all" in refused(keys, "rotate", after=LATER)
    assert "Rotate first" in refused(keys, "prune", after=2 * LATER)
    assert Incident.objects.get().seen_by == "Bo"


def test_walks_that_do_not_end_are_reported(
    keys: Keys, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    promoted(keys)
    monkeypatch.setattr(rotation, "_walk_all", lambda *_args: (0, 0))
    with pytest.raises(RuntimeError, match="older key"):
        keys("rotate", after=LATER)


def test_the_secrets_of_the_second_factor_come_along(keys: Keys, incident: Incident) -> None:
    second_factor = get_adapter()
    app = Authenticator.objects.create(
        user=incident.case.handler, type="totp", data={"secret": second_factor.encrypt("JBSWY3DP")}
    )
    codes = Authenticator.objects.create(
        user=incident.case.handler,
        type="recovery_codes",
        data={"seed": second_factor.encrypt("seed"), "used_mask": 3},
    )
    promoted(keys)
    keys("rotate", after=LATER)
    keys("prune", after=2 * LATER)
    app.refresh_from_db()
    codes.refresh_from_db()
    assert second_factor.decrypt(app.data["secret"]) == "JBSWY3DP"
    assert (second_factor.decrypt(codes.data["seed"]), codes.data["used_mask"]) == ("seed", 3)


def test_a_secret_that_does_not_open_keeps_the_old_key(keys: Keys, incident: Incident) -> None:
    secret = get_adapter().encrypt("JBSWY3DP")
    broken = secret[:-8] + ("A" * 8 if secret[-8:] != "A" * 8 else "B" * 8)
    Authenticator.objects.create(user=incident.case.handler, type="totp", data={"secret": broken})
    promoted(keys)
    assert "1 do not open at all" in refused(keys, "rotate", after=LATER)
    assert "Rotate first" in refused(keys, "prune", after=2 * LATER)


def test_every_encrypted_column_of_every_app_is_walked() -> None:
    walked = {
        f"{m._meta.db_table}.{f.column}"
        for m, fields in rotation.encrypted_models()
        for f in fields
    }
    sealed = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if type(field).__name__.startswith("Encrypted")
    }
    assert walked == sealed
    assert {"cases_incident.description", "cases_steprecord.answers"} <= walked


def test_after_a_rotation_names_and_references_are_found_as_before(
    keys: Keys, incident: Incident, client: Client
) -> None:
    promoted(keys)
    keys("rotate", after=LATER)
    client.force_login(incident.case.handler)
    for words, is_found in ((incident.case.reference, True), ("noor", True), ("Stickers", False)):
        page = client.post("/cases/", {"q": words}, follow=True).content.decode()
        assert (f"/cases/{incident.case.uuid}/" in page) is is_found, words
