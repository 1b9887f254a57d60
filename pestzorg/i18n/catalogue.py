"""Reading, writing and compiling the catalogues in locale/. What is wrong with one: problems.py."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale

from pestzorg.i18n.sources import Text

# Nothing that changes by itself: a new translation shows up as its own lines and nothing else.
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms};\\n"

"""


@dataclass(frozen=True)
class Merged:
    """What came of filling a catalogue: counts, and the texts that were left alone."""

    filled: int
    unknown: list[str]
    different: list[str]


def catalogue_files(root: Path, languages: Iterable[str]) -> list[Path]:
    """The .po files of these languages, present or not, and of every other one in locale/."""
    folder = root / "locale"
    expected = {folder / to_locale(code) / "LC_MESSAGES" / "django.po" for code in languages}
    return sorted(expected | set(folder.glob("*/LC_MESSAGES/django.po")))


def language_of(path: Path) -> str:
    """The language a catalogue file belongs to, as its folder says."""
    return path.parent.parent.name


def is_regional(path: Path) -> bool:
    """Whether this is a variant such as nl_BE, which only holds what differs from its language."""
    return "_" in language_of(path)


def read(path: Path) -> Catalog:
    """The catalogue in this file, empty when there is none; refuses a line that is not valid."""
    if not path.exists():
        return Catalog(locale=language_of(path))
    with path.open("rb") as file:
        return read_po(file, locale=language_of(path), abort_invalid=True)


def entries(catalogue: Catalog) -> Iterator[tuple[Text, Message]]:
    """Every entry but the header, under the key by which the sources know it."""
    for message in catalogue:
        if message.id:
            yield key_of(message), message


def key_of(message: Message) -> Text:
    """The text that this entry translates."""
    singular, plural = (message.id, "") if isinstance(message.id, str) else message.id[:2]
    return Text(singular, plural, message.context or "")


def translations(message: Message) -> tuple[str, ...]:
    """The translation, or the translations of every plural form; empty strings where missing."""
    if message.string is None or isinstance(message.string, str):
        return (message.string or "",)
    return tuple(message.string)


def write(path: Path, catalogue: Catalog) -> None:
    """Store the catalogue, in the same order and form whoever writes it."""
    body = io.BytesIO()
    write_po(body, catalogue, omit_header=True, sort_output=True, ignore_obsolete=True, width=100)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = HEADER.format(language=language_of(path), plural_forms=catalogue.plural_forms)
    path.write_text(header + body.getvalue().decode().strip() + "\n", encoding="utf-8")


def update(catalogue: Catalog, wanted: Iterable[Text]) -> Catalog:
    """A catalogue with exactly the wanted texts: what is new is empty, the rest stays as it is."""
    known = dict(entries(catalogue))
    fresh = Catalog(locale=catalogue.locale, charset="utf-8")
    for text in wanted:
        old = known.get(text)
        ids = (text.singular, text.plural) if text.plural else text.singular
        flags = {flag for flag in old.flags if flag == "fuzzy"} if old else set()
        fresh.add(ids, old.string if old else None, context=text.context or None, flags=flags)
    return fresh


def merge(catalogue: Catalog, other: Catalog) -> Merged:
    """Fill the empty entries from another catalogue; never overwrites a translation."""
    known, filled = dict(entries(catalogue)), 0
    unknown, different = [], []
    for text, message in entries(other):
        mine = known.get(text)
        if mine is None:
            unknown.append(text.singular)
        elif not any(translations(mine)) and all(translations(message)):
            mine.string, filled = message.string, filled + 1
        elif translations(mine) != translations(message):
            different.append(text.singular)
    return Merged(filled, unknown, different)


def compile_catalogue(path: Path) -> None:
    """Write the .mo file that Django reads beside the .po file."""
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, read(path))
