"""What is wrong with a catalogue, compared with the texts of the project. Changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass

from babel.messages import Catalog, Message

from pestzorg.i18n.catalogue import entries, translations
from pestzorg.i18n.sources import Text

# %(name)s and %d of the percent style, {name} of the brace style; a doubled sign is a plain sign.
PLACEHOLDER = re.compile(r"%%|\{\{|\}\}|(%\(\w+\)\w|%[\d.]*[sdifr]|\{\w*\})")


@dataclass(frozen=True, order=True)
class Complaint:
    """One thing to repair in a catalogue."""

    kind: str
    text: Text

    def __str__(self) -> str:
        context = f" [{self.text.context}]" if self.text.context else ""
        return f"{self.kind}{context}: {self.text.singular!r}"


def complaints(catalogue: Catalog, wanted: Set[Text], *, complete: bool) -> list[Complaint]:
    """All that is wrong, in a stable order. A catalogue that need not be complete may miss texts."""
    known = dict(entries(catalogue))
    missing = [Complaint("missing", text) for text in wanted - known.keys()] if complete else []
    found = [Complaint(kind, text) for text in known for kind in _faults(text, known[text], wanted)]
    return sorted(missing + found)


def _faults(text: Text, message: Message, wanted: Set[Text]) -> Iterator[str]:
    if text not in wanted:
        yield "obsolete"
    elif message.fuzzy:
        yield "fuzzy"
    elif not all(translations(message)):
        yield "empty"
    elif not _placeholders_agree(text, translations(message)):
        yield "placeholders differ"


def _placeholders_agree(text: Text, translated: tuple[str, ...]) -> bool:
    if not text.plural:
        return _placeholders(translated[0]) == _placeholders(text.singular)
    # "one day" may leave out the number; no form may use what the code does not fill in.
    allowed = _placeholders(text.plural) | _placeholders(text.singular)
    first, *others = (_placeholders(form) for form in translated)
    return first <= allowed and all(form == _placeholders(text.plural) for form in others)


def _placeholders(text: str) -> Counter[str]:
    return Counter(found for found in PLACEHOLDER.findall(text) if found)
