"""The tables of docs/access.md and docs/permission-matrix.md, written from what the program and its tests use.

Only in a checkout: an installed program brings neither documents nor tests.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

from cases.ceilings import BESIDE, CEILINGS, NORMAL, RESTRICTED, RULES_AT_LEVEL, Level
from pestzorg.rules.registry import routes
from schools.roles import Role

DOCS = Path(settings.BASE_DIR) / "docs"
MATRIX = Path(settings.BASE_DIR) / "pestzorg" / "tests" / "security" / "permission_matrix.csv"
BETWEEN = "<!-- made by manage.py access docs: {name} -->\n{table}<!-- end of {name} -->"
MARKED = re.compile(
    r"<!-- made by manage\.py access docs: (\w+) -->\n.*?<!-- end of \1 -->", re.DOTALL
)
WORDS = {0: "nothing", 10: "header", 20: "view", 30: "contribute", 40: "manage"}
# What one column of the matrix stands for; its head has no room for more than two letters.
PERSONAS = {
    "AN": "nobody signed in",
    "PL": "a pupil with the link of a survey",
    "RP": "who reported, with the code of the report",
    "T0": "a teacher without a grant",
    "TV": "was given the case: view",
    "TC": "was given the case: contribute",
    "TM": "was given the case: manage",
    "CO": "anti-bullying coordinator",
    "VP": "confidential counsellor",
    "PR": "school leader",
    "PX": "a coordinator of another school of the board",
    "OB": "a coordinator of another board",
    "EX": "a coordinator who is excluded, with a grant",
    "SA": "school account administrator",
    "BV": "board member",
    "DP": "data protection officer",
    "SY": "system administrator",
    "BG": "school leader with running emergency access",
    "LV": "managed the case, and left",
    "TKr": "a program with the token of TV",
    "TKa": "a program with a token for statistics",
}


def documents() -> dict[Path, str]:
    """Every document that has such a table, as it should read now."""
    with override("en"):
        tables = {
            "ceilings": ceilings(),
            "beside": beside(),
            "matrix": matrix(),
            "columns": columns(),
        }
        found = (DOCS / "access.md", DOCS / "permission-matrix.md")
        return {path: _filled(path.read_text(encoding="utf-8"), tables) for path in found}


def ceilings() -> str:
    """What each role opens at most, by kind of case and by way."""
    cap = {(row.role, row.kind, row.restricted): row.cap for row in CEILINGS}
    columns = [("A", NORMAL), ("A", RESTRICTED), ("S", NORMAL), ("G", NORMAL), ("G", RESTRICTED)]
    head = ["role", "ordinary cases", "restricted cases", "by name, at most"]
    head += ["in an emergency", "in an emergency, restricted"]
    rows = [
        [str(role.label).lower(), *(WORDS[cap.get((role, *column), 0)] for column in columns)]
        for role in Role
    ]
    return _table(head, rows)


def beside() -> str:
    """What some roles may do beside the levels."""
    named = {row["rule"]: row["action"] for row in _matrix()}
    kinds = {"A": "by role", "S": "by name"}
    rows = [
        [
            str(row.role.label).lower(),
            f"{'restricted' if row.restricted else 'ordinary'} cases, {kinds[row.kind]}",
            "sees nothing of it" if row.at == Level.BLIND else f"from {WORDS[row.at]} on",
            "; ".join(f"{named[rule]} ({rule})" for rule in sorted(row.rules)),
        ]
        for row in BESIDE
    ]
    return _table(["role", "on", "level", "may"], rows)


def matrix() -> str:
    """Every rule with what each persona may, and whether it has a page yet."""
    built = {route.rule for route in routes()} | {"R16"}
    levels = {rule: WORDS[at] for at, rules in RULES_AT_LEVEL.items() for rule in rules}
    head = ["rule", "what", "built", "level", *PERSONAS]
    rows = [
        [
            row["rule"],
            row["action"] + (" (signs in afresh)" if row["step_up"] else ""),
            "yes" if row["rule"] in built else "not yet",
            levels.get(row["rule"], ""),
            *(row[persona].replace("-", "·") for persona in PERSONAS),
        ]
        for row in _matrix()
    ]
    return _table(head, rows)


def columns() -> str:
    """Who stands behind each column of the matrix."""
    return _table(["column", "who"], [[code, who] for code, who in PERSONAS.items()])


def _matrix() -> list[dict[str, str]]:
    with MATRIX.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _filled(text: str, tables: dict[str, str]) -> str:
    return MARKED.sub(lambda found: BETWEEN.format(name=found[1], table=tables[found[1]]), text)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
