"""Where the demo lives and what its processes are told."""

import environ
import pytest

from pestzorg.demo.installation import AlreadyRunning, Installation
from pestzorg.demo.story import BEGINS_AT

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def place(tmp_path):
    installation = Installation.below(tmp_path / "a b#%", ADDRESS, "")
    installation.clear()
    return installation


def test_clock_starts_where_the_story_ends_and_then_stays(place, monkeypatch):
    monkeypatch.setattr("pestzorg.demo.installation.time.time", lambda: BEGINS_AT.timestamp() + 500)
    assert place.clock_offset() == -500
    place.finish_building(-500)
    monkeypatch.setattr("pestzorg.demo.installation.time.time", lambda: BEGINS_AT.timestamp() + 900)
    assert place.clock_offset() == -500


def test_an_unfinished_story_does_not_count_as_built(place):
    assert not place.is_built
    place.finish_building(0)
    assert place.is_built
    place.clear()
    assert not place.is_built


def test_paths_with_odd_signs_survive_the_urls(place):
    told = place.environment(0)
    assert environ.Env.db_url_config(told["DATABASE_URL"])["NAME"] == str(
        place.folder / "demo.sqlite3"
    )
    assert environ.Env.email_url_config(told["EMAIL_URL"])["EMAIL_FILE_PATH"] == str(place.mails)


def test_a_given_database_is_used_and_has_a_folder_of_its_own(tmp_path, place, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    given = Installation.below(tmp_path, ADDRESS, "postgres://127.0.0.1/demo")
    assert given.folder != place.folder
    assert "DATABASE_URL" not in given.environment(0)


def test_two_demos_in_one_place_are_refused(place):
    with place.alone(), pytest.raises(AlreadyRunning), place.alone():
        pytest.fail("the second demo started")
    with place.alone():
        assert place.folder.exists()
