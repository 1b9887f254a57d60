"""Plays a scenario through the pages in a browser, as its people do. Its words and days: pestzorg/demo/scenario_*."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from playwright.sync_api import Page

from cases.models import Agreement, Participant
from cases.models.step_record import StepStatus
from pestzorg.demo import scenario as s
from pestzorg.demo.course import named
from pestzorg.demo.lists import STAFF_KEYS
from pestzorg.demo.people import Place, found
from pestzorg.demo.telling import planned_talk
from pestzorg.testing.rows import agreement_row, fill_offers, talk_row
from pestzorg.testing.school_in_browser import PASSWORD, SchoolInBrowser
from pestzorg.testing.talk import Hand

# Who decides who sees a case is asked again who they are when the sign-in is older than five minutes.
WEIGHS = (s.LookedAt, s.Assessed)


class Player(SchoolInBrowser):
    """One scenario at its school, in one window."""

    def __init__(
        self,
        scenario: s.Scenario,
        page: Page,
        url: str,
        set_clock: Callable[[datetime], None],
        hand: Hand | None = None,
        place: Place | None = None,
    ) -> None:
        super().__init__(page, url, set_clock, place or found(scenario.school, PASSWORD), hand)
        self.scenario = scenario

    def play(self, acts: Iterable[s.Act]) -> None:
        """Let these happen, each at its moment, by its person."""
        for act in acts:
            enter = self.sign_in if isinstance(act, WEIGHS) else self.be
            enter(act.by, act.at)
            PLAY[type(act)](self, act)

    def refused(self, step: int) -> str:
        """Try to finish a step as it stands; what the page then complains about."""
        self.open(self.step(step))
        self.hand.press("done")
        record = self.conversation.step_records.filter(step=step, status=StepStatus.DONE)
        assert not record.exists(), f"step {step} was done"
        return " ".join(self.page.locator("[data-error-summary] li, .pz-err").all_inner_texts())

    def fill_in(self, answers: s.Answers) -> None:
        """Answer the questions of a page that is no step."""
        for name, value in answers.items():
            self.hand.fill(name, value)

    def is_fine(self) -> None:
        """Nothing on the page is refused."""
        assert self.page.locator(".pz-err").all_inner_texts() == []


# ── before and around the conversation ───────────────────────────────────────
def _reported(player: Player, act: s.Reported) -> None:
    player.open("/reports/new/")
    _name(player, choose=act.knows_pupil)
    player.fill_in(
        {"signs": list(act.signs), "description": act.description, "urgency": act.urgency}
    )
    player.hand.submit("main form[method=post]")
    assert player.case.status == "reported"


def _name(player: Player, *, choose: bool) -> None:
    """Type the first name, and tap the pupil where the page knows one."""
    player.page.locator("[name=about]").fill("")
    player.page.locator("[name=about]").press_sequentially(player.scenario.target, delay=20)
    if choose:
        player.page.locator("label.pz-chip:has(input[name=pupil])").first.click()


def _looked_at(player: Player, act: s.LookedAt) -> None:
    player.open(f"/cases/{player.case.uuid}/")
    player.hand.submit("form[action$='/begin/']")
    assert player.case.status == "assessing"


def _assessed(player: Player, act: s.Assessed) -> None:
    player.open(f"/cases/{player.case.uuid}/assess/")
    if player.case.report.pupil is None:
        _name(player, choose=True)
    lead = player.place.staff[act.lead].uuid
    player.fill_in({**act.points, "red_flags": list(act.red_flags), "lead": lead})
    player.hand.submit("main form[method=post]")
    assert player.case.status == "active"


def _assessed_again(player: Player, act: s.AssessedAgain) -> None:
    player.open(f"/cases/{player.case.uuid}/severity/")
    player.fill_in({**act.points, "red_flags": list(act.red_flags)})
    player.hand.submit("main form[method=post]")
    player.is_fine()
    assert player.case.assessments.filter(assessed_at__gte=act.at).exists()


def _sat_down(player: Player, act: s.SatDown) -> None:
    player.open(player.conversation_url)
    names = {f"name_{kind}": name for kind, name in act.others.items()}
    where = {"location_type": act.location} if act.location else {}
    player.fill_in({**where, "present": [*act.others], **names, **act.check})
    player.hand.submit("form[action$='/begin/']")
    assert player.conversation.sittings.filter(ended_at=None).exists()


def _stopped(player: Player, act: s.Stopped) -> None:
    player.open(f"{player.conversation_url}end/")
    _send(player, act.answers, act.asked)
    assert not player.conversation.sittings.filter(ended_at=None).exists()


def _completed(player: Player, act: s.Completed) -> None:
    player.open(player.conversation_url)
    player.hand.submit("form[action$='/complete/']")
    assert player.conversation.status == "completed"


# ── a step ───────────────────────────────────────────────────────────────────
def _discussed(player: Player, act: s.Discussed) -> None:
    player.open(player.step(act.step))
    for name, rows in act.lists.items():
        ADD[name](player, rows)
    definition = player.conversation.edition.step(act.step)
    player.hand.answer_step(definition, named(definition, act.answers, player.place))
    player.hand.press("done" if act.done else "save")
    player.is_fine()
    record = player.conversation.step_records.get(step=act.step)
    assert record.status == (StepStatus.DONE if act.done else StepStatus.IN_PROGRESS)


def _rows(panel: str) -> Callable[[Player, list[s.Answers]], None]:
    def add(player: Player, rows: list[s.Answers]) -> None:
        for row in rows:
            staff = {k: player.place.staff[v].pk for k, v in row.items() if k in STAFF_KEYS}
            player.hand.add_to(panel, {**row, **staff})

    return add


def _measures(player: Player, rows: dict[str, s.Answers]) -> None:
    for key, values in rows.items():
        player.hand.fill_row(f"measures-{key}", values)


def _agreements(player: Player, rows: list[s.Promise]) -> None:
    fill_offers(player, {row.measure: row for row in rows if row.measure})
    for row in rows:
        if not row.measure:
            player.hand.add_to("agreements", agreement_row(player, row), asked=row.asked)


def _talks(player: Player, rows: list[s.Talk]) -> None:
    for row in rows:
        player.hand.add_to("talks", talk_row(player, row), asked=row.asked)


def _without_talk(player: Player, rows: dict[str, str]) -> None:
    for name, reason in rows.items():
        person = Participant.objects.get(case=player.case, name=name)
        player.hand.fill_row(f"people-{person.uuid}", {"without_talk": reason})


ADD: dict[str, Callable[[Player, Any], None]] = {
    **{name: _rows(name) for name in ("incidents", "people", "prior_actions", "parent_contacts")},
    "support_persons": _rows("support_persons"),
    "measures": _measures,
    "agreements": _agreements,
    "talks": _talks,
    "without_talk": _without_talk,
}


# ── agreements and talks afterwards ──────────────────────────────────────────
def _agreed(player: Player, act: s.Agreed) -> None:
    player.open(f"/cases/{player.case.uuid}/agreements/new/")
    _send(player, agreement_row(player, act.promise), act.promise.asked)
    assert _agreement(player, act.promise.what).is_open


def _planned(player: Player, act: s.Planned) -> None:
    player.open(f"/cases/{player.case.uuid}/talks/new/")
    _send(player, talk_row(player, act.talk), act.talk.asked)
    assert player.case.talks.filter(planned_at=act.talk.planned_at, status="planned").exists()


def _send(player: Player, values: s.Answers, asked: s.Answers) -> None:
    player.fill_in(values)
    player.hand.submit("main form[method=post]")
    if asked:
        player.fill_in(asked)
        player.hand.submit("main form[method=post]")
    player.is_fine()


def _wrote_outside(player: Player, act: s.WroteOutside) -> None:
    player.open(
        _outside(player, act.measure) if act.measure else f"{_case_url(player)}external/new/"
    )
    player.fill_in(act.values)
    player.hand.submit("main form:has([name=kind])")
    player.is_fine()


def _came_of_it(player: Player, act: s.CameOfIt) -> None:
    player.open(_outside(player, act.measure))
    player.fill_in(act.values)  # its form stands above the one that corrects the report
    player.hand.submit("form[action$='/outcome/']")
    player.is_fine()


def _outside(player: Player, measure: str) -> str:
    report = player.case.external_reports.get(source_key=measure)
    return f"{_case_url(player)}external/{report.uuid}/"


def _case_url(player: Player) -> str:
    return f"/cases/{player.case.uuid}/"


def _settled(player: Player, act: s.Settled) -> None:
    agreement = _agreement(player, act.what)
    player.open(f"/agreements/{agreement.uuid}/")
    player.hand.submit("form[action$='/settle/']:has([type=hidden][name=status])")
    agreement.refresh_from_db()
    assert agreement.status == act.status == "done"


def _agreement(player: Player, what: str) -> Agreement:
    return next(a for a in player.case.agreements.all() if a.what == what)


def _held(player: Player, act: s.Held) -> None:
    talk = planned_talk(player.case, act)
    player.open(f"/talks/{talk.uuid}/")
    player.fill_in({"status": "held", **act.outcome})
    # Not asked where the next talk with the same person is planned already.
    if "next_talk_at" not in act.outcome and player.page.locator("[name=no_next_talk]").count():
        player.fill_in({"no_next_talk": True})
    player.hand.submit("main form:has([name=progress])")
    talk.refresh_from_db()
    assert talk.status == "held"


PLAY: dict[type[s.Act], Callable[[Player, Any], None]] = {
    s.Reported: _reported,
    s.LookedAt: _looked_at,
    s.Assessed: _assessed,
    s.AssessedAgain: _assessed_again,
    s.SatDown: _sat_down,
    s.Discussed: _discussed,
    s.Stopped: _stopped,
    s.Completed: _completed,
    s.Agreed: _agreed,
    s.Planned: _planned,
    s.WroteOutside: _wrote_outside,
    s.CameOfIt: _came_of_it,
    s.Settled: _settled,
    s.Held: _held,
}
