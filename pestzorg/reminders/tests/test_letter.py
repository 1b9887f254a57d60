from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pestzorg.outbox.builders import Content
from pestzorg.reminders.letter import Item, compose
from pestzorg.reminders.models import Kind
from pestzorg.reminders.sources import Wanted
from pestzorg.reminders.tests.fakes import DAY, FRIDAY, MORNING
from pestzorg.reminders.texts import TEXTS

TODAY = MORNING.date()
WANTED = Wanted((1,), "PZ-7K3M-Q2", "/a/1", MORNING, urgent=False, school="De Eik")


def letter(*items: Item, language: str = "en") -> Content:
    return compose(list(items), language, TODAY)


def words(content: Content) -> set[str]:
    return set(re.findall(r"[\w/:.&;#-]+", f"{content.subject} {content.text} {content.html}"))


def test_a_single_reminder_says_in_its_subject_what_it_is():
    content = letter(Item(Kind.UPCOMING, FRIDAY, WANTED))
    assert content.subject == "Reminder: an agreement is due on Friday 14 November"


def test_several_reminders_have_a_subject_with_the_day():
    second = replace(WANTED, path="/a/2")
    content = letter(Item(Kind.UPCOMING, FRIDAY, WANTED), Item(Kind.OVERDUE, FRIDAY, second))
    assert content.subject == "Reminders for Wednesday 12 November"


def test_dates_are_written_in_the_language_of_the_recipient():
    content = letter(Item(Kind.UPCOMING, FRIDAY, WANTED), language="nl")
    assert "vrijdag 14 november 2025" in content.text
    assert 'lang="nl"' in content.html


@pytest.mark.parametrize("part", ["text", "html"])
def test_both_bodies_hold_school_code_date_and_link(part, settings):
    settings.BASE_URL = "https://pestzorg.example"
    body = getattr(letter(Item(Kind.UPCOMING, FRIDAY, WANTED)), part)
    for word in ("De Eik", "PZ-7K3M-Q2", "Friday 14 November 2025", "https://pestzorg.example/a/1"):
        assert word in body


def test_a_mail_fetches_nothing_and_carries_no_style_or_script():
    html = letter(Item(Kind.UPCOMING, FRIDAY, WANTED)).html
    assert not re.search(r"<(img|script|style|link|form)|style=|\son\w+=", html)


def test_a_school_name_is_escaped_in_html_and_plain_in_text():
    content = letter(Item(Kind.UPCOMING, FRIDAY, replace(WANTED, school="'t <b>Nest</b>")))
    assert "'t <b>Nest</b>" in content.text
    assert "<b>Nest" not in content.html


def test_a_subject_is_one_line():
    assert "\n" not in letter(Item(Kind.UPCOMING, FRIDAY, WANTED)).subject


def test_items_are_grouped_by_school_and_sorted_by_date():
    other = replace(WANTED, school="De Beuk", path="/a/3")
    content = letter(
        Item(Kind.UPCOMING, FRIDAY + DAY, replace(WANTED, path="/a/2")),
        Item(Kind.UPCOMING, FRIDAY, other),
        Item(Kind.UPCOMING, FRIDAY, WANTED),
    )
    assert [content.text.count(school) for school in ("De Eik", "De Beuk")] == [1, 1]
    assert content.text.index("/a/3") < content.text.index("/a/1") < content.text.index("/a/2")


def test_only_the_most_pressing_reminder_of_one_thing_is_said():
    content = letter(Item(Kind.OVERDUE, FRIDAY, WANTED), Item(Kind.UPCOMING, FRIDAY, WANTED))
    assert content.subject == "Reminder: an agreement was due on Friday 14 November"
    assert content.text.count("PZ-7K3M-Q2") == 1


@pytest.mark.parametrize("kind", sorted(TEXTS))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_only_words_that_come_from_a_case_are_school_code_date_and_link(
    kind, language, settings
):
    settings.BASE_URL = "https://pestzorg.example"
    canary = Wanted(
        (4711,), "Codecanary", "/pathcanary", MORNING, urgent=True, school="Schoolcanary"
    )
    plain = words(letter(Item(kind, FRIDAY, WANTED), language=language))
    marked = words(letter(Item(kind, FRIDAY, canary), language=language))
    assert marked - plain == {"Codecanary", "Schoolcanary", "https://pestzorg.example/pathcanary"}


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_every_sentence_holds_the_date(kind):
    text = TEXTS[kind]
    assert "%(date)s" in str(text.subject)
    assert "%(date)s" in str(text.line)
