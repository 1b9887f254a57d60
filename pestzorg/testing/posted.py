"""What a browser would post for a form of a page, read from its HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    """Collects the successful controls of the first form whose opening tag contains `mark`."""

    def __init__(self, mark: str) -> None:
        super().__init__(convert_charrefs=True)
        self.mark, self.inside = mark, False
        self.fields: dict[str, list[str]] = {}
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.inside = not self.fields and self.mark in (self.get_starttag_text() or "")
        name = found.get("name") or ""
        if not self.inside:
            return
        if tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in found:
            self.fields.setdefault(self.select, []).append(found.get("value") or "")
        elif tag == "input" and name:
            self._input(name, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][0] += data

    def _input(self, name: str, found: dict[str, Any]) -> None:
        ticks = found.get("type") in {"radio", "checkbox"}
        if not ticks or "checked" in found:
            self.fields.setdefault(name, []).append(found.get("value", "on" if ticks else "") or "")


def fields_of(html: str, mark: str) -> dict[str, Any]:
    """Name and values of every field of the form; `mark` is a part of its opening tag."""
    parser = _Fields(mark)
    parser.feed(html)
    return {
        name: [value.removeprefix("\n") for value in values]
        for name, values in parser.fields.items()
    }
