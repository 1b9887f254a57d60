"""Driving the conversation pages in a browser, the way a teacher would: tap chips, type, press one button."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from playwright.sync_api import Locator, Page

from cases.protocol import Field, Step

UNFOLD = """node => {
  for (let fold = node.closest("details"); fold; fold = fold.parentElement.closest("details"))
    fold.open = true;
}"""


class Hand:
    """A finger or a mouse on the page. Who has neither: `pestzorg.testing.keys`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # ── what every hand does ─────────────────────────────────────────────────
    def fill(self, name: str, value: Any) -> None:
        """Answer one field, whatever it looks like: chips, tick, select, date or text; opens what is folded away."""
        field = self.page.locator(f'[name="{name}"]').first
        self.unfold(field)
        if isinstance(value, list):
            for one in value:
                self.tick(self._chip(name, one), wanted=True)
            return
        kind = field.get_attribute("type") or field.evaluate("node => node.tagName").lower()
        match kind:
            case "radio":
                self.choose(self._chip(name, value))
            case "checkbox":
                self.tick(field, wanted=bool(value))
            case "select":
                self.select(field, str(value))
            case _:
                self.write(field, value)

    def fill_row(self, prefix: str, values: dict[str, Any]) -> None:
        """Answer the fields of one row of a list."""
        for name, value in values.items():
            self.fill(f"{prefix}-{name}", value)

    def answer_step(self, step: Step, answers: dict[str, Any]) -> None:
        """Fill in the questions of a step."""
        kinds = {question.key: question for question in step.fields}
        for key, value in answers.items():
            self.fill(key, as_posted(kinds[key], value))

    def press(self, action: str) -> None:
        """Press one of the buttons of the step page and wait for the answer."""
        # The button that answers Enter has no place on the screen.
        button = f'button[name="action"][value="{action}"]:not([tabindex="-1"]):visible'
        self.follow(self.page.locator(button).last)

    def submit(self, form: str) -> None:
        """Press the (last) button of a form and wait for the answer."""
        self.follow(self.page.locator(f"{form} button:visible").last)

    def follow(self, thing: Locator) -> None:
        """Press a button or a link that leads to a page."""
        with self.page.expect_navigation():
            self.touch(thing)

    def add_to(
        self, panel: str, values: dict[str, Any], asked: dict[str, Any] | None = None
    ) -> None:
        """Add one row to a list of the step. `asked` answers what the page asks only then."""
        self.fill_row(f"{panel}-new", values)
        self.press(f"add-{panel}")
        if asked:
            self.fill_row(f"{panel}-new", asked)
            self.press(f"add-{panel}")
        assert self.page.locator(".pz-err").all_inner_texts() == []

    def _chip(self, name: str, value: Any) -> Locator:
        return self.page.locator(f'[name="{name}"][value="{_word(value)}"]')

    # ── what differs between one hand and another ────────────────────────────
    def unfold(self, field: Locator) -> None:
        """Open what hides this field."""
        field.evaluate(UNFOLD)

    def touch(self, thing: Locator) -> None:
        """Press a button or a link."""
        thing.click()

    def choose(self, radio: Locator) -> None:
        """Choose one of several."""
        # The real radio lies invisibly over its pill, so this is the tap a finger makes.
        radio.check()

    def tick(self, box: Locator, *, wanted: bool) -> None:
        """Tick a box, or take the tick away."""
        box.set_checked(wanted)

    def select(self, field: Locator, value: str) -> None:
        """Choose from a list that folds out."""
        field.select_option(value)

    def write(self, field: Locator, value: Any) -> None:
        """Write a text, a day or a moment."""
        field.fill(_typed(value))


def as_posted(question: Field, value: Any) -> Any:
    """What a page posts for an answer: a yes or no that must be answered is a word."""
    return _word(value) if question.kind == "bool" and question.required else value


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)
