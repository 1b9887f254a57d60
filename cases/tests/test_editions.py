"""Editions: one may change a few files of an older one, and a conversation keeps the one it began with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Conversation
from cases.protocol import CURRENT_EDITION, ProtocolError, edition, editions
from cases.protocol.loader import EDITIONS, read_edition
from cases.services.steps import save_step
from cases.tests.finishing import done, full
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW

FIRST = "2025-1"
NEW_MOMENT = {"new_moment_at": "2025-11-05T10:15"}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(EDITIONS, tmp_path / "editions")


def files_of(key: str) -> set[str]:
    return {file.name for file in (EDITIONS / key).glob("*.toml")}


@pytest.mark.parametrize("key", editions())
def test_an_untouched_copy_is_the_same_edition(copied: Path, key: str) -> None:
    assert read_edition(copied / key) == edition(key)


def test_an_edition_holds_only_what_it_changes_and_reads_the_rest_from_the_older_one() -> None:
    changed = files_of(CURRENT_EDITION) - {"edition.toml"}
    assert changed < files_of(FIRST)
    older, newer = edition(FIRST), edition(CURRENT_EDITION)
    same = {s.number for s in newer.steps if s == older.step(s.number)}
    assert same == set(range(1, 11)) - {int(n[:2]) for n in changed if n[:2].isdecimal()}
    assert (newer.measures == older.measures) is ("measures.toml" not in changed)


def test_an_edition_may_be_based_on_one_that_is_based_on_another(copied: Path) -> None:
    third = copied / "2027-1"
    third.mkdir()
    (third / "edition.toml").write_text(f'based_on = "{CURRENT_EDITION}"', encoding="utf-8")
    own = (copied / FIRST / "07-close_and_agree.toml").read_text(encoding="utf-8")
    (third / "07-close_and_agree.toml").write_text(own, encoding="utf-8")
    found = read_edition(third)
    assert found.step(7) == edition(FIRST).step(7)
    assert found.step(3) == edition(CURRENT_EDITION).step(3)
    assert found.step(4) == edition(FIRST).step(4)


@pytest.mark.parametrize(
    ("about", "complaint"),
    [
        ('based_on = "2026-1"', "no older edition"),
        ('based_on = "2027-1"', "no older edition"),
        ('based_on = "2024-1"', "no older edition"),
        ('based_on = "../2025-1"', "no older edition"),
        ("", "based_on is missing"),
        ('based_on = "2025-1"\ncolour = "red"', "unknown key colour"),
    ],
)
def test_what_an_edition_is_based_on_is_older_and_there(
    copied: Path, about: str, complaint: str
) -> None:
    shutil.copytree(copied / CURRENT_EDITION, copied / "2027-1")
    (copied / CURRENT_EDITION / "edition.toml").write_text(about, encoding="utf-8")
    with pytest.raises(ProtocolError, match=complaint):
        read_edition(copied / CURRENT_EDITION)


def test_a_file_in_the_wrong_place_of_a_newer_edition_is_refused(copied: Path) -> None:
    folder = copied / CURRENT_EDITION
    (folder / "07-close_and_agree.toml").rename(folder / "11-close_and_agree.toml")
    with pytest.raises(ProtocolError, match="do not match the file's name"):
        read_edition(folder)


# ── a conversation keeps its edition ─────────────────────────────────────────
def test_a_new_conversation_begins_with_the_current_edition(scene: Scene) -> None:
    assert scene.conversation.edition_key == CURRENT_EDITION
    save_step(scene.teacher, scene.step(1), NEW_MOMENT, now=NOW)
    assert scene.step(1).answers == NEW_MOMENT


def test_a_conversation_of_an_older_edition_keeps_its_questions(
    scene: Scene, client: Client, at: object
) -> None:
    at(NOW)  # type: ignore[operator]
    Conversation.objects.update(edition_key=FIRST)
    with pytest.raises(RuleBroken) as refused:
        save_step(scene.teacher, scene.step(1), NEW_MOMENT, now=NOW)
    assert [(p.field, p.code) for p in refused.value.problems] == [("new_moment_at", "unknown")]
    client.force_login(scene.teacher)
    page = client.get(reverse("conversation:step", args=[scene.case.uuid, 1])).content.decode()
    assert 'name="safety_score"' in page
    assert "new_moment_at" not in page
    done(scene, 1, **full(scene, 1))
