"""What the documents promise exists: commands, links, paths, functions, settings. Not their style."""

import ast
import re
import subprocess

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = settings.BASE_DIR
APPS = ("pestzorg", "schools", "cases", "interventions")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# A path of somebody's machine works nowhere else. In pieces, so that this file does not find itself.
SOMEBODYS_MACHINE = "(^|[^A-Za-z0-9_.}])/(" + "wo" + "rk|opt/py" + "pi|home/[a-z]+/)"

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
FOLDERS = "pestzorg|schools|cases|interventions|templates|docs|locale|docker|.ci"
FILES = (
    ".env.example|docker-compose.yml|Dockerfile|Makefile|pyproject.toml|requirements(?:-dev)?.txt"
)
PATH = re.compile(rf"(?:{FOLDERS})/[\w./-]*|^(?:{FILES})$")
PLACE = re.compile(r"([\w/.-]+\.py): (\w+)")


def text(path):
    return path.read_text(encoding="utf-8")


def codes(path):
    """Every piece of code in a document: fenced blocks and words in backticks."""
    return [block or word for block, word in CODE.findall(text(path))]


def named(pattern):
    """(document, match) for everything in code that looks like this."""
    return sorted(
        {(path.relative_to(ROOT).as_posix(), found) for path in DOCUMENTS for code in codes(path) for found in re.findall(pattern, code)}
    )  # fmt: skip


def anchors(path):
    headings = re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def definitions(path):
    found = set()
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(document):
    broken = []
    for link in LINK.findall(text(document)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_document_is_reachable_from_the_index():
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(text(index))
    }
    assert set(DOCUMENTS) - linked - {index} <= {ROOT / "CHANGELOG.md"}


def test_every_path_that_is_named_exists():
    assert [(doc, path) for doc, path in named(PATH) if not (ROOT / path).exists()] == []


def test_every_function_that_is_named_stands_in_its_file():
    places = named(PLACE)
    assert places
    wrong = [(doc, *place) for doc, place in places if place[1] not in definitions(ROOT / place[0])]
    assert wrong == []


def test_every_proof_of_the_threat_model_exists():
    proofs = set(re.findall(r"`(test_\w+\.py)`", text(ROOT / "docs" / "threat-model.md")))
    present = {path.name for path in (ROOT / "pestzorg" / "tests" / "security").glob("test_*.py")}
    assert proofs
    assert proofs - present == set()


def test_every_make_target_exists():
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    assert [found for found in named(r"^make ([a-z]+)") if found[1] not in targets] == []


def test_every_command_of_run_exists():
    commands = set(
        re.findall(
            r"^  ([a-z]+) ",
            ast.get_docstring(ast.parse(text(ROOT / "run")), clean=False),
            re.MULTILINE,
        )
    )
    assert [found for found in named(r"\./run ([a-z]+)") if found[1] not in commands] == []


def test_every_management_command_exists():
    known = get_commands()
    words = named(r"(?:manage\.py|\./run manage) ([a-z_]+)")
    assert words
    assert [found for found in words if found[1] not in known] == []


def test_every_verb_of_a_management_command_exists():
    for document, (name, verb) in named(
        r"manage(?:\.py)? (audit|keys|messages|outbox|reminders) ([a-z]+)"
    ):
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        verbs = next(action for action in parser._actions if action.dest == "verb")
        assert verb in verbs.choices, document


def test_operations_names_exactly_the_settings_that_are_read():
    table = text(ROOT / "docs" / "operations.md").partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text(ROOT / "pestzorg" / "settings.py")))
    assert told == read


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_file_names_a_folder_of_somebodys_machine():
    command = ["git", "grep", "-lIE", "--untracked", "-e", SOMEBODYS_MACHINE]
    found = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (1, "")


def test_the_licence_is_the_one_that_the_package_declares():
    assert 'license = "AGPL-3.0-or-later"' in text(ROOT / "pyproject.toml")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3" in text(
        ROOT / "LICENSE"
    )


def test_every_code_word_of_the_glossary_stands_in_the_sources():
    rows = [line.split("|") for line in text(ROOT / "docs" / "glossary.md").splitlines()]
    words = {word for row in rows if len(row) > 4 for word in re.findall(r"`(\w+)`", row[3])}
    patterns = [f"{app}/**/*.{suffix}" for app in APPS for suffix in ("py", "toml")]
    sources = [path for pattern in patterns for path in ROOT.glob(pattern)]
    known = set(re.findall(r"\w+", "\n".join(text(path) for path in sources)))
    assert words
    assert words - known == set()
