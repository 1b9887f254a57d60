"""The way of one pupil through the questions. What was answered travels from page to page; nothing is kept here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cases.protocol.definition import Text
from interventions.thermometer.questionnaire import JUNIOR, Item, Version, questionnaire
from interventions.thermometer.sheets import SKIPPED, TEMPERATURES

TEMPERATURE = "TEMP"
NOTHING = "-"  # the temperature has a zero of its own
FACES = ("frown", "meh", "smile")


@dataclass(frozen=True)
class Option:
    """One answer to choose: what is sent, what is read, and for the youngest a face."""

    value: str
    label: Text | str
    face: str = ""


@dataclass(frozen=True)
class Walk:
    """Where a pupil is and what the page carries; made anew from every form."""

    version: Version
    posted: Mapping[str, str]

    @cached_property
    def names(self) -> list[str]:
        """Every question by its name, in order."""
        return [*(item.code for item in self.version.items), TEMPERATURE]

    @property
    def asked_at(self) -> int:
        """The place of the question that was shown; 0 when the form does not say."""
        place = self.posted.get("at", "")
        return min(int(place), len(self.names) - 1) if place.isdecimal() and len(place) < 3 else 0

    @cached_property
    def answers(self) -> dict[str, str]:
        """What was chosen so far; what a question does not offer is left out."""
        chosen = {name: self.posted.get(name, "") for name in self.names}
        return {name: value for name, value in chosen.items() if value in self._values(name)}

    @property
    def marks(self) -> dict[str, int | None]:
        """The answers as they are scored."""
        return {item.code: int(self.answers.get(item.code, SKIPPED)) for item in self.version.items}

    @property
    def temperature(self) -> int | None:
        """The temperature, None when it was skipped."""
        value = self.answers.get(TEMPERATURE, NOTHING)
        return None if value == NOTHING else int(value)

    def question(self, place: int) -> Question:
        """The page of a question."""
        return Question(self, place)

    def item(self, name: str) -> Item | None:
        """The item of this name; None for the temperature."""
        return next((item for item in self.version.items if item.code == name), None)

    def _values(self, name: str) -> set[str]:
        item = self.item(name)
        if item is None:
            return {NOTHING, *map(str, TEMPERATURES)}
        return {str(mark) for mark in range(SKIPPED, len(item.answers) + 1)}


@dataclass(frozen=True)
class Question:
    """One question on a page of its own."""

    walk: Walk
    place: int

    @property
    def name(self) -> str:
        """What its answer is called in the form."""
        return self.walk.names[self.place]

    @property
    def item(self) -> Item | None:
        """None for the temperature."""
        return self.walk.item(self.name)

    @property
    def number(self) -> int:
        """Counted from one."""
        return self.place + 1

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.walk.names)

    @property
    def percent(self) -> int:
        """How far that is."""
        return 100 * self.number // self.count

    @property
    def is_last(self) -> bool:
        """After this one the answers are sent."""
        return self.number == self.count

    @property
    def text(self) -> Text:
        """What is asked."""
        return self.item.text if self.item else questionnaire().texts["temperature"]

    @property
    def help(self) -> Text | None:
        """What is said above it: what bullying is, or what the degrees mean."""
        if self.item is None:
            return questionnaire().texts["temperature_help"]
        return questionnaire().texts["definition"] if self.item.about_bullying else None

    @property
    def chosen(self) -> str:
        """The answer that was given before, when a pupil comes back to it."""
        return self.walk.answers.get(self.name, "")

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The other answers, which the page carries along."""
        return [(name, value) for name, value in self.walk.answers.items() if name != self.name]

    @property
    def options(self) -> list[Option]:
        """The answers to choose from, "prefer not to say" last."""
        skip = questionnaire().texts["skip"]
        if self.item is None:
            return [*(Option(str(t), str(t)) for t in TEMPERATURES), Option(NOTHING, skip)]
        return [*self._answers(self.item), Option(str(SKIPPED), skip)]

    def _answers(self, item: Item) -> Iterator[Option]:
        has_faces = self.walk.version.key == JUNIOR
        for mark, label in enumerate(item.answers, start=1):
            # A face shows how it feels: being bullied often does not smile.
            face = FACES[int(item.score(mark)) // 50] if has_faces else ""
            yield Option(str(mark), label, face)
