"""URLs of the ten-step conversation: the latest of a case, or one that is named."""

from django.urls import URLPattern, path

from cases.web import (
    conversation,
    conversation_report,
    leads,
    offers,
    sittings,
    starting,
    step_versions,
    steps,
    stopping,
)
from pestzorg.web.pages import Page

LATEST = "cases/<uuid:case_uuid>/conversation/"
NAMED = "cases/<uuid:case_uuid>/conversations/<uuid:conversation_uuid>/"

PAGES: list[tuple[str, Page, str]] = [
    ("", conversation.overview, "overview"),
    ("begin/", conversation.begin, "begin"),
    ("end/", stopping.end, "end"),
    ("pause/", stopping.pause, "pause"),
    ("lead/", leads.lead, "lead"),
    ("language/", conversation.language, "language"),
    ("discontinue/", starting.discontinue, "discontinue"),
    ("complete/", conversation.complete, "complete"),
    ("report/<slug:audience>/", conversation_report.report, "report"),
    ("sittings/<int:number>/", sittings.correct, "sitting"),
    ("<int:number>/", steps.step, "step"),
    ("<int:number>/versions/", step_versions.versions, "versions"),
    ("<int:number>/offers/", offers.live, "offers"),
]


def _at(place: str) -> list[URLPattern]:
    return [path(place + tail, page, name=name) for tail, page, name in PAGES]


app_name = "conversation"
urlpatterns = [
    path("cases/<uuid:case_uuid>/conversations/new/", starting.new, name="new"),
    *_at(LATEST),
    *_at(NAMED),
]
