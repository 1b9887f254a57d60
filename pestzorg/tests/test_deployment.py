"""What is deployed: compose, image and settings agree with each other, and their commands start."""

import ast
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from pestzorg.celery import app
from pestzorg.crypto.keyset import new_keyset

ROOT = settings.BASE_DIR
BIN = Path(sys.executable).parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {"web", "worker", "beat", "migrate"}
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
READERS = {"text", "secret", "secrets", "flag", "number", "words", "database", "email"}


def instruction(word):
    """The last such line of the Dockerfile: that is the one that counts."""
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.M)[-1]


def documented():
    return re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)


def read_by_the_project():
    """The first argument of every env.text(...), env.flag(...) in the project."""
    for path in (ROOT / "pestzorg").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="env"), attr=reader),
                    args=[ast.Constant(value=name), *_],
                ) if reader in READERS:
                    yield name


def used_by_compose():
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The environment of a school's machine."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYSET": new_keyset(),
        "DATABASE_URL": "postgres://pestzorg@127.0.0.1:1/pestzorg",
        "REDIS_URL": "redis://127.0.0.1:1/1",
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
    }


def run(command, environment):
    words = [str(BIN / command[0]), *command[1:]]
    return subprocess.run(
        words, check=False, cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_a_broken_file_setting_is_said_in_one_line_of_dutch_too(production):
    environment = {name: value for name, value in production.items() if name != "SECRET_KEY"}
    environment["SECRET_KEY_FILE"] = "/nowhere/key"
    found = run(["python", "manage.py", "check"], environment)
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    assert "SECRET_KEY_FILE" in found.stderr
    assert "kan niet gelezen worden" in found.stderr


def test_every_setting_is_documented_once_and_no_other():
    names = documented()
    assert sorted(names) == sorted(set(names))
    assert set(names) == {*read_by_the_project(), *used_by_compose(), "PORT"}


def test_every_service_is_there():
    assert {*OURS, "proxy", "postgres", "redis", "mail"} == SERVICES.keys()


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - OURS))
def test_foreign_image_has_a_version(name):
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert re.match(r"v?\d", tag), image


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate"}))
def test_service_restarts_and_is_watched(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    # web takes the check of the image
    assert "test" in service.get("healthcheck", {}) or name == "web"


def test_only_the_proxy_is_reachable_and_only_from_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.keys() == {"proxy"}
    assert all(port.startswith("127.0.0.1:") for port in published["proxy"])
    assert COMPOSE["networks"]["inside"]["internal"]
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert outside == {"proxy", "worker"}


@pytest.mark.parametrize("name", sorted(OURS - {"migrate"}))
def test_program_waits_for_the_migrations(name):
    assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["restart"] == "no"


def test_the_program_works_as_another_role_than_the_owner():
    migrate = SERVICES["migrate"]
    assert migrate["environment"]["DATABASE_URL_FILE"] == "/run/secrets/owner_database_url"
    assert migrate["command"][-1].split(" && ")[-1] == "python manage.py audit roles"
    program = migrate["environment"]["APP_DATABASE_URL_FILE"]
    for name in OURS - {"migrate"}:
        assert SERVICES[name]["environment"]["DATABASE_URL_FILE"] == program
        assert "owner_database_url" not in SERVICES[name]["secrets"]


def test_anchors_outlive_the_worker():
    (volume,) = SERVICES["worker"]["volumes"]
    assert volume == "anchors:/app/var/anchors"
    assert "anchors" in COMPOSE["volumes"]
    assert "mkdir var/anchors" in DOCKERFILE  # so that the volume belongs to the program's user


def test_redis_keeps_hints_and_refuses_instead_of_forgetting():
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_no_secret_stands_in_an_environment():
    for service in SERVICES.values():
        values = service.get("environment", {})
        secret = {name for name in values if re.search("SECRET|KEY|PASSWORD|DATABASE_URL", name)}
        assert all(name.endswith("_FILE") for name in secret)
        for name in secret:
            assert Path(values[name]).name in service["secrets"]


def test_run_makes_every_secret_that_compose_reads():
    made = set(re.findall(r'^        "(\w+)": ', (ROOT / "run").read_text(), re.M))
    assert COMPOSE["secrets"].keys() == made
    for name, secret in COMPOSE["secrets"].items():
        assert secret["file"] == f"./secrets/{name}"


def test_image_runs_as_nobody_special_and_is_watched():
    user = instruction("USER").split(":")[0]
    assert int(user) > 1000
    assert instruction("HEALTHCHECK").count("/healthz") == 1
    assert "--require-hashes" in DOCKERFILE
    assert all(":" in image for image in re.findall(r"^FROM (\S+)", DOCKERFILE, re.M))


def test_image_leaves_tests_and_secrets_out():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    assert kept.isdisjoint({"secrets", "var", ".env", ".git", ".venv", "docs"})
    assert {"**/tests", "pestzorg/testing"} <= set(lines)


@pytest.mark.slow
def test_web_server_accepts_its_command(production):
    result = run([*json.loads(instruction("CMD")), "--check-config"], production)
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_accepts_its_command(name, production):
    # --help ends it before it looks for a broker, but only after reading the other options.
    result = run([*SERVICES[name]["command"], "--help"], production)
    assert result.returncode == 0, result.stderr
    assert run([*SERVICES[name]["command"], "--no-such-option", "--help"], production).returncode


def test_celery_knows_the_tasks_of_the_timetable():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= app.tasks.keys()


@pytest.mark.slow
def test_static_files_are_collected_as_the_image_does(production):
    command = re.search(r"manage\.py (collectstatic .*?) +&&", DOCKERFILE)[1]
    result = run(["python", "manage.py", *shlex.split(command)], production)
    assert result.returncode == 0, result.stderr
    assert (Path(production["VAR_DIR"]) / "static" / "staticfiles.json").exists()


@pytest.mark.slow
def test_production_refuses_to_start_without_a_key(production):
    for name in ("SECRET_KEY", "FIELD_KEYSET"):
        incomplete = {key: value for key, value in production.items() if key != name}
        result = run(["python", "manage.py", "check"], incomplete)
        assert result.returncode
        assert f"{name} is required" in result.stderr
