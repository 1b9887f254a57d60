"""What was found beside what was promised: the table, and whether anything was missed."""

from __future__ import annotations

from dataclasses import dataclass, field

from pestzorg.bench.rounds import Ratio


@dataclass(frozen=True)
class Line:
    """One figure. `met` is None for a figure that is only shown."""

    scenario: str
    what: str
    found: str
    target: str = ""
    met: bool | None = None


@dataclass
class Verdict:
    """The lines of one run. At 10k everything is shown and nothing asked: there guardian is fast as well."""

    asks: bool
    lines: list[Line] = field(default_factory=list)

    def shown(self, scenario: str, what: str, found: str) -> None:
        """A figure without a target."""
        self.lines.append(Line(scenario, what, found))

    def at_most(self, scenario: str, what: str, found: Ratio | float, limit: float) -> None:
        """Missed only when both ratios exceed the limit."""
        value = found.low if isinstance(found, Ratio) else found
        self._judge(scenario, what, found, f"<= {limit:g}", met=value <= limit)

    def at_least(self, scenario: str, what: str, found: Ratio | float, limit: float) -> None:
        """Missed only when both ratios stay below the limit."""
        value = found.high if isinstance(found, Ratio) else found
        self._judge(scenario, what, found, f">= {limit:g}", met=value >= limit)

    def holds(self, scenario: str, what: str, *, met: bool) -> None:
        """A fact rather than a figure; wanted at every size."""
        self.lines.append(Line(scenario, what, "yes" if met else "NO", "yes", met))

    @property
    def missed(self) -> list[Line]:
        """Everything that was asked and not reached."""
        return [line for line in self.lines if line.met is False]

    def table(self) -> str:
        """As Markdown, for the screen and for docs/performance.md."""
        head = ["| scenario | what | found | target | |", "| --- | --- | --- | --- | --- |"]
        marks = {None: "", True: "met", False: "MISSED"}
        rows = [
            f"| {x.scenario} | {x.what} | {x.found} | {x.target} | {marks[x.met]} |"
            for x in self.lines
        ]
        return "\n".join(head + rows)

    def _judge(
        self, scenario: str, what: str, found: Ratio | float, target: str, *, met: bool
    ) -> None:
        text = str(found) if isinstance(found, Ratio) else f"{found:g}"
        self.lines.append(Line(scenario, what, text, target, met if self.asks else None))
