"""Nothing links a pupil to an answer: not while a class answers, and not afterwards.

The proof: two classes of which the same pupils, with the same tokens and at the same moments, gave each other's answers,
leave the same database behind, in every table and in what the database itself notes about each row.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

from interventions.models import AnswerBox, Run, SurveyToken
from interventions.services.survey_tokens import hand_out, renew_codes
from interventions.services.thermometer_runs import close_run
from interventions.tests.classes import lines_of
from interventions.tests.measuring import Measured, answer, make_measured
from interventions.thermometer.box import empty_box, lines_in, put_in
from interventions.thermometer.questionnaire import FULL, version
from pestzorg.testing.builders import NOW, make_class, make_pupil
from pestzorg.testing.servers import url_of_test_database
from schools.services.secret_words import hash_of

LINES = lines_of("A before")
# What differs from run to run because it is drawn at random, or points to what was drawn.
DRAWN = {"id", "uuid", "subject_uuid", "run_id", "school_class_id", "secret_hash", "code"}
SEALED = {"answers"}
Row = tuple[Any, ...]
answer_as = answer


# ── the box ──────────────────────────────────────────────────────────────────
@given(st.data())
def test_the_box_is_the_same_whatever_the_order(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.sampled_from(LINES), max_size=24))
    other = data.draw(st.permutations(lines))
    assert filled(lines) == filled(other)
    assert sorted(lines_in(filled(lines))) == sorted(lines)


@given(st.lists(st.sampled_from([*LINES, "0" * 18 + "/-", "5" * 18 + "/10"]), max_size=24))
def test_the_box_is_always_as_long(lines: list[str]) -> None:
    assert len(filled(lines)) == len(empty_box(version(FULL), 24))


def filled(lines: list[str]) -> str:
    box = empty_box(version(FULL), 24)
    for line in lines:
        box = put_in(box, line) or ""
    return box


# ── the tables ───────────────────────────────────────────────────────────────
def test_no_table_of_a_survey_has_a_time_a_name_or_a_number_that_counts_up() -> None:
    kinds = {m: {f.name: type(f) for f in m._meta.get_fields()} for m in (AnswerBox, SurveyToken)}
    assert set(kinds[SurveyToken]) == {"id", "run", "secret_hash", "is_handed_out"}
    assert set(kinds[AnswerBox]) == {"id", "uuid", "run", "answers"}
    assert kinds[SurveyToken]["id"] is models.UUIDField
    times = (models.DateTimeField, models.TimeField)
    assert not [f for f in Run._meta.get_fields() if isinstance(f, times)]


def test_nothing_points_to_a_token_or_to_the_box() -> None:
    pointing = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.related_model in {AnswerBox, SurveyToken} and not field.auto_created
    }
    assert pointing == set()


# ── the same database, whoever answered what ─────────────────────────────────
class Snapshot:
    """Every row of every table, with what the database notes beside it: where it lies and which transaction wrote it."""

    def __init__(self) -> None:
        self.tables = {name: self._rows(name) for name in connection.introspection.table_names()}

    def _rows(self, table: str) -> list[Row]:
        system = "ctid::text, xmin::text::bigint" if is_postgres() else "rowid, 0"
        name = connection.ops.quote_name(table)
        with connection.cursor() as cursor:
            cursor.execute(" ".join(["SELECT", system, ", * FROM", name]))
            return [tuple(map(told, row)) for row in cursor.fetchall()]

    def new_since(self, before: Snapshot) -> dict[str, list[Row]]:
        """What was written since, with the moment of each row as its place in the order of all transactions."""
        new = {
            table: [row for row in rows if row not in before.tables[table]]
            for table, rows in self.tables.items()
        }
        order = sorted({row[1] for rows in new.values() for row in rows}, key=int)
        return {
            table: [self._plain(row, order) for row in rows] for table, rows in new.items() if rows
        }

    def _plain(self, row: Row, order: list[str]) -> Row:
        return (order.index(row[1]), *row[2:])


def told(value: Any) -> str:
    """As text; bytes, which are sealed, in their digits."""
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def masked(found: dict[str, list[Row]], columns: dict[str, list[str]]) -> dict[str, list[Row]]:
    """Without what was drawn at random; of what is sealed the length."""

    def plain(table: str, row: Row) -> Row:
        named = zip(columns[table], row[1:], strict=True)
        kept = [(name, value) for name, value in named if name not in DRAWN]
        return (row[0], *(len(v) if name in SEALED else v for name, v in kept))

    return {table: [plain(table, row) for row in rows] for table, rows in found.items()}


def columns_of(tables: list[str]) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        return {
            table: [c.name for c in connection.introspection.get_table_description(cursor, table)]
            for table in tables
        }


def play(group: Measured, lines: list[str], *, until: int, closes: bool) -> dict[str, list[Row]]:
    """A class of which pupil 1 gives the first line, and so on; what that leaves behind."""
    run = group.open()
    secrets = renew_codes(group.teacher, run, on_paper=True, now=NOW)
    before = Snapshot()
    for secret, line in list(zip(secrets, lines, strict=False))[:until]:
        answer_as(secret, line)
    if closes:
        close_run(group.teacher, run, now=NOW)
    found = Snapshot().new_since(before)
    if closes:
        found.pop(
            "audit_auditevent"
        )  # who closed it: its chain differs, its content is tested elsewhere
    return masked(found, columns_of(list(found)))


def another_class(group: Measured) -> Measured:
    other = make_class(group.school, "8A", group.teacher)
    for number in range(24):
        make_pupil(other, f"Leerling {number}")
    return Measured(group.school, other, group.teacher, group.coordinator)


@pytest.mark.parametrize(("until", "closes"), [(2, False), (12, False), (23, False), (23, True)])
@pytest.mark.django_db(transaction=True)
def test_pupils_who_swap_their_answers_leave_the_same_database(until: int, closes: bool) -> None:
    first = make_measured(pupils=24)
    second = another_class(first)
    lines = list(LINES)
    swapped = lines[:until]
    swapped.reverse()
    left = play(first, lines, until=until, closes=closes)
    right = play(second, swapped + lines[until:], until=until, closes=closes)
    assert left == right
    assert set(left) == {"interventions_answerbox", *(["interventions_run"] if closes else [])}
    boxes = [lines_in(box.answers) for box in AnswerBox.objects.order_by("pk")]
    assert boxes[0] == boxes[1] == sorted(lines[:until])


@pytest.fixture
def row_per_pupil(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What this program does not do: a row for each answer, in a table without a name, a time or a number."""

    def answer_and_tell(secret: str, line: str) -> None:
        answer(secret, line)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO naive (line) VALUES (%s)", [line])

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive (line text)")
    monkeypatch.setattr(f"{__name__}.answer_as", answer_and_tell)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE naive")


def test_the_proof_would_notice_a_row_for_each_pupil(row_per_pupil: None) -> None:
    first = make_measured(pupils=24)
    lines = list(LINES[:12])
    left = play(first, lines, until=12, closes=False)
    right = play(another_class(first), lines[::-1], until=12, closes=False)
    assert sorted(row[-1] for row in left["naive"]) == sorted(row[-1] for row in right["naive"])
    assert left != right


@pytest.mark.django_db(transaction=True)
def test_all_answers_are_in_one_row_that_one_transaction_wrote() -> None:
    group = make_measured()
    group.measure(LINES)
    assert AnswerBox.objects.count() == 1
    assert not SurveyToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_used_token_is_nowhere_any_more() -> None:
    run = make_measured().open()
    secret = hand_out(run.code)
    answer(secret, LINES[0])
    words = {cell for rows in Snapshot().tables.values() for row in rows for cell in row}
    assert not {secret, hash_of(secret)} & words
    assert SurveyToken.objects.count() == 23


@pytest.mark.django_db(transaction=True)
def test_answering_counts_nothing_up() -> None:
    group = make_measured()
    run = group.open()
    secrets = renew_codes(group.teacher, run, on_paper=True, now=NOW)
    before = counters()
    for secret, line in zip(secrets, LINES, strict=False):
        answer(secret, line)
    assert counters() == before


def counters() -> list[Any]:
    """Where every sequence stands."""
    asked = (
        "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"
        if is_postgres()
        else "SELECT name, seq FROM sqlite_sequence ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return list(cursor.fetchall())


# ── copies of the database ───────────────────────────────────────────────────
def copy_of_database() -> bytes:
    """A dump of PostgreSQL; of SQLite the file with everything that lies beside it."""
    if is_postgres():
        return subprocess.run(
            ["pg_dump", "--dbname", url_of_test_database()], check=True, capture_output=True
        ).stdout
    file = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


@pytest.mark.django_db(transaction=True)
def test_no_copy_taken_during_or_after_shows_an_answer_or_a_token() -> None:
    group = make_measured()
    run = group.open()
    secrets = renew_codes(group.teacher, run, on_paper=True, now=NOW)
    copies = []
    for secret, line in zip(secrets, LINES, strict=False):
        answer(secret, line)
        if line in LINES[::8]:
            copies.append(copy_of_database())
    close_run(group.teacher, run, now=NOW)
    copies.append(copy_of_database())
    assert all(run.uuid.hex.encode() in plain_hex(copy) for copy in copies)  # it is this database
    told = [*secrets, *LINES, *(line.split("/")[0] for line in LINES)]
    assert not [word for word in told for copy in copies if word.encode() in copy]


def plain_hex(copy: bytes) -> bytes:
    return copy.replace(b"-", b"")
