"""Carries out an approach with the class in a browser, as whoever facilitates does: decide, begin, choose the group, hold, finish.

The words and days of the scenarios stand in the tests (pestzorg/tests/browser/test_intervention_*.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from playwright.sync_api import expect

from cases.protocol import Field
from interventions.models import Intervention, Member, PhaseRecord
from interventions.queries.addresses import url_of
from interventions.queries.people import candidates_for
from pestzorg import clock
from pestzorg.demo.checked import checked
from pestzorg.demo.scenario import Answers, Discussed
from pestzorg.testing.playing import Player
from pestzorg.testing.talk import as_posted

COMPLAINTS = "[data-error-summary] li, .pz-err"


@dataclass(frozen=True)
class Idea:
    """What somebody of the group will do; `more` answers what a page asks besides."""

    who: str
    text: str
    review_on: date
    more: Answers = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """A phase as it was held: by whom and when it is written down, and what.

    `people` has the answers about one person under the first name; `on` is the day, when it is not that of `at`.
    """

    at: datetime
    by: str
    key: str
    answers: Answers = field(default_factory=dict)
    people: Mapping[str, Answers] = field(default_factory=dict)
    ideas: tuple[Idea, ...] = ()
    on: date | None = None

    @property
    def day(self) -> date:
        """On which day it was held."""
        return self.on or self.at.date()


class Facilitated:
    """One approach of a case, in the window of a player."""

    def __init__(self, player: Player) -> None:
        self.player, self.page, self.hand = player, player.page, player.hand

    # ── deciding and beginning ───────────────────────────────────────────────
    def without_consent(self, act: Discussed) -> str:
        """Decide in step 8 what the pupil does not want; what the page says to that."""
        player, step = self.player, self.player.step(8)
        player.be(act.by, act.at)
        player.open(step)
        definition = player.conversation.edition.step(8)
        withheld = {**act.answers, "target_consent": "withheld"}
        withheld.pop("consent_conditions", None)
        self.hand.answer_step(definition, _named(definition.fields, withheld, player))
        self.hand.press("done")
        return self.complaints()

    def begin(self, by: str, at: datetime, way: str = "", because: str = "") -> Intervention:
        """From the page of the case to the first phase; shares the case with who facilitates when that is asked.

        `because` is asked where the check does not advise it, and nowhere else.
        """
        self.player.be(by, at)
        self.player.open(f"/cases/{self.player.case.uuid}/")
        self.hand.follow(self.page.locator("#interventions a.btn-primary"))
        self._check()
        if way:
            self.hand.fill("variant", way)
        if because:
            self.hand.fill("advice_reason", because)
        form = "form[data-autosave]"
        self.hand.submit(form)
        if self.page.locator("[name=share_ok]:visible").count():
            self.hand.fill("share_ok", value=True)
            self.hand.submit(form)
        assert self.complaints() == "", self.complaints()
        return self.made

    def _check(self) -> None:
        """Answer the suitability check as the story does, where step 8 did not answer already."""
        decided = self.player.conversation.step_records.get(step=8)
        self.hand.follow(self.page.locator("main a.btn-primary[href$='/interventions/check/']"))
        for question, answer in checked(str(decided.answer("method"))).items():
            if self.page.locator(f"[name={question}]").count():
                self.hand.fill(question, answer)
        self.hand.submit("form[data-autosave]")
        self.player.open(f"/cases/{self.player.case.uuid}/interventions/new/")

    @property
    def made(self) -> Intervention:
        """The approach of this case."""
        return Intervention.objects.get(case=self.player.case)

    # ── the group ────────────────────────────────────────────────────────────
    def choose(
        self,
        parts: Mapping[str, str],
        adults: Mapping[str, str] | None = None,
        said_no: Sequence[str] = (),
    ) -> None:
        """Make the group exactly these, by first name; adults are added one by one, as the page takes them."""
        place, today = url_of(self.made, "group"), clock.now().date()
        self.player.open(place)
        for one in candidates_for(self.made, today):
            name = first_name(one.name)
            self.hand.fill(f"{one.key}-declined", name in said_no)
            if name not in said_no:
                self.hand.fill(one.key, parts.get(name, ""))
        self.hand.submit("form[data-autosave]")
        for name, part in (adults or {}).items():
            self.player.open(place)
            self.hand.fill("adult_name", name)
            self.hand.fill("adult_part", part)
            self.hand.submit("form[data-autosave]")
        assert self.complaints() == ""
        joining = self.made.members.filter(declined=False)
        assert joining.count() == len(parts) + len(adults or {})

    # ── the phases ───────────────────────────────────────────────────────────
    def hold(self, *phases: Held) -> None:
        """Each phase in its turn: what comes next on the page of the approach is what is held."""
        for held in phases:
            record = self.open_next(held)
            self.write(held, record)
            self.hand.press("hold")
            assert self.complaints() == "", f"{held.key}: {self.complaints()}"
            record.refresh_from_db()
            assert (record.status, record.held_on) == ("done", held.day), held.key

    def refused(self, held: Held) -> str:
        """Try to hold a phase; what the page says. Nothing that was typed is lost, on the screen or on the server."""
        record = self.open_next(held)
        self.write(held, record)
        typed = self.typed()
        self.hand.press("hold")
        found = self.complaints()
        record.refresh_from_db()
        assert record.status != "done", held.key
        assert self.typed() == typed
        kept = {key: record.answer(key) for key in held.answers}
        assert all(value is not None for value in kept.values()), kept
        return found

    def save(self, held: Held) -> None:
        """Write down what is known so far."""
        record = self.open_next(held)
        self.write(held, record)
        self.hand.press("save")
        assert self.complaints() == ""

    def open_next(self, held: Held) -> PhaseRecord:
        """The page of the next phase, by the large button of the approach."""
        self.player.be(held.by, held.at)
        self.player.open(url_of(self.made, "page"))
        self.hand.follow(self.page.locator("section[aria-labelledby=h-next] a.btn-primary"))
        record = PhaseRecord.objects.get(uuid=self.page.url.rstrip("/").split("/")[-1])
        assert record.key == held.key
        expect(self.page.get_by_role("heading", level=1)).to_have_text(str(record.definition.label))
        return record

    def write(self, held: Held, record: PhaseRecord) -> None:
        """Add every idea, then answer the questions and name the day."""
        for idea in held.ideas:
            self.hand.fill_row("proposal", self._idea(idea))
            self.hand.press("add")
            assert self.complaints() == ""
        for name, value in _named(record.definition.fields, held.answers, self.player).items():
            self.hand.fill(name, value)
        for name, answers in held.people.items():
            key, asked = self._asked_about(name, record)
            self.hand.fill_row(key, _named(asked, answers, self.player))
        self.hand.fill("held_on", held.day)

    def typed(self) -> list[list[str]]:
        """What stands in the fields of a phase."""
        return self.page.eval_on_selector_all(
            "form[data-autosave] :is(input, textarea, select):not([type=hidden], [name=planned_on])",
            "nodes => nodes.map((one) => [one.name, one.value, String(one.checked)])",
        )

    def another_round(self, by: str, at: datetime) -> None:
        """Press the button for another round."""
        self.player.be(by, at)
        self.player.open(url_of(self.made, "page"))
        before = self.made.phases.count()
        self.hand.submit("form[action$='/round/']")
        assert self.made.phases.count() > before

    # ── the end ──────────────────────────────────────────────────────────────
    def finish(self, by: str, at: datetime, outcome: Answers) -> None:
        """From the page of the approach; what came of it stands there afterwards."""
        self.player.be(by, at)
        self.player.open(url_of(self.made, "page"))
        self.hand.follow(self.page.locator("a[href$='/finish/']"))
        for name, value in outcome.items():
            self.hand.fill(name, value)
        self.hand.submit("form[data-autosave]")
        assert self.complaints() == ""
        assert self.made.status == "finished"

    @property
    def held(self) -> list[tuple[str, int, date | None]]:
        """Every phase with its round and its day, in order."""
        return [(one.key, one.round, one.held_on) for one in self.made.phases.all()]

    def complaints(self) -> str:
        """What is said to be wrong."""
        return " ".join(self.page.locator(COMPLAINTS).all_inner_texts())

    def _idea(self, idea: Idea) -> Answers:
        member = {"member": self._member(idea.who).uuid} if idea.who else {}
        return {**member, "text": idea.text, "review_on": idea.review_on, **idea.more}

    def _asked_about(self, name: str, record: PhaseRecord) -> tuple[str, tuple[Field, ...]]:
        about = {people.of: people.fields for people in record.definition.persons}
        if name == self.player.scenario.target:
            return "target", about["target"]
        return str(self._member(name).uuid), about["members"]

    def _member(self, name: str) -> Member:
        return next(one for one in self.made.members.all() if first_name(one.name) == name)


def _named(fields: tuple[Field, ...], answers: Answers, player: Player) -> dict[str, Any]:
    """Answers as they are chosen on the page: a colleague and a class by uuid."""
    kinds = {one.key: one for one in fields}
    found = {}
    for key, value in answers.items():
        match kinds[key].kind:
            case "staff":
                found[key] = player.place.staff[value].uuid
            case "class_group":
                found[key] = player.place.school_class.uuid
            case _:
                found[key] = as_posted(kinds[key], value)
    return found


def first_name(name: str) -> str:
    """What somebody is called in a scenario."""
    return name.split()[0].rstrip(",")
