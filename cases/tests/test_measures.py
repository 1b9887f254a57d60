"""Step 6 in its case: what a measure begins with, what speaks against it, its order and day, and its one agreement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.ceilings import Level
from cases.models import Agreement, Case
from cases.queries.judging import INDICATORS
from cases.queries.measure_advice import CAUTIONS, Advice, Adviser, in_good_order
from cases.queries.people import CasePeople
from cases.services import items
from cases.services.agreements import reopen_agreement, settle_agreement
from cases.services.severity import reassess_severity
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement

TODAY = NOW.date()
TUESDAY = date(2025, 11, 4)


def advice(scene: Scene, key: str, now: datetime = NOW) -> Advice:
    conversation = scene.conversation
    case = Case.objects.get(pk=scene.case.pk)
    calendar = CasePeople(case, now).calendar
    adviser = Adviser(
        case=case,
        measures={measure.key: measure for measure in conversation.measures.all()},
        tried=list(conversation.prior_actions.all()),
        calendar=calendar,
        today=calendar.local_date(now),
    )
    return adviser.about(conversation.edition.measure(key), conversation.edition.measures)


def tell(scene: Scene, **told: Any) -> None:
    usual = {"description": "Online.", "forms": ["cyber"]}
    items.put_incident(scene.teacher, scene.case, None, now=NOW, **{**usual, **told})


def tried(scene: Scene, key: str, **result: Any) -> None:
    items.put_prior_action(
        scene.teacher, scene.conversation, None, now=NOW, action_type=key, **result
    )


def measure(scene: Scene, key: str, **values: Any) -> Any:
    return items.put_measure(scene.teacher, scene.conversation, key, now=NOW, **values)


def agree(scene: Scene, key: str, **values: Any) -> Agreement:
    source = {"source": "measure", "source_key": key, "conversation": scene.conversation}
    return make_agreement(scene.teacher, scene.case, **source, **values)


# ── from step 4 ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("effect", "keep", "status"),
    [
        ("worked", True, "already_done"),
        ("partly", True, "already_done"),
        ("worked", False, ""),
        ("no_effect", True, ""),
        ("made_worse", True, ""),
    ],
)
def test_what_helped_and_goes_on_is_done_already(
    scene: Scene, effect: str, keep: bool, status: str
) -> None:
    tried(scene, "collect_evidence", effect=effect, keep_doing=keep)
    assert advice(scene, "collect_evidence").status == status
    assert advice(scene, "change_password").status == ""


def test_what_made_it_worse_is_said_beside_the_same_measure(scene: Scene) -> None:
    tried(scene, "unfriend_block", effect="made_worse")
    tried(scene, "unfriend_block", effect="worked")
    assert advice(scene, "unfriend_block").made_worse
    assert not advice(scene, "change_password").made_worse


# ── what speaks against it ───────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("told", "caution"),
    [
        ({"sender_known": "no"}, "de afzender is onbekend"),
        ({"cyber_subforms": ["grooming"]}, "er is een volwassene bij betrokken"),
        ({"cyber_subforms": ["threat"]}, "er is een bedreiging"),
        ({"cyber_subforms": ["sextortion"]}, "er is afpersing"),
    ],
)
def test_nobody_is_told_to_stop_where_that_can_do_harm(
    scene: Scene, told: dict[str, Any], caution: str
) -> None:
    tell(scene, sender_known="yes", cyber_subforms=["exclusion"])
    before = advice(scene, "assertive_message")
    assert (before.status, before.cautions) == ("", ())
    tell(scene, **told)
    found = advice(scene, "assertive_message")
    assert found.status == "not_now"
    assert [str(text) for text in found.cautions] == [caution]
    assert advice(scene, "seek_support").status == ""


@pytest.mark.parametrize(
    ("flag", "count"), [("credible_threat", 2), ("adult_involved", 2), ("weapon", 1)]
)
def test_a_red_flag_and_a_critical_level_speak_against_it_too(
    scene: Scene, flag: str, count: int
) -> None:
    reassess_severity(scene.coordinator, scene.case, dict.fromkeys(INDICATORS, 0), [flag], now=NOW)
    found = advice(scene, "assertive_message")
    assert (found.status, len(found.cautions)) == ("not_now", count)


@pytest.mark.parametrize(
    ("level", "status", "recommended"),
    [(1, "not_applicable", False), (2, "not_applicable", False), (3, "", True), (4, "", True)],
)
def test_a_complaint_is_recommended_from_serious_on(
    scene: Scene,
    make_severity: Callable[[int], Case],
    level: int,
    status: str,
    recommended: bool,
) -> None:
    make_severity(level)
    found = advice(scene, "file_complaint")
    assert (found.status, found.is_recommended) == (status, recommended)


# ── days and order ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("assertive_message", date(2025, 11, 6)),
        ("change_password", TUESDAY),
        ("unfriend_block", TUESDAY),
        ("collect_evidence", TODAY),
        ("seek_support", date(2025, 11, 5)),
        ("file_complaint", TUESDAY),
        ("report_to_platform", TUESDAY),
        ("use_nickname", None),
        ("no_retaliation", None),
    ],
)
def test_each_measure_suggests_its_own_school_day(scene: Scene, key: str, day: date) -> None:
    assert advice(scene, key).deadline == day


def test_a_weekend_and_a_holiday_are_jumped_over(scene: Scene) -> None:
    friday = datetime(2025, 12, 19, 10, tzinfo=NOW.tzinfo)
    assert advice(scene, "change_password", friday).deadline == date(2026, 1, 5)
    assert advice(scene, "collect_evidence", friday).deadline == date(2025, 12, 19)


def test_a_critical_complaint_is_for_today(
    scene: Scene, make_severity: Callable[[int], Case]
) -> None:
    make_severity(4)
    assert advice(scene, "file_complaint").deadline == TODAY


@pytest.mark.parametrize("key", ["unfriend_block", "report_to_platform"])
def test_evidence_comes_first(scene: Scene, key: str) -> None:
    measure(scene, "collect_evidence", status="agreed", owner="Noor", deadline=date(2025, 11, 7))
    found = advice(scene, key)
    assert found.deadline == date(2025, 11, 7)
    assert found.after is not None
    assert found.after.key == "collect_evidence"
    measure(scene, "collect_evidence", status="declined")
    assert advice(scene, key).deadline == TUESDAY


def test_what_was_chosen_has_a_good_order(scene: Scene) -> None:
    keys = [m.key for m in scene.conversation.edition.measures]
    for key in keys:
        measure(scene, key, status="agreed", owner="Noor", deadline=TODAY)
    assert [m.key for m in in_good_order(scene.conversation.measures.all())] == [
        "collect_evidence",
        "change_password",
        "report_to_platform",
        "unfriend_block",
        "seek_support",
        "assertive_message",
    ]
    measure(scene, "report_to_platform", status="not_now")
    assert "report_to_platform" not in {
        m.key for m in in_good_order(scene.conversation.measures.all())
    }


# ── one agreement, in step ───────────────────────────────────────────────────
def test_a_measure_has_one_agreement_and_after_it_fell_away_another(scene: Scene) -> None:
    measure(scene, "change_password", status="agreed", owner="Noor", deadline=TUESDAY)
    first = agree(scene, "change_password")
    with pytest.raises(RuleBroken) as refused:
        agree(scene, "change_password")
    assert refused.value.problems[0].code == "once"
    settle_agreement(scene.teacher, first, "cancelled", now=NOW)
    second = agree(scene, "change_password")
    with pytest.raises(RuleBroken):
        reopen_agreement(scene.teacher, first, now=NOW)
    first.status = Agreement.Status.OPEN
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(update_fields=["status"])
    assert scene.case.agreements.exclude(status="cancelled").get() == second


def test_the_agreement_follows_a_new_day_of_its_measure(scene: Scene) -> None:
    agreed = {"status": "agreed", "owner": "Noor"}
    measure(scene, "change_password", **agreed, deadline=TUESDAY)
    agreement = agree(scene, "change_password", deadline=TUESDAY)
    for day, due in (
        (date(2025, 11, 6), date(2025, 11, 6)),
        (date(2025, 11, 8), date(2025, 11, 10)),
    ):
        measure(scene, "change_password", **agreed, deadline=day)
        agreement.refresh_from_db()
        assert (agreement.deadline_asked, agreement.deadline) == (day, due)
    with pytest.raises(RuleBroken) as refused:
        measure(scene, "change_password", **agreed, deadline=TODAY - timedelta(days=3))
    assert refused.value.problems[0].field == "deadline"


def test_a_day_that_the_agreement_got_itself_stays(scene: Scene) -> None:
    agreed = {"status": "agreed", "owner": "Noor", "deadline": TUESDAY}
    measure(scene, "change_password", **agreed)
    agreement = agree(scene, "change_password", deadline=date(2025, 11, 7))
    measure(scene, "change_password", **agreed, note="Met mama.")
    agreement.refresh_from_db()
    assert agreement.deadline == date(2025, 11, 7)


@pytest.mark.parametrize("status", ["declined", "not_now", "already_done"])
def test_an_agreement_falls_away_with_its_measure(scene: Scene, status: str) -> None:
    measure(scene, "change_password", status="agreed", owner="Noor", deadline=TUESDAY)
    agreement = agree(scene, "change_password")
    measure(scene, "change_password", status=status)
    agreement.refresh_from_db()
    assert agreement.status == Agreement.Status.CANCELLED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("done", "done"), ("not_done", "not_done"), ("cancelled", "no_longer_needed")],
)
def test_the_measure_knows_what_came_of_its_agreement(
    scene: Scene, status: str, outcome: str
) -> None:
    measure(scene, "change_password", status="agreed", owner="Noor", deadline=TUESDAY)
    agreement = agree(scene, "change_password")
    settle_agreement(scene.teacher, agreement, status, now=NOW)
    assert scene.conversation.measures.get().outcome == outcome
    reopen_agreement(scene.teacher, agreement, now=NOW)
    assert scene.conversation.measures.get().outcome == ""


# ── on the page ──────────────────────────────────────────────────────────────
@pytest.fixture
def client(scene: Scene, at: Callable[[datetime], None]) -> Client:
    at(NOW)
    client = Client()
    client.force_login(scene.teacher)
    return client


def six(scene: Scene) -> str:
    return reverse("conversation:step", args=[scene.case.uuid, 6])


def filled(client: Client, scene: Scene, **changes: str) -> dict[str, str]:
    """The page of step 6 as a browser would post it."""
    rows = client.get(six(scene)).context["page"].panels[0].rows
    posted = {"visibility": "care_team"}
    for row in rows:
        for bound in (row.form[name] for name in row.form.fields):
            value = bound.value()
            if value not in (None, "", False):
                posted[bound.html_name] = str(value)
    return {**posted, **changes}


def test_passing_by_answers_nothing_and_finishing_takes_what_the_rows_begin_with(
    client: Client, scene: Scene
) -> None:
    tried(scene, "collect_evidence", effect="worked", keep_doing=True)
    client.post(six(scene), {**filled(client, scene), "action": "next"})
    assert not scene.conversation.measures.exists()
    client.post(six(scene), {**filled(client, scene), "action": "done"})
    kept = dict(scene.conversation.measures.values_list("key", "status"))
    assert kept == {"collect_evidence": "already_done", "file_complaint": "not_applicable"}


def test_a_suggested_day_counts_for_what_was_agreed_only(client: Client, scene: Scene) -> None:
    chosen = {
        "measures-change_password-status": "agreed",
        "measures-unfriend_block-status": "declined",
    }
    client.post(six(scene), filled(client, scene, **chosen))
    kept = dict(scene.conversation.measures.values_list("key", "deadline"))
    assert kept == {"change_password": TUESDAY, "unfriend_block": None}


def test_step_7_offers_what_was_agreed_ticked_and_in_order(client: Client, scene: Scene) -> None:
    for key in ("change_password", "collect_evidence", "file_complaint"):
        measure(scene, key, status="agreed", owner="Noor", deadline=TUESDAY)
    settle_agreement(scene.teacher, agree(scene, "change_password"), "cancelled", now=NOW)
    seven = reverse("conversation:step", args=[scene.case.uuid, 7])
    rows = client.get(seven, {"view": "write"}).context["page"].panels[0].rows
    offers = [(row.name, bool(row.form["wanted"].value())) for row in rows if row.definition]
    assert offers == [
        ("offer-collect_evidence", True),
        ("offer-change_password", False),
        ("offer-file_complaint", True),
    ]


def test_advice_is_for_who_goes_on_with_it_and_not_for_who_only_reads(
    scene: Scene, at: Any
) -> None:
    at(NOW)
    tell(scene, cyber_subforms=["sextortion"])
    address = reverse("conversation:step", args=[scene.case.uuid, 6]) + "?view=write"
    client = Client()
    client.force_login(scene.colleague)
    for level, told in ((Level.VIEW, False), (Level.CONTRIBUTE, True)):
        share_case(scene.coordinator, scene.case, scene.colleague, level, now=NOW)
        answer = client.get(address)
        rows = [row for panel in answer.context["page"].panels for row in panel.rows]
        assert any(row.form.initial.get("status") for row in rows) is told
        with translation.override("nl"):
            assert (str(CAUTIONS["blackmail"]) in answer.content.decode()) is told


def test_reopening_what_has_another_agreement_by_now_tells_why(
    client: Client, scene: Scene
) -> None:
    first = agree(scene, "change_password")
    settle_agreement(scene.teacher, first, "cancelled", now=NOW)
    second = agree(scene, "change_password")
    page, reopen = (reverse(f"cases:agreement-{n}", args=[first.uuid]) for n in ("page", "reopen"))
    answer = client.post(reopen, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Hierover is al een afspraak" in answer.content.decode()
    row = client.post(reopen, headers={"HX-Request": "true"})
    assert (row.status_code, row["HX-Redirect"]) == (200, page)
    settle_agreement(scene.teacher, second, "cancelled", now=NOW)
    client.post(reopen)
    first.refresh_from_db()
    assert first.is_open
