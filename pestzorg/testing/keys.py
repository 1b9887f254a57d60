"""The hand of somebody without a mouse: Tab, Shift+Tab, arrows, Space, Enter, and typing; nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

from pestzorg.testing.talk import Hand

# More than any page has to stop at.
MOST_STOPS = 400
# A name for one place on the page; of a group of choices any is as good as another.
MARK = """((node) => node.type === "radio" ? `the choice ${node.name}`
  : `${[...document.querySelectorAll("*")].indexOf(node)}: ${node.outerHTML.slice(0, 120)}`)"""
# Everything that somebody with a mouse can use.
STOPS = f"""() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((node) => node.tabIndex >= 0 && !node.disabled && node.type !== "hidden" && node.checkVisibility())
  .map({MARK})"""
# Where the focus is: whether that is what was wanted, and what is wrong there. A choice stands for its whole group.
STOP = """async (wanted) => {
  const node = document.activeElement;
  if (!node || node === document.body) return [false, "", ""];
  const isReached = node === wanted
    || (node.type === "radio" && wanted?.type === "radio" && node.name === wanted.name && node.form === wanted.form);
  const mark = MARK(node);
  const box = node.closest("label, .form-check") ?? node;
  const fault = () => {
    const hasRing = [node, node.nextElementSibling, box].filter(Boolean).map((one) => getComputedStyle(one))
      .some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const isUncovered = [[(left + right) / 2, (top + bottom) / 2], [left + 4, top + 4], [right - 4, top + 4],
      [left + 4, bottom - 4], [right - 4, bottom - 4]].some(([x, y]) => box.contains(document.elementFromPoint(x, y)));
    return hasRing ? (isUncovered ? "" : "covered") : "no ring";
  };
  // The browser scrolls to it a little later.
  for (let tries = 0; tries < 40 && fault(); tries += 1) await new Promise((done) => setTimeout(done, 50));
  return [isReached, fault() && `${fault()}: ${mark}`, mark];
}""".replace("MARK", MARK)
# Whether the wanted thing comes before the place where Tab goes on: the focus, or what the address points at.
IS_BEFORE = """(wanted) => {
  const from = document.activeElement === document.body ? document.querySelector(":target") : document.activeElement;
  return Boolean(from && from.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING);
}"""
IS_HERE = "(wanted) => document.activeElement === wanted"
# What a browser makes of a day and a time that are typed as "02032025" and "0115P", and how it wants them typed.
WAYS = {"2025-02-03T13:15": ("%m%d%Y", "%I%M%p"), "2025-03-02T01:15": ("%d%m%Y", "%H%M")}


class Keys(Hand):
    """Only the keyboard. Each place where Tab stops must show the focus, and show it uncovered."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._day, self._time = self._way_of_typing()

    def reach(self, thing: Locator) -> None:
        """Press Tab, or Shift+Tab for what lies behind, until this has the focus."""
        node = thing.element_handle()
        self._go("Shift+Tab" if node.evaluate(IS_BEFORE) else "Tab", node)

    def go_round(self) -> list[str]:
        """Tab once round the page; where the focus is not seen, and what a mouse can reach and Tab does not."""
        wanted: set[str] = set(self.page.evaluate(STOPS))
        faults, seen = [], [""]
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            _is_reached, fault, mark = self.page.evaluate(STOP)
            if fault:
                faults.append(fault)
            if seen[1:2] == [mark] and (mark != seen[-1] or len(wanted) == 1):
                break
            seen.append(mark)
        return faults + [f"Tab does not come to {mark}" for mark in sorted(wanted - set(seen))]

    def unfold(self, field: Locator) -> None:
        closed = field.locator("xpath=ancestor::details[not(@open)]/summary")
        while closed.count():
            self.reach(closed.first)
            self.page.keyboard.press("Enter")

    def touch(self, thing: Locator) -> None:
        self.reach(thing)
        self.page.keyboard.press("Enter")

    def choose(self, radio: Locator) -> None:
        self.reach(radio)
        node = radio.element_handle()
        for _ in range(MOST_STOPS):
            if node.evaluate(IS_HERE):
                self.page.keyboard.press("Space")
                break
            self.page.keyboard.press("ArrowDown")
        assert node.is_checked()

    def tick(self, box: Locator, *, wanted: bool) -> None:
        if box.is_checked() != wanted:
            self.reach(box)
            self.page.keyboard.press("Space")
        assert box.is_checked() == wanted

    def select(self, field: Locator, value: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Home")
        for _ in range(field.locator("option").count()):
            if field.input_value() == value:
                break
            self.page.keyboard.press("ArrowDown")
        assert field.input_value() == value

    def write(self, field: Locator, value: Any) -> None:
        if isinstance(value, date):
            self._write_moment(field, value)
            return
        self.reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(str(value))
        assert field.input_value() == str(value)

    def _write_moment(self, field: Locator, value: date) -> None:
        """Day, month and year are places of their own; coming from behind, one would stand in the last."""
        node = field.element_handle()
        if node.evaluate(IS_HERE) or node.evaluate(IS_BEFORE):
            self._go("Shift+Tab", node)
            while node.evaluate(IS_HERE):
                self.page.keyboard.press("Shift+Tab")
        self._go("Tab", node)
        self.page.keyboard.type(value.strftime(self._day))
        if isinstance(value, datetime):
            self.page.keyboard.press("ArrowRight")
            self.page.keyboard.type(value.strftime(self._time))
        assert field.input_value()[:10] == value.isoformat()[:10]

    def _go(self, key: str, node: ElementHandle) -> None:
        for _ in range(MOST_STOPS):
            if node.evaluate(IS_HERE):
                return
            self.page.keyboard.press(key)
            is_reached, fault, _mark = node.evaluate(STOP)
            assert not fault, f"{self.page.url}: {fault}"
            if is_reached:
                return
        wanted = node.evaluate("node => node.outerHTML.slice(0, 200)")
        raise AssertionError(f"{self.page.url}: {key} does not reach {wanted}")

    def _way_of_typing(self) -> tuple[str, str]:
        """Browsers differ by language in what comes first, the day or the month."""
        probe = self.page.context.new_page()
        probe.set_content("<input type='datetime-local'>")
        probe.keyboard.press("Tab")
        probe.keyboard.type("02032025")
        probe.keyboard.press("ArrowRight")
        probe.keyboard.type("0115P")
        found = WAYS[probe.locator("input").input_value()]
        probe.close()
        return found
