"""The rows of the list of cases. Written as one text each: as a template they were half of what the page costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cases.queries.case_list import CaseRow
from pestzorg.web.templatetags.pestzorg_ui import day, icon

register = template.Library()

ROW = """
    <li><div class="pz-row-b"><a class="pz-row-t" href="{}{}/">{}</a>
      <div class="pz-row-m">{}<span>{}{}</span></div></div>{}</li>"""
SPAN, SPAN_WITH_SIGN = "<span>{}</span>", "<span>{}{}</span>"


@register.simple_tag
def case_rows(rows: Iterable[CaseRow], now: datetime) -> str:
    """A line per case: its name and who handles it, or for a header its code and state; and since when."""
    address, calendar, onwards = reverse("cases:list"), icon("calendar", 16), icon("chevron-right")
    return format_html_join(
        "",
        ROW,
        (
            (address, row.uuid, row.title, _about(row), calendar, day(row.opened_at, now), onwards)
            for row in rows
        ),
    )


def _about(row: CaseRow) -> str:
    if not row.has_content:
        return format_html(SPAN, row.state)
    code = format_html(SPAN, row.reference)
    return (
        code + format_html(SPAN_WITH_SIGN, icon("user", 16), row.handler) if row.handler else code
    )
