"""Guessing class codes: slow for who guesses, and no reason for another school, or for who scans, to wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from interventions.models import Run
from interventions.services.survey_tokens import renew_codes
from interventions.services.thermometer_runs import close_run
from interventions.tests.measuring import Measured, make_measured
from interventions.web import thermometer_share
from interventions.web.survey_guesses import PER_ADDRESS, TOGETHER, was_wrong
from pestzorg.signin.models import Bucket
from pestzorg.testing.builders import NOW
from pestzorg.web.addresses import network_of

OURS, THEIRS = "192.0.2.1", "198.51.100.7"
LESSON = 50 * 60
# As they are; the tests below guess less often, and it is the same for each guess.
FIGURES = {"address": {**PER_ADDRESS}, "together": {**TOGETHER}}
TIMES, TOGETHER_TIMES = 4, 12


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PER_ADDRESS, "burst", TIMES)
    monkeypatch.setitem(TOGETHER, "burst", TOGETHER_TIMES)


@pytest.fixture
def group(db: None, at: Any) -> Measured:
    at(NOW)
    return make_measured(pupils=10)


@pytest.fixture
def run(group: Measured) -> Run:
    return group.open()


def type_code(code: str, address: str = OURS, client: Client | None = None, **more: str) -> Any:
    return (client or Client()).post("/k/", {"code": code, **more}, REMOTE_ADDR=address)


def wrong_for(run: Run) -> str:
    return "000000" if run.code != "000000" else "000001"


def flood(run: Run, address: str = OURS) -> list[int]:
    """One guess more than an address has."""
    return [type_code(wrong_for(run), address).status_code for _guess in range(TIMES + 1)]


def scanned(group: Measured, run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address that the QR code on the board holds."""
    shown: list[str] = []
    drawn = thermometer_share.qr_of
    monkeypatch.setattr(thermometer_share, "qr_of", lambda text: shown.append(text) or drawn(text))
    teacher = Client()
    teacher.force_login(group.teacher)
    teacher.get(f"/thermometer/{run.uuid}/share/")
    return shown[0]


def sent_after(scan: str, **changes: str) -> HttpResponse:
    """What a tap sends on the page that was scanned."""
    carried = {name: values[0] for name, values in parse_qs(urlsplit(scan).query).items()}
    page = Client().get("/k/", carried).content.decode()
    assert all(f'value="{value}"' in page for value in carried.values())
    return type_code(**{"code": carried["c"], "seal": carried["s"], **changes})


def test_one_address_may_be_wrong_so_often_and_then_waits(run: Run, at: Any) -> None:
    assert flood(run) == [422] * TIMES + [429]
    page = type_code(run.code)
    assert page.status_code == 429
    assert "Te veel foute codes" in page.content.decode()
    at(NOW + timedelta(minutes=1))
    assert type_code(run.code).status_code == 302


def test_many_at_once_owe_what_they_took(run: Run, at: Any) -> None:
    request = RequestFactory(REMOTE_ADDR=OURS).post("/k/")
    request.now = NOW
    # Each of ten was let through before any of them was found to be wrong.
    for _guess in range(TIMES + 6):
        was_wrong(request)
    at(NOW + timedelta(minutes=6))
    assert type_code(run.code).status_code == 429
    at(NOW + timedelta(minutes=7))
    assert type_code(run.code).status_code == 302


def test_a_flood_from_one_address_closes_no_code_for_another_school(run: Run) -> None:
    flood(run)
    assert type_code(run.code, THEIRS).status_code == 302


def test_a_flood_that_lasts_leaves_room_for_all_others(run: Run, at: Any) -> None:
    for minute in range(20):
        at(NOW + timedelta(minutes=minute))
        flood(run, THEIRS) if not minute else type_code(wrong_for(run), THEIRS)
        assert type_code(wrong_for(run), OURS).status_code == 422
    assert type_code(run.code, OURS).status_code == 302


def test_many_addresses_have_one_limit_together(run: Run) -> None:
    for number in range(TOGETHER_TIMES // TIMES):
        flood(run, f"203.0.113.{number}")
    assert type_code(wrong_for(run), THEIRS).status_code == 429


def test_the_code_on_the_board_works_through_every_flood(
    group: Measured, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = scanned(group, run, monkeypatch)
    flood(run)
    assert sent_after(scan).status_code == 302
    assert sent_after(scan, seal="A" * 22).status_code == 429
    assert sent_after(scan, code=wrong_for(run)).status_code == 429


def test_an_old_board_is_no_guess_and_opens_nothing(
    group: Measured, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = scanned(group, run, monkeypatch)
    close_run(group.teacher, run, now=NOW)
    assert sent_after(scan).status_code == 422
    assert not Bucket.objects.exists()


def test_codes_on_paper_work_through_every_flood(group: Measured, run: Run) -> None:
    secrets = renew_codes(group.teacher, run, on_paper=True, now=NOW)
    flood(run)
    assert Client().get(f"/k/{secrets[0]}/", REMOTE_ADDR=OURS).status_code == 200


def test_a_device_that_has_a_place_comes_back_to_it_during_a_flood(run: Run) -> None:
    client = Client()
    first = type_code(run.code, client=client)
    flood(run)
    assert type_code(run.code, client=client).headers["Location"] == first.headers["Location"]


def test_right_codes_never_run_out(run: Run) -> None:
    type_code(run.code)
    assert not Bucket.objects.exists()


def test_no_row_tells_an_address(run: Run) -> None:
    from hashlib import sha256

    type_code(wrong_for(run))
    found = str(list(Bucket.objects.values_list()))
    told = (OURS, sha256(OURS.encode()).hexdigest(), sha256(f"survey codes {OURS}".encode()))
    assert not [word for word in told if str(word) in found]
    assert Bucket.objects.count() == 2


def test_the_odds_are_those_that_are_written_down() -> None:
    guesses = {name: row["burst"] + row["rate"] * LESSON for name, row in FIGURES.items()}
    assert guesses == {"address": pytest.approx(110), "together": pytest.approx(900)}
    # A whole class that misreads the board is not locked out, not even twice.
    assert FIGURES["address"]["burst"] >= 2 * 30
    # Whoever floods from one address takes a small part of what comes back for all.
    assert FIGURES["address"]["rate"] <= FIGURES["together"]["rate"] / 6


# ── where a request comes from ───────────────────────────────────────────────
@pytest.mark.parametrize(
    ("proxies", "told", "found"),
    [
        (0, "198.51.100.7", OURS),
        (1, None, OURS),
        (1, "198.51.100.7", THEIRS),
        (1, "10.0.0.1, 198.51.100.7", THEIRS),
        (2, "10.0.0.1, 198.51.100.7, 10.9.9.9", THEIRS),
        (2, "198.51.100.7", OURS),
        (1, "nonsense", ""),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1::/56"),
        (1, "::ffff:198.51.100.7", THEIRS),
        (1, "198.51.100.7:4711", THEIRS),
        (1, "[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1::/56"),
        (1, "[]", ""),
    ],
)
def test_only_what_our_own_proxies_added_counts(
    settings: Any, proxies: int, told: str | None, found: str
) -> None:
    settings.PROXIES = proxies
    headers = {} if told is None else {"X-Forwarded-For": told}
    request = RequestFactory(REMOTE_ADDR=OURS).get("/k/", headers=headers)
    assert network_of(request) == found


def test_nobody_gets_more_guesses_by_claiming_other_addresses(run: Run, settings: Any) -> None:
    settings.PROXIES = 1
    answers = [
        Client().post(
            "/k/",
            {"code": wrong_for(run)},
            headers={"X-Forwarded-For": f"203.0.113.{number}, {THEIRS}"},
        )
        for number in range(TIMES + 1)
    ]
    assert [answer.status_code for answer in answers] == [422] * TIMES + [429]
