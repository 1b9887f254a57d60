"""Other pupils in what goes on paper: *pupil A*, *pupil B*, the same letter everywhere, and no name.

Privacy goes before beauty here: a word that is also somebody's name is replaced as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import ascii_uppercase
from unicodedata import normalize

from django.utils.translation import gettext as _

# Words of a name, or written instead of one, that say nothing alone and would tear holes in every text.
NOT_ALONE = frozenset(
    {
        *(
            "de",
            "het",
            "een",
            "den",
            "der",
            "des",
            "ten",
            "ter",
            "van",
            "von",
            "la",
            "le",
            "el",
            "di",
            "da",
        ),
        *(
            "iemand",
            "niemand",
            "onbekend",
            "onbekende",
            "leerling",
            "jongen",
            "meisje",
            "kind",
            "groep",
            "klas",
        ),
        *("the", "a", "somebody", "unknown", "pupil", "boy", "girl", "child", "group", "class"),
    }
)
NO_LETTER_BEFORE, NO_LETTER_AFTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"
GENITIVE = "(['\u2019]?s)?"


class OtherPupils:
    """Gives each name a letter in the order in which names come; never the name of the pupil itself."""

    def __init__(self, own_names: Iterable[str], names: Iterable[str]) -> None:
        self._own = {_key(form) for own in own_names for form in forms_of(own)}
        self._whole: dict[str, str] = {}
        self._letters: dict[str, str] = {}
        self._given = 0
        for name in names:
            self._add(normalize("NFC", " ".join(name.split())))
        self._pattern = pattern_of(self._letters)

    def hide(self, text: str) -> str:
        """The text with a letter for every name, whatever its capitals; first, last and full names."""
        if self._pattern is None:
            return text
        text, parts, at = normalize("NFC", text), [], 0
        for found in self._pattern.finditer(_plain(text)):
            parts += [text[at : found.start()], self._letter(found)]
            at = found.end()
        return "".join([*parts, text[at:]])

    def _letter(self, found: re.Match[str]) -> str:
        letter = self._letters[_key(" ".join(found[1].split()))]
        return _("pupil %(letter)s") % {"letter": letter} + ("'s" if found[2] else "")

    def _add(self, name: str) -> None:
        forms = [key for key in map(_key, forms_of(name)) if key not in self._own]
        if not forms or _key(name) in self._whole:
            return
        letter = self._same_person(_key(name)) or self._next()
        self._whole[_key(name)] = letter
        for form in forms:
            self._letters.setdefault(form, letter)

    def _same_person(self, name: str) -> str | None:
        # "Lieke" of a story and "Lieke Bakker" of the class list are one.
        first, *rest = name.split()
        return self._whole.get(first) if rest else self._letters.get(first)

    def _next(self) -> str:
        rounds, place = divmod(self._given, len(ascii_uppercase))
        self._given += 1
        return ascii_uppercase[place] * (rounds + 1)


def mentioned(names: Iterable[str], text: str) -> list[str]:
    """Those names of which a part stands in the text."""
    text = _plain(normalize("NFC", text))
    patterns = ((name, pattern_of(forms_of(name))) for name in names)
    return [name for name, pattern in patterns if pattern and pattern.search(text)]


def pattern_of(forms: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these forms as whole words in plain letters, the longest first; the second group is an "s" behind it."""
    longest_first = sorted(set(map(_plain, forms)), key=len, reverse=True)
    if not longest_first:
        return None
    either = "|".join(r"\s+".join(map(re.escape, form.split())) for form in longest_first)
    return re.compile(
        f"{NO_LETTER_BEFORE}({either}){GENITIVE}{NO_LETTER_AFTER}", re.IGNORECASE | re.UNICODE
    )


def forms_of(name: str) -> Iterator[str]:
    """A name as people write it: whole, its last part with and without "van de", its first name."""
    name = normalize("NFC", " ".join(name.split()))
    words = name.split()
    last = " ".join(words[1:])
    alone = [word.strip(".,()") for word in words[1:] if word[:1].isupper()]
    for form in (name, last, *words[:1], *alone):
        if len(form) > 1 and form.casefold() not in NOT_ALONE:
            yield form


def _plain(text: str) -> str:
    """Without accents, sign for sign: who is in a hurry writes Zoe for Zoë."""
    return "".join(normalize("NFD", sign)[0] for sign in text)


def _key(name: str) -> str:
    return _plain(name).casefold()
