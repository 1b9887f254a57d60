"""Driving the conversation pages in a browser, the way a teacher would: tap chips, type, press one button."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from playwright.sync_api import Page

from cases.protocol import Field, Step

UNFOLD = """node => {
  for (let fold = node.closest("details"); fold; fold = fold.parentElement.closest("details"))
    fold.open = true;
}"""


def fill(page: Page, name: str, value: Any) -> None:
    """Answer one field, whatever it looks like: chips, tick, select, date or text."""
    if isinstance(value, list):
        for one in value:
            _chip(page, name, one)
        return
    field = page.locator(f'[name="{name}"]').first
    kind = field.get_attribute("type") or field.evaluate("node => node.tagName").lower()
    match kind:
        case "radio":
            _chip(page, name, value)
        case "checkbox":
            field.set_checked(bool(value))
        case "select":
            field.select_option(str(value))
        case _:
            field.fill(_typed(value))


def fill_row(page: Page, prefix: str, values: dict[str, Any]) -> None:
    """Answer the fields of one row of a list, opening what is folded away."""
    for name, value in values.items():
        page.locator(f'[name="{prefix}-{name}"]').first.evaluate(UNFOLD)
        fill(page, f"{prefix}-{name}", value)


def answer_step(page: Page, step: Step, answers: dict[str, Any]) -> None:
    """Fill in the questions of a step."""
    kinds = {question.key: question for question in step.fields}
    for key, value in answers.items():
        fill(page, key, _as_posted(kinds[key], value))


def press(page: Page, action: str) -> None:
    """Press one of the buttons of the step page and wait for the answer."""
    with page.expect_navigation():
        page.locator(f'button[name="action"][value="{action}"]:visible').first.click()


def add_to(page: Page, panel: str, values: dict[str, Any]) -> None:
    """Add one row to a list of the step."""
    fill_row(page, f"{panel}-new", values)
    press(page, f"add-{panel}")
    assert page.locator(".pz-err").all_inner_texts() == []


def _chip(page: Page, name: str, value: Any) -> None:
    # The real radio lies invisibly over its pill, so this is the tap a finger makes.
    page.locator(f'[name="{name}"][value="{_word(value)}"]').check()


def _as_posted(question: Field, value: Any) -> Any:
    return _word(value) if question.kind == "bool" and question.required else value


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)
