"""What is said to the pupil and asked of the pupil in the talk, in usual and in simple words.

Read from `prompts/talk.toml` of an edition. Which language is spoken is in `voices`; which page shows it, in
`cases/web/`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cases.protocol import vocabulary
from cases.protocol.definition import LISTS, Edition, Field, Step, Table, Text, open_table
from cases.protocol.loader import EDITIONS, base_of, edition

FOLDER, FILE = "prompts", "talk.toml"
PROMPT_KEYS = {"ask", "junior", "help", "help_junior", "choices", "choices_from"}


@dataclass(frozen=True)
class Spoken:
    """One sentence for the pupil; `key` is how files of further languages name it."""

    key: str
    usual: Text
    junior: Text


@dataclass(frozen=True)
class Prompt:
    """A question in the pupil's words, and the words of its choices."""

    ask: Spoken
    help: Spoken | None
    choices: Mapping[str, Spoken]

    def sentences(self) -> Iterator[Spoken]:
        """Everything in it that can be said in another language."""
        yield self.ask
        if self.help:
            yield self.help
        yield from self.choices.values()


@dataclass(frozen=True)
class ListPrompt:
    """A list that is filled in together: its heading, and the fields of a row that are asked."""

    ask: Spoken
    fields: Mapping[str, Prompt]


@dataclass(frozen=True)
class Talk:
    """The talk of one edition: all of it by key of the step, the list or the measure."""

    say: Mapping[str, tuple[Spoken, ...]]
    questions: Mapping[str, Mapping[str, Prompt]]
    lists: Mapping[str, ListPrompt]
    measures: Mapping[str, Prompt]
    statuses: Mapping[str, Spoken]

    def sentences(self) -> Iterator[Spoken]:
        """Everything that can be said in another language, in the order of the conversation."""
        for step, said in self.say.items():
            yield from said
            for prompt in self.questions[step].values():
                yield from prompt.sentences()
        for prompt in self.measures.values():
            yield from prompt.sentences()
        yield from self.statuses.values()
        for rows in self.lists.values():
            yield rows.ask
            for prompt in rows.fields.values():
                yield from prompt.sentences()


@lru_cache(maxsize=16)
def talk_of(key: str) -> Talk:
    """Return the talk of an edition; an unknown key raises UnknownEdition, a wrong file ProtocolError."""
    return read_talk(EDITIONS / key, edition(key))


def read_talk(folder: Path, of: Edition) -> Talk:
    """Read and check the talk of the edition in a folder, over that of the edition it is based on."""
    table = _merged(folder)
    table.only({"steps", "lists", "measures"})
    _check_questions(folder / FOLDER / FILE, of)
    steps, measures, lists = (table.table(name) for name in ("steps", "measures", "lists"))
    steps.only(step.key for step in of.steps)
    measures.only(measure.key for measure in of.measures)
    lists.only(LISTS)
    return Talk(
        say={step.key: _said(steps.table(step.key), step) for step in of.steps},
        questions={step.key: _questions(steps.table(step.key), step) for step in of.steps},
        lists={key: _list(lists.table(key), key) for key in lists.values},
        measures={m.key: _measure(measures.table(m.key), m.label, m.help) for m in of.measures},
        statuses={term.key: _status(term) for term in vocabulary.terms("measure_statuses")},
    )


def _merged(folder: Path) -> Table:
    base, file = base_of(folder), folder / FOLDER / FILE
    if base is None:
        return open_table(file)
    below = _merged(base)
    if not file.exists():
        return below
    return Table(file, "top", _over(below.values, open_table(file).values))


def _over(below: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    # A text is one thing: "nl" of one edition never stands beside "en" of another.
    merged = dict(below)
    for key, value in own.items():
        is_group = isinstance(value, dict) and "nl" not in value
        merged[key] = _over(below.get(key, {}), value) if is_group else value
    return merged


def _said(table: Table, step: Step) -> tuple[Spoken, ...]:
    table.only({"say_junior", "fields"})
    juniors = table.texts("say_junior")
    if len(juniors) != len(step.say):
        table.refuse(f"say_junior needs {len(step.say)} sentences, as many as say")
    pairs = enumerate(zip(step.say, juniors, strict=True), start=1)
    return tuple(Spoken(f"{step.key}.say.{n}", usual, junior) for n, (usual, junior) in pairs)


def _questions(table: Table, step: Step) -> dict[str, Prompt]:
    asked = _fields(table)
    fields = [field for field in step.fields if field.key in asked.values]
    for field in fields:
        _check_condition(asked, field)
    return {
        field.key: _prompt(asked.table(field.key), f"{step.key}.{field.key}", _labels(field))
        for field in fields
    }


def _fields(step: Table) -> Table:
    return step.table("fields") if "fields" in step.values else Table(step.file, step.place, {})


def _check_questions(file: Path, of: Edition) -> None:
    # Only of its own file: a newer edition may have dropped what the older one asks.
    own = open_table(file) if file.exists() else Table(file, "top", {})
    steps = own.table("steps") if "steps" in own.values else own
    for step in of.steps:
        if step.key in steps.values:
            _fields(steps.table(step.key)).only(field.key for field in step.fields)


def _check_condition(asked: Table, field: Field) -> None:
    # On the page of the talk nothing else could tell whether the question applies.
    condition = field.required_if or field.shown_if
    if condition and condition.field not in asked.values:
        asked.refuse(f"{field.key} hangs on {condition.field}, which is not asked in the talk")


def _labels(field: Field) -> dict[str, Text]:
    return {choice.key: choice.for_pupil or choice.label for choice in field.choices}


def _list(table: Table, key: str) -> ListPrompt:
    table.only({"ask", "junior", "fields"})
    fields = table.table("fields")
    prompts = {
        name: _prompt(fields.table(name), f"{key}.{name}", _terms(fields.table(name)))
        for name in fields.values
    }
    return ListPrompt(_spoken(table, key), prompts)


def _terms(table: Table) -> dict[str, Text]:
    name = table.optional_word("choices_from")
    if name and name not in vocabulary.names():
        table.refuse(f"the vocabulary has no list {name}")
    return {term.key: term.label for term in vocabulary.terms(name)} if name else {}


def _measure(table: Table, label: Text, help_text: Text) -> Prompt:
    table.only({"junior", "help_junior"})
    key = f"measures.{table.place.rpartition(', ')[2]}"
    return Prompt(
        Spoken(key, label, table.text("junior")),
        Spoken(f"{key}.help", help_text, table.text("help_junior")),
        {},
    )


def _status(term: vocabulary.Term) -> Spoken:
    spoken = term.note["spoken"]
    return Spoken(f"measures.{term.key}", spoken, spoken)


def _prompt(table: Table, key: str, labels: Mapping[str, Text]) -> Prompt:
    table.only(PROMPT_KEYS)
    return Prompt(_spoken(table, key), _help(table, key), _choices(table, key, labels))


def _spoken(table: Table, key: str) -> Spoken:
    return Spoken(key, table.text("ask"), table.text("junior"))


def _help(table: Table, key: str) -> Spoken | None:
    usual, junior = table.optional_text("help"), table.optional_text("help_junior")
    if usual is None:
        return None
    return Spoken(f"{key}.help", usual, junior or usual)


def _choices(table: Table, key: str, labels: Mapping[str, Text]) -> dict[str, Spoken]:
    own = table.table("choices") if "choices" in table.values else Table(table.file, "", {})
    if unknown := sorted(set(own.values) - set(labels)):
        table.refuse(f"there is no choice {', '.join(unknown)}")
    found = {}
    for name, label in labels.items():
        usual = junior = label
        if name in own.values:
            row = own.table(name)
            row.only({"nl", "en", "junior"})
            usual = row.own_text()
            junior = row.optional_text("junior") or usual
        found[name] = Spoken(f"{key}.{name}", usual, junior)
    return found
