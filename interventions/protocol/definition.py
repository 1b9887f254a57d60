"""What a method is made of. Shapes only: reading and checking the files is in `loader` and `phases`.

The methods contradict each other on purpose. A phase therefore has exactly the questions of its own method: what a
method does not ask does not exist in it.
"""

from dataclasses import dataclass

from cases.protocol.definition import Choice, Field, Guidance, Text

# Who takes part: the pupil, the group, both together, each of them apart, staff among themselves, or the class.
PEOPLE = frozenset({"target", "members", "everybody", "apart", "team", "class"})
UNITS = frozenset({"school_days", "weeks", "school_weeks"})
LISTED = frozenset({"target", "members"})
# What a phase can leave on the intervention: the measurement of the class before it, or after it.
BEFORE, AFTER = "baseline_run", "after_run"
RECORDS = (BEFORE, AFTER)


@dataclass(frozen=True)
class Gap:
    """How long after another phase this one comes. Earlier is refused; later is told."""

    unit: str
    least: int
    most: int
    after: str | None


@dataclass(frozen=True)
class PersonList:
    """Questions that are asked about each person apart."""

    of: str
    only: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ProposalList:
    """What people of the group say they will do. In a case each becomes an agreement."""

    label: Text
    help: Text | None
    asks_realistic: bool
    least: int
    reviewed_in: str | None


@dataclass(frozen=True)
class RuleCount:
    """How many class rules a class adopts in a phase; with `least` 0 it may also adopt none."""

    least: int
    most: int


@dataclass(frozen=True)
class Phase:
    """One phase of a method, in the words and with the questions of that method alone."""

    key: str
    label: Text
    purpose: Text
    who: Text
    people: str
    size: tuple[int, int] | None
    minutes: tuple[int, int] | None
    gap: Gap | None
    again: Gap | None
    same_meeting: bool
    may_skip: bool
    composes_group: bool
    needs_rounds: int
    record: str | None
    variants: frozenset[str]
    say: tuple[Text, ...]
    guidance: tuple[Guidance, ...]
    fields: tuple[Field, ...]
    at_most: tuple[tuple[str, int], ...]
    persons: tuple[PersonList, ...]
    proposals: ProposalList | None
    class_rules: RuleCount | None

    @property
    def needs_group(self) -> bool:
        """The group comes together, so it has to be there and to have the right size."""
        return self.people in {"members", "everybody"}

    def field(self, key: str) -> Field | None:
        """The question with this key."""
        return next((field for field in self.fields if field.key == key), None)

    def gap_in(self, number: int) -> Gap | None:
        """The gap in a round: a second round may follow sooner than the first."""
        return self.again if number > 1 and self.again else self.gap


@dataclass(frozen=True)
class Loop:
    """Phases that may be run again together. `most` 0: as often as it is needed."""

    first: str
    last: str
    most: int
    label: Text
    wanted_if: str | None


@dataclass(frozen=True)
class Group:
    """Which parts people of the group may have in this method; without any the class itself is the group."""

    help: Text
    functions: tuple[Choice, ...]
    takes_adults: bool


@dataclass(frozen=True)
class Variant:
    """Another way to run the same method."""

    key: str
    label: Text
    purpose: Text
    needs_consent: bool
    target_present: bool
    without_case: bool
    order: tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """One method in one version; an intervention keeps the version it began with."""

    key: str
    version: str
    family: str
    label: Text
    purpose: Text
    use_when: tuple[Text, ...]
    not_when: tuple[Text, ...]
    stop_when: Text
    avoid: tuple[Text, ...]
    guidance: tuple[Guidance, ...]
    smallest_class: int
    focus: str | None
    variants: tuple[Variant, ...]
    group: Group | None
    loops: tuple[Loop, ...]
    phases: tuple[Phase, ...]
    finish: tuple[Field, ...]

    def variant(self, key: str) -> Variant:
        """The variant with this key; an unknown key raises KeyError."""
        for variant in self.variants:
            if variant.key == key:
                return variant
        raise KeyError(key)

    def phases_of(self, variant: str) -> tuple[Phase, ...]:
        """The phases of a variant in its order."""
        order = self.variant(variant).order
        own = [phase for phase in self.phases if not phase.variants or variant in phase.variants]
        return tuple(sorted(own, key=lambda phase: order.index(phase.key)) if order else own)

    def phase(self, variant: str, key: str) -> Phase:
        """One phase of a variant; an unknown key raises KeyError."""
        for phase in self.phases_of(variant):
            if phase.key == key:
                return phase
        raise KeyError(key)
