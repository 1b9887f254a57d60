"""Every text for people that the code and the templates contain. Knows no catalogue."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

APPS = ("pestzorg", "schools", "cases", "interventions")
NOT_FOR_PEOPLE = {"tests", "testing", "migrations"}
TEMPLATE_ENDINGS = {".html", ".txt"}
# name of the call -> which argument is what: 1 is the first, "c" marks the context
CALLS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate; `plural` and `context` are empty when there is none."""

    singular: str
    plural: str = ""
    context: str = ""


def texts_of_project(root: Path) -> set[Text]:
    """All texts of the project at this folder."""
    return {text for path in source_files(root) for text in texts_of_file(path)}


def source_files(root: Path) -> Iterator[Path]:
    """The files that may contain texts: Python of the apps, and templates."""
    for folder in (*APPS, "templates"):
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            if not NOT_FOR_PEOPLE.intersection(parts) and (
                path.suffix == ".py" or _is_template(path)
            ):
                yield path


def texts_of_file(path: Path) -> Iterator[Text]:
    """The texts of one file; refuses a template that Django cannot read."""
    code = path.read_text(encoding="utf-8")
    if _is_template(path):
        code = _as_python(templatize(code, origin=str(path)))
    found = extract("python", io.BytesIO(code.encode()), CALLS, options={"encoding": "utf-8"})
    for _line, message, _comments, context in found:
        singular, plural = message if isinstance(message, tuple) else (message, "")
        yield Text(singular, plural, context or "")


def _is_template(path: Path) -> bool:
    return path.suffix in TEMPLATE_ENDINGS and "templates" in path.parts


def _as_python(blanked: str) -> str:
    # templatize keeps the template's indentation, at which Python's tokenizer stumbles.
    return "\n".join(line.strip() for line in blanked.splitlines())
