"""In which language, and in how simple words, the pupil is spoken to. Dutch and English are always there.

A further language is a file beside `prompts/talk.toml`, named for its code. What it does not say is said in Dutch:
a sentence in the language of the school is better than none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cases.protocol.definition import ProtocolError, Text, open_table
from cases.protocol.loader import EDITIONS, base_of, read_edition
from cases.protocol.talk import FILE, FOLDER, Spoken, Talk, read_talk

OWN_LANGUAGES = {"nl": "Nederlands", "en": "English"}
FALLBACK = "nl"
CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
JUNIOR = ".junior"


class Words(str):
    """A sentence that knows its language, so that a screen reader pronounces it as it should."""

    lang: str

    def __new__(cls, text: str, lang: str) -> "Words":
        words = super().__new__(cls, text)
        words.lang = lang
        return words


@dataclass(frozen=True)
class Voice:
    """One language, and whether the words are simple. Says every sentence, in Dutch where it has none."""

    language: str
    name: str
    sentences: Mapping[str, str]
    is_junior: bool = False

    def say(self, spoken: Spoken) -> Words:
        """The sentence in this voice."""
        endings = (JUNIOR, "") if self.is_junior else ("",)
        for ending in endings:
            if found := self.sentences.get(spoken.key + ending):
                return Words(found, self.language)
        return _in(self.language, spoken.junior if self.is_junior else spoken.usual)


def _in(language: str, text: Text) -> Words:
    return Words(text.en, "en") if language == "en" else Words(text.nl, FALLBACK)


@lru_cache(maxsize=64)
def voice_of(edition_key: str, language: str, *, is_junior: bool = False) -> Voice:
    """The voice of a conversation; a language that is not there becomes Dutch."""
    found = languages_of(edition_key)
    code = language if language in found else FALLBACK
    return Voice(code, *found[code], is_junior)


@lru_cache(maxsize=16)
def languages_of(edition_key: str) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Every language of an edition: code -> its own name, and its sentences. Dutch and English come first."""
    return read_languages(EDITIONS / edition_key)


def read_languages(folder: Path) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Read and check the languages in a folder, over those of the edition it is based on."""
    base, talk = base_of(folder), read_talk(folder, read_edition(folder))
    found: dict[str, tuple[str, Mapping[str, str]]]
    found = read_languages(base) if base else {c: (name, {}) for c, name in OWN_LANGUAGES.items()}
    for file in sorted((folder / FOLDER).glob("*.toml")):
        if file.name != FILE:
            name, own = _read(file, talk)
            below = found.get(file.stem, ("", {}))[1]
            found[file.stem] = (name, {**below, **own})
    return found


def _read(file: Path, talk: Talk) -> tuple[str, dict[str, str]]:
    if file.stem in OWN_LANGUAGES or not CODE.fullmatch(file.stem):
        raise ProtocolError(file, "is not named for a further language, as in uk.toml")
    table = open_table(file)
    table.only({"language", "sentences"})
    sentences = table.table("sentences")
    sentences.only(key + ending for key in keys_of(talk) for ending in ("", JUNIOR))
    return table.word("language"), {key: sentences.word(key) for key in sentences.values}


def keys_of(talk: Talk) -> dict[str, Spoken]:
    """Every sentence by the name that files of further languages use."""
    return {spoken.key: spoken for spoken in talk.sentences()}
