"""Context of every page: the menu of this reader, who they are, the look they chose. Decides nothing about a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.defaults import page_not_found

from pestzorg.home.roles import OVERSEERS, STAFF, roles_of_reader
from pestzorg.outbox.heartbeat import is_recent
from schools.web.staff_request import StaffRequest


@dataclass(frozen=True)
class Place:
    """One entry of the menu: where it leads, and which pages make it the current one."""

    key: str
    label: Any
    icon: str
    url_name: str
    pages: tuple[str, ...]
    roles: frozenset[str] | None = None  # None: for everybody


@dataclass(frozen=True)
class Item:
    """A place as one reader sees it on one page."""

    key: str
    label: Any
    icon: str
    href: str
    current: bool


INTERVENTION = ("page", "phase", "group", "measurements", "rules", "facilitator", "stop", "finish")
# An approach stands under its case, or under the classes when it has none.
OF_CASE = tuple(f"interventions:case-{name}" for name in (*INTERVENTION, "new", "check"))
OF_METHODS = ("methods", "method", "adapt")
ALONE = tuple(
    f"interventions:{name}" for name in (*INTERVENTION, *OF_METHODS, "new", "list", "team")
)
OF_CLASS = ("thermometer", "class_rules", *ALONE)

# `pages` names whole namespaces ("cases") or single pages ("home:today").
PLACES = (
    Place("overview", _("Overview"), "layers", "home:overview", ("home:overview",), OVERSEERS),
    Place("today", _("Today"), "sun", "home:today", ("home:today",), STAFF),
    Place(
        "cases", _("Cases"), "folder-open", "cases:list", ("cases", "conversation", *OF_CASE), STAFF
    ),
    Place("classes", _("Classes"), "users", "thermometer:classes", OF_CLASS, STAFF),
    Place("report", _("Report a concern"), "plus", "reports:new", ("reports",), STAFF),
    Place("account", _("My account"), "user", "people:settings", ("people", "schools")),
)
# On the phone a tab has room for one word, and reporting stands in the middle, under the thumb.
SHORT_LABELS = {"report": _("Report"), "account": _("Account")}
TAB_ORDER = ("overview", "cases", "report", "today", "account")
# Five places fit: who has an overview goes to the classes from there.
TAB_ORDER_WITHOUT_OVERVIEW = ("today", "cases", "report", "classes", "account")


class Menu:
    """The menu of one request; asks for roles on first use, with one query."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every place this reader has."""
        if not self.request.user.is_authenticated or getattr(self.request, "without_menu", False):
            return {}
        roles = roles_of_reader(cast(StaffRequest, self.request))
        return {p.key: self._item(p) for p in PLACES if p.roles is None or p.roles & roles}

    @property
    def nav(self) -> list[Item]:
        """The bar on a wide screen; the account stands at its end as a menu of its own."""
        return [item for key, item in self.items.items() if key != "account"]

    @property
    def tabs(self) -> list[Item]:
        """The tabs on a phone."""
        order = TAB_ORDER if "overview" in self.items else TAB_ORDER_WITHOUT_OVERVIEW
        found = [self.items[key] for key in order if key in self.items]
        return [
            Item(i.key, SHORT_LABELS.get(i.key, i.label), i.icon, i.href, i.current) for i in found
        ]

    def _item(self, place: Place) -> Item:
        return Item(
            key=place.key,
            label=place.label,
            icon=place.icon,
            href=reverse(place.url_name),
            current=bool(_names_of(self.request) & set(place.pages)),
        )


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav`, `tabs`, `me`, `demo`, `late_since` and `theme` for templates."""
    menu = Menu(request)
    user = getattr(request, "user", None)
    me = user if user is not None and user.is_authenticated else None
    return {
        "nav": SimpleLazyObject(lambda: menu.nav),
        "tabs": SimpleLazyObject(lambda: menu.tabs),
        "me": me,
        "demo": settings.DEMO,
        "late_since": SimpleLazyObject(lambda: late_since(request)),
        "theme": me.theme if me else "auto",
    }


def late_since(request: Any) -> datetime | None:
    """Since when reminders lag behind, for a reader who is told of it; None while they are well."""
    # A page that failed early may have no session yet.
    session = getattr(request, "session", None)
    well_until: datetime | None = getattr(session, "well_until", None)
    return None if well_until is None or is_recent(well_until, request.now) else well_until


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what is absent or closed. Without a menu, so that it never asks the database anything."""
    request.without_menu = True  # type: ignore[attr-defined]
    return page_not_found(request, exception)


def _names_of(request: HttpRequest) -> set[str]:
    match = request.resolver_match
    return {match.view_name, match.namespace} if match else set()
