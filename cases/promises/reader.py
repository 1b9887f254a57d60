"""Finds promises in free text: somebody, something they will do, and often a day.

Rules, no guessing service: a sentence counts when a known person stands beside a verb of doing. Questions, denials and
the past promise nothing. What is found is only ever offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cases.promises.when import When, whens_in
from cases.promises.words import LANGUAGES, Words, words

ME = "me"
MOST = 5  # offers per text: more would nag
LONGEST = 200  # signs, as much as an agreement holds

_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\S)[^.!?;\n]*)*[.!?;\n]?")
_JOINT = re.compile(r"(?:,| en | and | maar | but )")
_WORD = re.compile(r"[\w'\u2019-]+")


@dataclass(frozen=True)
class Promise:
    """`who` is "me", a role of the words file, or the key under which the caller gave a name."""

    what: str
    who: str
    said_who: str  # the word itself: "moeder"
    when: When | None


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


def promises_in(text: str, names: Mapping[str, str]) -> list[Promise]:
    """At most five promises, in reading order. `names`: lower-case name -> key of that person."""
    found = (_promise(clause, names) for clause in _clauses(text, names))
    return [promise for promise in found if promise][:MOST]


def _promise(clause: str, names: Mapping[str, str]) -> Promise | None:
    heard = (_Clause(clause, words(language), names).promise() for language in LANGUAGES)
    return next(filter(None, heard), None)


def _clauses(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """Sentences, cut where a second promise begins: "de mentor belt, en ik praat morgen met Sami"."""
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        if not sentence.endswith("?"):
            yield from _cut(sentence, names)


def _cut(sentence: str, names: Mapping[str, str]) -> Iterator[str]:
    begin = 0
    for joint in _JOINT.finditer(sentence):
        before, rest = sentence[begin : joint.start()], sentence[joint.end() :]
        if _has_doer(before, names) and _has_doer(rest, names):
            yield before
            begin = joint.end()
    yield sentence[begin:]


def _has_doer(clause: str, names: Mapping[str, str]) -> bool:
    return any(_Clause(clause, words(language), names).has_doer for language in LANGUAGES)


class _Clause:
    """One clause in one language."""

    def __init__(self, text: str, known: Words, names: Mapping[str, str]) -> None:
        self.text, self.words, self.names = text.strip(" .,!;\n"), known, names
        self.tokens = [_Token(m[0].lower(), m.start(), m.end()) for m in _WORD.finditer(self.text)]
        self.whens = list(whens_in(self.text.lower(), known))

    @property
    def has_doer(self) -> bool:
        return self._doer() is not None

    def promise(self) -> Promise | None:
        if any(token.text in self.words.never for token in self.tokens):
            return None
        doer = self._doer()
        when = self.whens[0] if self.whens else None
        # Without a day only the writer's own words are a promise; "Sami kijkt weg" tells a story.
        if doer is None or (when is None and doer[0] != ME):
            return None
        who, span = doer
        what = self._without(span, when)
        named = self.text[span[0] : span[1]]
        return Promise(what, who, named, when) if " " in what else None

    def _doer(self) -> tuple[str, tuple[int, int]] | None:
        """Who does it, and the place of the words that name them: beside the verb, small words left aside."""
        plain = [t for t in self.tokens if not self._is_small(t) and not self._is_day(t)]
        if self._ends_with_verb(plain):
            return self._named_first(plain)
        for index, token in enumerate(plain):
            if token.text in self.words.verbs:
                # After the verb only when nobody stands before it: "vrijdag belt de mentor de ouders".
                near = self._named_before(plain, index) if index else self._named_first(plain[1:])
                if near:
                    return near
        return None

    def _ends_with_verb(self, plain: list[_Token]) -> bool:
        """ "Ik ga vrijdag de ouders bellen": the helping verb stands beside the person, the verb at the end."""
        helped = any(token.text in self.words.helping for token in self.tokens)
        return helped and len(plain) > 2 and plain[-1].text in self.words.verbs

    def _named_before(self, plain: list[_Token], verb: int) -> tuple[str, tuple[int, int]] | None:
        for length in (2, 1):
            if who := self._who(plain[max(0, verb - length) : verb]):
                return who
        return None

    def _named_first(self, plain: list[_Token]) -> tuple[str, tuple[int, int]] | None:
        named = plain[1:] if plain and plain[0].text in self.words.titles else plain
        return self._who(named[:2]) or self._who(named[:1])

    def _who(self, tokens: list[_Token]) -> tuple[str, tuple[int, int]] | None:
        if not tokens:
            return None
        text, span = " ".join(t.text for t in tokens), (tokens[0].start, tokens[-1].end)
        who = ME if text in self.words.me else self.names.get(text) or self.words.roles.get(text)
        return (who, span) if who else None

    def _is_small(self, token: _Token) -> bool:
        return token.text in self.words.fillers or token.text in self.words.helping

    def _is_day(self, token: _Token) -> bool:
        return any(when.start <= token.start < when.end for when in self.whens)

    def _without(self, person: tuple[int, int], when: When | None) -> str:
        """What is left when the person and the day are taken out, beginning with a capital."""
        gone = [person, *([(when.start, when.end)] if when else [])]
        kept = [
            token
            for index, token in enumerate(self.tokens)
            if not any(start <= token.start < end for start, end in gone)
            and not self._is_title_of(index, person[0])
            and not self._is_small(token)
        ]
        what = " ".join(self.text[token.start : token.end] for token in kept)[:LONGEST]
        return what[:1].upper() + what[1:]

    def _is_title_of(self, index: int, start: int) -> bool:
        following = self.tokens[index + 1 : index + 2]
        return (
            self.tokens[index].text in self.words.titles
            and bool(following)
            and following[0].start == start
        )
