"""What a copy of the database shows of what people wrote: nothing; and moved to another place nothing opens (S42)."""

from __future__ import annotations

import secrets
import subprocess
from itertools import product
from typing import Any

import pytest

from pestzorg.crypto.fields import EncryptedJSONField, EncryptedTextField, Sealed, Tampered
from pestzorg.crypto.rotation import encrypted_models
from pestzorg.demo import scenario_a
from pestzorg.testing.servers import url_of_test_database

Place = tuple[Any, EncryptedTextField]  # a row and one of its encrypted columns


def a_school_with_a_story() -> None:
    school = scenario_a.found_school_a("pestzorg-test")
    conversation = scenario_a.report_and_assess(school)
    scenario_a.first_sitting(school, conversation)
    scenario_a.second_sitting(school, conversation)


def places() -> list[Place]:
    """Every encrypted value there is."""
    return [
        (row, field)
        for model, fields in encrypted_models()
        for row in model._base_manager.all()
        for field in fields
    ]


def with_canaries() -> dict[str, str]:
    """Put a random word into every encrypted value; word -> where it stands."""
    words = {}
    for row, field in places():
        word = secrets.token_hex(10)
        words[word] = f"{row._meta.db_table}.{field.column}"
        is_json = isinstance(field, EncryptedJSONField)
        setattr(row, field.attname, {"note": word} if is_json else word)
        row.save()
    return words


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_dump_of_the_database_holds_no_word_of_what_was_told() -> None:
    a_school_with_a_story()
    words = with_canaries()
    assert len(words) > 50
    dump = subprocess.run(
        ["pg_dump", "--dbname", url_of_test_database()], check=True, capture_output=True
    ).stdout
    assert b"Noor" in dump  # names are meant to be found, so this really is the database
    # A column of bytes is written in hexadecimal digits.
    shapes = [(word, shape) for word in words for shape in (word, word.encode().hex())]
    assert [words[word] for word, shape in shapes if shape.encode() in dump] == []


@pytest.mark.django_db
def test_nothing_opens_at_any_other_place() -> None:
    a_school_with_a_story()
    with_canaries()
    found = places()[::3]
    assert len({row._meta.db_table for row, _field in found}) > 5
    assert len({getattr(row, "case_id", None) for row, _field in found}) > 1
    opened = [
        f"{here._meta.db_table}.{field.column} opens in {there._meta.db_table}.{other.column}"
        for (here, field), (there, other) in product(found, repeat=2)
        if (here, field) != (there, other) and opens(here.__dict__[field.attname], other, there)
    ]
    assert opened == []
    assert all(opens(row.__dict__[field.attname], field, row) for row, field in found)


def opens(sealed: Sealed, field: EncryptedTextField, row: Any) -> bool:
    try:
        field.open(sealed, row)
    except Tampered:
        return False
    return True
