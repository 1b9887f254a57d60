"""Sends a table as a file for a spreadsheet, in which nothing is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.formats import get_format

# A spreadsheet computes what begins with one of these: OWASP, "CSV Injection". The wide ones count as well.
BEGINS_FORMULA = tuple("=+-@\t\r\n\0;|" + "\uff1d\uff0b\uff0d\uff20\uff5c\uff1b")


def send_table(rows: Iterable[Sequence[str]], *, filename: str) -> HttpResponse:
    """A download of these rows, in UTF-8 and with the separator that spreadsheets of the reader's language expect."""
    response = HttpResponse(table(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def table(rows: Iterable[Sequence[str]]) -> str:
    """The same as text."""
    # Where a comma stands in a number, a semicolon stands between cells.
    separator = ";" if get_format("DECIMAL_SEPARATOR") == "," else ","
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return text.getvalue()


def plain(cell: str) -> str:
    """The text of a cell; what a spreadsheet would compute gets an apostrophe before it, which says that it is text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(BEGINS_FORMULA) else cell
