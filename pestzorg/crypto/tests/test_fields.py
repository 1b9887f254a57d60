"""What stands in the column, what opens it again, and everything that must not."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db import transaction
from django.db.models import BinaryField, F, Value

from cases.models import Case, Incident, StepRecord
from pestzorg.crypto.fields import EncryptedTextField, Sealed, Tampered
from pestzorg.crypto.keyset import cipher, new_keyset
from pestzorg.testing.builders import NOW
from schools.models import Board, School, User

TEXT = "Ze maken stickers van Noor. 😢 Überall, élke dag."

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    board = Board.objects.create(name="b")
    school = School.objects.create(
        board=board, name="s", code="s", country="nl", holiday_region="midden"
    )
    return Case.objects.create(school=school, opened_at=NOW)


@pytest.fixture
def row(case: Case) -> Incident:
    return Incident.objects.create(
        case=case, description=TEXT, seen_by="Bo en Finn", recorded_at=NOW
    )


def again(row: Incident) -> Incident:
    return Incident.objects.get(pk=row.pk)


def column(row: Incident, name: str = "description") -> bytes:
    stored: Sealed = Incident.objects.values_list(name, flat=True).get(pk=row.pk)
    return stored.ciphertext


def write(row: Incident, ciphertext: bytes, name: str = "description") -> None:
    # As an expression: the field itself refuses to update a column without its row.
    Incident.objects.filter(pk=row.pk).update(**{name: Value(ciphertext, BinaryField())})


# ── round trip ───────────────────────────────────────────────────────────────
def test_what_was_written_is_read_again(row: Incident) -> None:
    assert (again(row).description, again(row).seen_by) == (TEXT, "Bo en Finn")


@pytest.mark.parametrize("text", ["", "0", " ", "\x00", "x" * 2000])
def test_any_text_comes_back_as_it_was(row: Incident, text: str) -> None:
    row.description = text
    row.save()
    assert again(row).description == text


def test_many_rows_written_at_once_are_sealed_too(case: Case) -> None:
    Incident.objects.bulk_create(
        [Incident(case=case, description=f"Voorval {n}", recorded_at=NOW) for n in range(3)]
    )
    rows = Incident.objects.order_by("pk")
    assert [row.description for row in rows] == ["Voorval 0", "Voorval 1", "Voorval 2"]
    assert not any(b"Voorval" in column(row) for row in rows)


def test_the_column_holds_no_plain_text(row: Incident) -> None:
    stored = column(row)
    for word in ("stickers", "Noor", TEXT):
        assert word.encode() not in stored
    assert len(stored) > len(TEXT.encode())


def test_the_same_text_never_looks_the_same_twice(row: Incident) -> None:
    first = column(row)
    row.save()
    assert column(row) != first


def test_a_row_that_was_not_read_keeps_its_seal_when_saved(row: Incident) -> None:
    first, unread = column(row), again(row)
    unread.place = "corridor"
    unread.save()
    assert column(row) == first
    assert again(row).description == TEXT


def test_a_deferred_value_is_fetched_when_asked_for(row: Incident) -> None:
    for found in (
        Incident.objects.defer("description").get(),
        Incident.objects.only("id").get(),
    ):
        assert found.description == TEXT


def test_refreshing_forgets_what_was_opened_before(row: Incident) -> None:
    other = again(row)
    other.description = "Iets anders"
    other.save()
    row.refresh_from_db()
    assert row.description == "Iets anders"


# ── moved or changed ─────────────────────────────────────────────────────────
def test_moved_to_another_row_it_does_not_open(case: Case, row: Incident) -> None:
    other = Incident.objects.create(case=case, description="Anders", recorded_at=NOW)
    write(other, column(row))
    with pytest.raises(Tampered):
        _ = again(other).description
    assert again(row).description == TEXT


def test_moved_to_another_column_it_does_not_open(row: Incident) -> None:
    write(row, column(row), "seen_by")
    with pytest.raises(Tampered):
        _ = again(row).seen_by


def test_moved_to_another_table_it_does_not_open(case: Case, row: Incident) -> None:
    field: Any = StepRecord._meta.get_field("summary")
    record = StepRecord(uuid=row.uuid)
    with pytest.raises(Tampered):
        field.open(Sealed(column(row)), record)


def test_a_seal_handed_from_row_to_row_in_python_does_not_open(case: Case, row: Incident) -> None:
    other = Incident.objects.create(case=case, description="Anders", recorded_at=NOW)
    other.description = again(row).__dict__["description"]
    other.save()
    with pytest.raises(Tampered):
        _ = again(other).description


def test_not_one_of_two_hundred_flipped_bits_opens(row: Incident) -> None:
    field: Any = Incident._meta.get_field("description")
    stored = column(row)
    bits = len(stored) * 8
    for number in range(200):
        bit = number * (bits - 1) // 199
        changed = bytearray(stored)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(Tampered):
            field.open(Sealed(bytes(changed)), row)
    assert field.open(Sealed(stored), row) == TEXT


@pytest.mark.parametrize("ciphertext", [b"", b"x", TEXT.encode()])
def test_what_was_never_sealed_does_not_open(row: Incident, ciphertext: bytes) -> None:
    write(row, ciphertext)
    with pytest.raises(Tampered):
        _ = again(row).description


def test_the_complaint_names_the_column_and_nothing_else(row: Incident) -> None:
    write(row, column(row)[:-1])
    with pytest.raises(Tampered) as complaint:
        _ = again(row).description
    assert str(complaint.value) == "cases_incident.description"
    assert complaint.value.__suppress_context__


# ── ways around the seal ─────────────────────────────────────────────────────
def test_a_column_cannot_be_updated_without_its_row(row: Incident) -> None:
    with pytest.raises(FieldError), transaction.atomic():
        Incident.objects.update(description="open en bloot")
    row.description = "open en bloot"
    with pytest.raises(FieldError), transaction.atomic():
        Incident.objects.bulk_update([row], ["description"])
    assert again(row).description == TEXT


@pytest.mark.parametrize(
    "lookup",
    [
        {"description": TEXT},
        {"description__contains": "stickers"},
        {"description__icontains": "stickers"},
        {"description__startswith": "Ze"},
        {"description__in": [TEXT]},
        {"description__gt": "a"},
        {"description": F("seen_by")},
    ],
)
def test_nothing_can_be_searched(row: Incident, lookup: dict[str, Any]) -> None:
    with pytest.raises(FieldError):
        list(Incident.objects.filter(**lookup))


def test_whether_there_is_a_value_can_be_asked(row: Incident) -> None:
    assert Incident.objects.filter(description__isnull=False).count() == 1


def test_a_dump_of_the_tables_is_refused(row: Incident) -> None:
    with pytest.raises(FieldError):
        serializers.serialize("json", [row])


def test_printing_shows_nothing(row: Incident) -> None:
    fresh = again(row)
    seen = [repr(fresh), str(fresh), repr(fresh.__dict__["description"])]
    seen += [repr(list(Incident.objects.values("description")))]
    seen += [repr(list(Incident.objects.values_list("description")))]
    assert not any("stickers" in text for text in seen)
    assert "<sealed>" in seen[2]
    assert "<sealed>" in seen[3]


# ── length ───────────────────────────────────────────────────────────────────
def test_longer_than_allowed_is_refused_when_checked(row: Incident) -> None:
    row.description = "x" * 2001
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert list(refused.value.message_dict) == ["description"]


def test_an_empty_required_text_is_refused_when_checked(row: Incident) -> None:
    row.description = ""
    with pytest.raises(ValidationError):
        row.full_clean()


def test_a_migration_remembers_the_limit() -> None:
    _name, _path, args, kwargs = EncryptedTextField(max_length=12).deconstruct()
    assert (args, kwargs) == ([], {"max_length": 12})


# ── JSON ─────────────────────────────────────────────────────────────────────
ANSWERS = {"story": TEXT, "feelings": ["sad", "afraid"], "safety_score": 0, "danger": False}


@pytest.fixture
def record(case: Case) -> StepRecord:
    target = case.participants.create(name="Noor", role="target")
    lead = User.objects.create(email="lead@example.org")
    conversation = case.conversations.create(target=target, lead=lead, edition_key="2025-1")
    return StepRecord.objects.create(conversation=conversation, step=2, answers=ANSWERS)


def test_json_comes_back_with_its_types(record: StepRecord) -> None:
    assert StepRecord.objects.get().answers == ANSWERS


def test_json_begins_empty(record: StepRecord) -> None:
    other = StepRecord.objects.create(conversation=record.conversation, step=3)
    assert StepRecord.objects.get(pk=other.pk).answers == {}


def test_json_that_was_changed_in_place_is_saved(record: StepRecord) -> None:
    found = StepRecord.objects.get()
    found.answers["feelings"].append("lonely")
    found.save()
    assert StepRecord.objects.get().answers["feelings"] == ["sad", "afraid", "lonely"]


def test_json_has_a_limit(record: StepRecord) -> None:
    record.answers = {"story": "x" * 40_000}
    with pytest.raises(ValidationError), transaction.atomic():
        record.save()
    assert StepRecord.objects.get().answers == ANSWERS


# ── keyset ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("keyset", ["nonsense", "{}", '{"primaryKeyId": 1, "key": []}'])
def test_an_unreadable_keyset_is_a_wrong_setting(settings: Any, keyset: str) -> None:
    settings.FIELD_KEYSET = keyset
    with pytest.raises(ImproperlyConfigured) as refused:
        cipher()
    assert keyset not in str(refused.value)


def test_another_keyset_opens_nothing(row: Incident, settings: Any) -> None:
    settings.FIELD_KEYSET = new_keyset()
    with pytest.raises(Tampered):
        _ = again(row).description


def test_after_rotation_old_rows_open_and_new_ones_use_the_new_key(
    case: Case, settings: Any
) -> None:
    old, new = json.loads(new_keyset()), json.loads(new_keyset())
    settings.FIELD_KEYSET = json.dumps(old)
    row = Incident.objects.create(case=case, description=TEXT, recorded_at=NOW)
    both = {"primaryKeyId": new["primaryKeyId"], "key": [*old["key"], *new["key"]]}
    settings.FIELD_KEYSET = json.dumps(both)
    assert again(row).description == TEXT
    row.save()
    settings.FIELD_KEYSET = json.dumps(new)
    assert again(row).description == TEXT


def test_a_generated_keyset_is_made_once_and_readable_by_its_owner_only(
    settings: Any, tmp_path: Path
) -> None:
    settings.FIELD_KEYSET, settings.VAR_DIR = "", tmp_path
    sealed = cipher().encrypt(b"x", b"place")
    file = tmp_path / "keyset.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings.FIELD_KEYSET = file.read_text(encoding="utf-8")
    assert cipher().decrypt(sealed, b"place") == b"x"
