"""The key is replaced while people read and write, and the rotation is killed on the way (promise S42)."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection, transaction

from cases.models import Incident
from pestzorg import clock
from pestzorg.crypto import ceremony, keyset
from pestzorg.crypto.rotation import columns_per_key, rotate
from pestzorg.testing.builders import NOW, make_person, make_report, make_school
from pestzorg.testing.servers import url_of_test_database
from schools.roles import Role

ROWS, PERSONS = 10_000, 2
LATER = timedelta(minutes=11)

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "field_keyset"
    path.write_text(keyset.new_keyset())
    settings.FIELD_KEYSET_FILE = str(path)
    return path


@pytest.fixture
def rows(file: Path) -> list[int]:
    """Ten thousand rows that the old key sealed."""
    school = make_school()
    case = make_report(make_person(Role.TEACHER, school), school).case
    made = Incident.objects.bulk_create(
        [
            Incident(
                case=case, description=f"Verhaal {n} van 0", seen_by=f"Bo {n}", recorded_at=NOW
            )
            for n in range(ROWS)
        ],
        batch_size=1000,
    )
    return [row.pk for row in made]


class Person(Thread):
    """Somebody who does one thing again and again until told to stop, and remembers what went wrong."""

    def __init__(self, act: Callable[[], None], stop: Event) -> None:
        super().__init__(daemon=True)
        self.act, self.stop, self.count, self.failures = act, stop, 0, [""][:0]

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.act()
            except Exception as error:
                self.failures.append(repr(error))
            self.count += 1
            self.stop.wait(0.002)  # people think; without it they only wait for each other
        connection.close()


def reader(rows: list[int]) -> Callable[[], None]:
    def read() -> None:
        found = Incident.objects.get(pk=secrets.choice(rows))
        number = re.fullmatch(r"Verhaal (\d+) van \d+", found.description)
        assert number, found.description
        assert found.seen_by == f"Bo {number[1]}"

    return read


def writer(rows: list[int], mine: dict[int, str]) -> Callable[[], None]:
    """Changes one text of a row and saves all of it, with the seal of the other text as it was read."""

    def write() -> None:
        found = Incident.objects.get(pk=secrets.choice(rows))
        words = found.description.split()
        found.description = " ".join([*words[:3], str(int(words[3]) + 1)])
        found.save()
        mine[found.pk] = found.description

    return write


@contextmanager
def people_at_work(rows: list[int]) -> Iterator[tuple[list[Person], dict[int, str]]]:
    """Readers and writers, each writer with rows of its own, so that the last text of a row is known."""
    stop, written = Event(), {}
    acts = [reader(rows) for _ in range(PERSONS)]
    acts += [writer(rows[n::PERSONS], written) for n in range(PERSONS)]
    people = [Person(act, stop) for act in acts]
    for person in people:
        person.start()
    try:
        yield people, written
    finally:
        stop.set()
        for person in people:
            person.join()


def test_a_row_that_somebody_is_writing_keeps_the_newer_text(file: Path, rows: list[int]) -> None:
    Incident.objects.exclude(pk__in=rows[:3]).delete()
    ceremony.add_key(NOW)
    new = ceremony.promote_key(NOW + LATER)
    is_written, may_commit = Event(), Event()

    def write_slowly() -> None:
        with transaction.atomic():
            found = Incident.objects.get(pk=rows[1])
            found.description = "Nieuwer"
            found.save(update_fields=["description"])
            is_written.set()
            may_commit.wait(30)
        connection.close()

    somebody = Thread(target=write_slowly)
    somebody.start()
    is_written.wait(30)
    # The first batch of the rotation is done while the row is still locked.
    done, unreadable = rotate(500, lambda *_counts: may_commit.set())
    somebody.join()
    assert unreadable == 0
    assert done >= 5  # six texts, one of which its writer sealed with the new key
    assert Incident.objects.get(pk=rows[1]).description == "Nieuwer"
    assert columns_per_key().keys() == {new}


def start_rotation(file: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pestzorg.settings_test",
        "DATABASE_URL": url_of_test_database(),
        "FIELD_KEYSET_FILE": str(file),
    }
    command = [sys.executable, "manage.py", "keys", "rotate", "--batch", "200"]
    return subprocess.Popen(
        command, cwd=project.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True
    )


def test_rotation_of_ten_thousand_rows_in_use_survives_being_killed(
    file: Path, rows: list[int]
) -> None:
    (old,) = keyset.key_ids(file.read_text())
    ceremony.add_key(NOW)
    new = ceremony.promote_key(NOW + LATER)
    with people_at_work(rows) as (people, written):
        first = start_rotation(file)
        assert first.stdout
        for _line in range(12):
            first.stdout.readline()
        first.kill()
        assert first.wait() == -9
        half = columns_per_key()
        assert half[old] > 1000
        assert half[new] > 1000
        second = start_rotation(file)
        said, _errors = second.communicate(timeout=600)
    assert second.returncode == 0, said
    assert [person.failures for person in people] == [[]] * len(people)
    assert min(person.count for person in people) > 50
    assert columns_per_key().keys() == {new}
    assert ceremony.prune_keys(clock.now() + LATER) == [old]
    found = {row.pk: row.description for row in Incident.objects.all()}
    assert {pk: found[pk] for pk in written} == written
    assert {text.split()[1] for text in found.values()} == {str(n) for n in range(ROWS)}
