"""A class answers: everybody once, thirty at a time, and nobody too late."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from interventions.models import AnswerBox, Run, SurveyToken
from interventions.services.survey import answer_survey
from interventions.services.survey_tokens import (
    hand_out,
    new_token_secret,
    renew_codes,
    run_of_token,
)
from interventions.services.thermometer_runs import close_run
from interventions.tests.measuring import Measured, answer, make_measured
from interventions.thermometer.box import lines_in
from interventions.thermometer.sheets import WrongSheet
from pestzorg.errors import RuleBroken
from pestzorg.logs import MARK, SECRET
from pestzorg.testing.builders import NOW, make_person
from schools.roles import Role

LINE = "551551454121121451/8"


def answers_of(run: Run) -> list[str]:
    return lines_in(AnswerBox.objects.get(run=run).answers)


@pytest.fixture
def group(db: None) -> Measured:
    return make_measured(pupils=10)


def test_an_answer_goes_into_the_box_and_its_token_is_gone(group: Measured) -> None:
    run = group.open()
    answer(hand_out(run.code), LINE)
    assert answers_of(run) == [LINE]
    assert SurveyToken.objects.count() == 9


def test_a_second_use_is_refused_and_changes_nothing(group: Measured) -> None:
    run = group.open()
    secret = hand_out(run.code)
    answer(secret, LINE)
    with pytest.raises(RuleBroken, match="used"):
        answer(secret, "111111111111111111/1")
    assert answers_of(run) == [LINE]
    assert run_of_token(secret) is None


def test_a_token_that_never_was_is_refused_in_the_same_words(group: Measured) -> None:
    run = group.open()
    used = hand_out(run.code)
    answer(used, LINE)
    told = set()
    for secret in (used, "pz_nothing", ""):
        with pytest.raises(RuleBroken) as refused:
            answer_survey(secret, {}, None)
        told.add(str(refused.value.problems[0].message))
    assert len(told) == 1


def test_after_closing_nobody_answers_any_more(group: Measured) -> None:
    run = group.open()
    secret = hand_out(run.code)
    close_run(group.teacher, run, now=NOW)
    with pytest.raises(RuleBroken, match="used"):
        answer(secret, LINE)
    assert answers_of(run) == []


def test_who_skips_everything_took_part(group: Measured) -> None:
    run = group.open()
    answer_survey(hand_out(run.code), {}, None)
    assert answers_of(run) == ["0" * 18 + "/-"]


def test_an_answer_that_the_question_does_not_have_is_refused_and_may_be_given_again(
    group: Measured,
) -> None:
    run = group.open()
    secret = hand_out(run.code)
    with pytest.raises(WrongSheet):
        answer_survey(secret, {"S1": 6}, None)
    answer(secret, LINE)
    assert answers_of(run) == [LINE]


def test_the_code_gives_one_token_to_each_device_up_to_the_size_of_the_class(
    group: Measured,
) -> None:
    run = group.open()
    handed = {hand_out(run.code) for _device in range(10)}
    assert len(handed) == 10
    with pytest.raises(RuleBroken, match="none_left"):
        hand_out(run.code)


def test_a_token_has_128_random_bits_behind_the_mark_that_keeps_it_out_of_logs() -> None:
    made = {new_token_secret() for _token in range(10_000)}
    assert len(made) == 10_000
    assert {len(base64.urlsafe_b64decode(secret.removeprefix(MARK) + "==")) for secret in made} == {
        16
    }
    assert all(SECRET.sub("", f"/k/{secret}/") == "/k//" for secret in made)


def test_the_code_works_only_while_the_run_is_open(group: Measured) -> None:
    run = group.open()
    close_run(group.teacher, run, now=NOW)
    for code in (run.code, "", "abc"):
        with pytest.raises(RuleBroken, match="unknown"):
            hand_out(code)


def test_codes_on_paper_are_for_who_has_not_answered_and_replace_all_others(
    group: Measured,
) -> None:
    run = group.open()
    answer(hand_out(run.code), LINE)
    lost, old_code = hand_out(run.code), run.code
    sheet = renew_codes(group.teacher, run, on_paper=True, now=NOW)
    run.refresh_from_db()
    assert run.code != old_code
    assert len(set(sheet)) == 9
    with pytest.raises(RuleBroken, match="used"):
        answer(lost, LINE)
    with pytest.raises(RuleBroken, match="none_left"):
        hand_out(run.code)
    for secret in sheet:
        answer(secret, LINE)
    assert answers_of(run) == [LINE] * 10


def test_from_paper_back_to_the_code(group: Measured) -> None:
    run = group.open()
    renew_codes(group.teacher, run, on_paper=True, now=NOW)
    renew_codes(group.teacher, run, on_paper=False, now=NOW)
    run.refresh_from_db()
    answer(hand_out(run.code), LINE)
    assert answers_of(run) == [LINE]


def test_codes_are_not_printed_by_a_stranger_nor_for_a_closed_run(group: Measured) -> None:
    run = group.open()
    stranger = make_person(Role.TEACHER, group.school, first_name="Joost")
    with pytest.raises(RuleBroken, match="not_allowed"):
        renew_codes(stranger, run, on_paper=True, now=NOW)
    close_run(group.teacher, run, now=NOW + timedelta(hours=1))
    with pytest.raises(RuleBroken, match="not_open"):
        renew_codes(group.teacher, run, on_paper=True, now=NOW)


def test_a_full_box_takes_nothing_more(group: Measured) -> None:
    run = group.open()
    for _pupil in range(10):
        answer(hand_out(run.code), LINE)
    # No service makes this token; also a slip in the table lets nobody answer beside the class.
    from interventions.services.survey_tokens import make_tokens

    (extra,) = make_tokens(run, 1)
    with pytest.raises(RuleBroken, match="used"):
        answer(extra, LINE)
    assert len(answers_of(run)) == 10


def at_once(act: object, over: list[str]) -> list[object]:
    """Call `act` for each of these in a thread of its own; what it raises is its answer."""

    def run(value: str) -> object:
        try:
            return act(value)  # type: ignore[operator]
        except RuleBroken as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(over)) as pool:
        return list(pool.map(run, over))


@pytest.mark.django_db(transaction=True)
def test_thirty_answer_at_the_same_time() -> None:
    run = make_measured(pupils=30).open()
    handed = at_once(lambda _device: hand_out(run.code), [""] * 30)
    assert len(set(handed)) == 30
    wanted = [f"{'5' * 18}/{number % 11}" for number in range(30)]
    by_secret = dict(zip(handed, wanted, strict=True))
    done = at_once(lambda secret: answer(secret, by_secret[secret]), handed)  # type: ignore[arg-type]
    assert [found for found in done if isinstance(found, RuleBroken)] == []
    assert answers_of(run) == sorted(wanted)


@pytest.mark.django_db(transaction=True)
def test_one_token_sent_ten_times_at_once_counts_once() -> None:
    run = make_measured(pupils=10).open()
    secret = hand_out(run.code)
    done = at_once(lambda _again: answer(secret, LINE), [""] * 10)
    assert sum(isinstance(found, RuleBroken) for found in done) == 9
    assert answers_of(run) == [LINE]


@pytest.mark.django_db(transaction=True)
def test_who_answers_while_it_closes_is_in_or_is_told() -> None:
    group = make_measured(pupils=12)
    run = group.open()
    secrets = [hand_out(run.code) for _device in range(12)]

    def act(value: str) -> object:
        if value == "close":
            return close_run(group.teacher, run, now=NOW)
        return answer(value, LINE)

    done = at_once(act, [*secrets[:6], "close", *secrets[6:]])
    inside = sum(isinstance(found, Run) for found in done)
    assert len(answers_of(run)) == inside
    assert sum(isinstance(found, RuleBroken) for found in done) == 12 - inside
    assert not SurveyToken.objects.exists()
