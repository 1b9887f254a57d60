"""S35: a table for a spreadsheet has no cell that is taken for a formula."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import translation

from pestzorg.web.tables import plain, send_table, table

EVIL = [
    "=1+1",
    "+31 6",
    "-2",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "\0x",
    ";=1",
    "|cmd",
    "\uff1d1",
    "  =1",
]


@pytest.mark.parametrize("text", EVIL)
def test_what_would_be_computed_is_text(text: str) -> None:
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "7A", "\N{MINUS SIGN}3,4", "a=b", "De Vaart", "1\N{EN DASH}2 leerlingen"]
)
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(("language", "separator"), [("nl", ";"), ("en", ",")])
def test_the_separator_is_that_of_the_readers_spreadsheet(language: str, separator: str) -> None:
    rows = [["naam; met, alles", 'en "dit"'], ["regel\neinde", "=1"]]
    with translation.override(language):
        text = table(rows)
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    assert read == [rows[0], ["regel\neinde", "'=1"]]


def test_it_is_a_download_in_utf_8() -> None:
    answer = send_table([["één"]], filename="x.csv")
    assert answer.content.decode("utf-8").strip() == "één"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
