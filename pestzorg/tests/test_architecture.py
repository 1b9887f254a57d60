"""The house: every room is named in the import rules, has its place, and fits on a few screens."""

import pkgutil
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
APPS = ("schools", "cases", "interventions")
ROOMS = ("models", "services", "web", "api", "tests")
LONGEST, LONG = 400, 300
# Rooms that are longer for a reason: path -> why it is not split
LONG_FOR_A_REASON: dict[str, str] = {}
# What import-linter cannot place: it is about the whole.
NOT_A_FLOOR = {"tests"}


def contract(beginning):
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (found,) = [rule for rule in rules["contracts"] if rule["name"].startswith(beginning)]
    return found


def source_files():
    for folder in ("pestzorg", *APPS, "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT)
            if path.suffix in {".py", ".html", ".css", ".js"} and "migrations" not in inside.parts:
                yield inside


def lines(path):
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def test_every_room_of_pestzorg_is_on_a_floor():
    floors = {
        name.strip() for layer in contract("The house")["layers"] for name in layer.split(":")
    }
    rooms = {module.name for module in pkgutil.iter_modules([str(ROOT / "pestzorg")])}
    expected = {f"pestzorg.{room}" for room in rooms - NOT_A_FLOOR}
    assert {name for name in floors if name.startswith("pestzorg.")} == expected


def test_the_apps_stand_on_each_other_in_order():
    layers = contract("The house")["layers"]
    assert [layer for layer in layers if layer in APPS] == ["interventions", "cases", "schools"]


def test_nothing_but_the_named_modules_may_touch_guardian():
    assert contract("Grants")["forbidden_modules"] == ["guardian"]
    allowed = {line.split(" -> ")[0] for line in contract("Grants")["ignore_imports"]}
    assert allowed == {
        "cases.access",
        "cases.services.sharing",
        "cases.models",
        "cases.models.*",
        "pestzorg.bench.models",
        "pestzorg.bench.rival",
        "**.tests.**",
    }


@pytest.mark.parametrize("app", ["schools", "cases"])
def test_every_app_has_the_same_rooms(app):
    present = {module.name for module in pkgutil.iter_modules([str(ROOT / app)])}
    assert {*ROOMS, "access", "queries", "apps"} <= present


def test_no_other_package_stands_at_the_top():
    top = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert top == {"pestzorg", *APPS}


def test_no_source_file_is_too_long():
    assert {str(path): lines(path) for path in source_files() if lines(path) > LONGEST} == {}


def test_long_files_are_long_for_a_reason():
    rooms = [path for path in source_files() if "tests" not in path.parts]
    long = {str(path) for path in rooms if lines(path) > LONG}
    assert long == LONG_FOR_A_REASON.keys()


def test_no_file_is_named_for_nothing():
    nameless = {"utils", "helpers", "common", "manager", "data", "info"}
    assert [path for path in source_files() if Path(path).stem in nameless] == []
