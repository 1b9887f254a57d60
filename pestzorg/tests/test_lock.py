"""The locks: complete, hashed, in step with each other, and free of addresses. Needs no network."""

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = settings.BASE_DIR
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(.*?)(?=^\S|\Z)", re.M | re.S)
# Taken apart, so that this file does not contain what it looks for.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("yarnpkg", "com"),
        ("crates", "io"),
    )
]


def lock(name):
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text(), flags=re.M)
    return {canonicalize_name(m[1]): (m[2], m[3]) for m in PINNED.finditer(text)}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(requirements):
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def test_every_runtime_requirement_is_locked_at_a_version_it_accepts(project):
    locked = lock("requirements.txt")
    for line in project["project"]["dependencies"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)][0]), line


def test_every_development_requirement_is_locked(project):
    assert names(project["dependency-groups"]["dev"]) <= lock("requirements-dev.txt").keys()


def needed(requirements):
    """Everything these need, and what that needs; packages that another system needs are not there to ask."""
    todo, known = [Requirement(line) for line in requirements], set()
    while todo:
        wanted = todo.pop()
        if str(wanted) in known or not applies(wanted, {""}):
            continue
        known.add(str(wanted))
        yield wanted
        inner = [Requirement(line) for line in distribution(wanted.name).requires or []]
        for requirement in inner:
            if applies(requirement, wanted.extras or {""}):
                requirement.marker = None
                todo.append(requirement)


def applies(wanted, extras):
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": e}) for e in {"", *extras})


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_alone_is_complete(project, name):
    # ./run and the image install it with --no-deps: what is missing would be missed at run time only.
    direct = list(project["project"]["dependencies"])
    if name == "requirements-dev.txt":
        direct += project["dependency-groups"]["dev"]
    locked = lock(name)
    wrong = [
        str(wanted)
        for wanted in needed(direct)
        if canonicalize_name(wanted.name) not in locked
        or not wanted.specifier.contains(
            locked[canonicalize_name(wanted.name)][0], prereleases=True
        )
    ]
    assert wrong == []


def test_a_package_that_is_missing_would_be_found():
    with pytest.raises(PackageNotFoundError):
        list(needed(["django", "no-such-package-of-ours"]))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_hash(name):
    locked = lock(name)
    assert len(locked) > 40
    assert [package for package, (_, rest) in locked.items() if "--hash=sha256:" not in rest] == []


def test_development_lock_contains_the_runtime_lock():
    runtime, development = lock("requirements.txt"), lock("requirements-dev.txt")
    assert {name: version for name, (version, _) in runtime.items()}.items() <= {
        name: version for name, (version, _) in development.items()
    }.items()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_file_names_a_package_registry():
    pattern = "|".join(host.replace(".", r"\.") for host in HOSTS)
    command = ["git", "grep", "-lIE", "--untracked", "-e", pattern]
    found = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (1, "")
