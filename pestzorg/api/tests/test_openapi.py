"""The description of the API: current, complete and only for who is signed in."""

from __future__ import annotations

import pytest
import yaml
from django.core.management import CommandError, call_command

from pestzorg.api.management.commands import openapi
from pestzorg.testing.builders import make_person, make_school
from schools.roles import Role


@pytest.fixture
def described():
    return yaml.safe_load(openapi.COMMITTED.read_text(encoding="utf-8"))


def test_the_committed_schema_is_what_the_code_says():
    call_command("openapi", check=True)


def test_an_old_schema_is_refused_with_the_difference(monkeypatch, tmp_path):
    old = tmp_path / "openapi.yaml"
    old.write_text(openapi.COMMITTED.read_text(encoding="utf-8").replace("pestzorg", "other"))
    monkeypatch.setattr(openapi, "COMMITTED", old)
    with pytest.raises(CommandError, match="out of date"):
        call_command("openapi", check=True)
    call_command("openapi")
    call_command("openapi", check=True)


def test_every_operation_says_how_it_refuses(described):
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert "401" in operation["responses"], path
            if "{" in path:
                assert "404" in operation["responses"], path


def test_no_database_key_is_described(described):
    for name, schema in described["components"]["schemas"].items():
        assert "id" not in schema.get("properties", {}), name


def test_a_token_only_reads(described):
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            reads = [{"token": []}, {"session": []}]
            assert operation["security"] == (reads if method == "get" else [{"session": []}]), path


def test_a_change_asks_which_version_was_read(described):
    changes = [o["patch"] for o in described["paths"].values() if "patch" in o]
    for operation in changes:
        header = next(p for p in operation["parameters"] if p["name"] == "If-Match")
        assert header["required"]
        assert {"412", "428"} <= set(operation["responses"])
    assert len(changes) > 5


def test_every_operation_says_what_it_is_about(described):
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert len(operation["description"]) > 20, path


def test_who_is_signed_in_reads_the_schema_and_its_page(db, client):
    client.force_login(make_person(Role.TEACHER, make_school()))
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "pestzorg"
    page = client.get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert "<script>" not in page


def test_others_read_neither(db, client):
    assert client.get("/api/v1/openapi.json").status_code == 401
    assert client.get("/api/v1/docs/").status_code == 302
