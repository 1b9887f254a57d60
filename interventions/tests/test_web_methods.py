"""The pages about the methods of a school: who reads and who writes, both texts, a look first, and nothing runs as code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from interventions.models import MethodCopy
from interventions.protocol import current, loader
from interventions.queries.addresses import url_of
from interventions.services.adapting import adapt_method
from interventions.tests.methods import with_newer
from interventions.tests.running import Run, begin_freely, phase
from pestzorg.testing.builders import NOW, make_person, make_school
from pestzorg.testing.clients import signed_in, text_of
from pestzorg.testing.posted import fields_of
from schools.roles import Role

KEY = "no_blame"
EVIL = "<script>alert(1)</script> & <b>vet</b>"


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def address(name: str, run: Run, key: str = KEY) -> str:
    return reverse(f"interventions:{name}", args=[run.scene.school.code, key])


def form_of(client: Client, url: str) -> dict[str, Any]:
    return fields_of(text_of(client.get(url)), "data-autosave")


def test_coordinator_puts_a_method_in_the_words_of_the_school(run: Run) -> None:
    client, url = signed_in(run.actor), address("adapt", run)
    form = form_of(client, url)
    published = current(KEY).purpose.nl
    assert form["purpose"] == [published]
    changed = {"label": "Ons groepje", "phases-meet_again-gap": "6", "action": "save"}
    answer = client.post(url, form | changed | {"do-more": "Eerst koffie.\n\nDan praten."})
    assert answer.status_code == 302, text_of(answer)
    copy = MethodCopy.objects.get()
    assert copy.adaptations == {
        "label": "Ons groepje",
        "do-more": ["Eerst koffie.", "Dan praten."],
        "phases-meet_again-gap": [6, 7],
    }
    page = text_of(client.get(answer.url))
    assert "Ons groepje" in page
    assert current(KEY).label.nl in page
    again = form_of(client, url)
    assert again["label"] == ["Ons groepje"]


def test_looking_first_saves_nothing(run: Run) -> None:
    client, url = signed_in(run.actor), address("adapt", run)
    answer = client.post(url, form_of(client, url) | {"label": "Ons groepje", "action": "look"})
    assert answer.status_code == 200
    assert "Zo wordt het" in text_of(answer)
    assert fields_of(text_of(answer), "data-autosave")["label"] == ["Ons groepje"]
    assert not MethodCopy.objects.exists()


@pytest.mark.parametrize("action", ["look", "save"])
def test_what_is_refused_stands_at_its_field(run: Run, action: str) -> None:
    client, url = signed_in(run.actor), address("adapt", run)
    wrong = {"phases-meet_again-gap": "2", "phases-meet_again-say-0": "Wiens schuld is het?"}
    answer = client.post(url, form_of(client, url) | wrong | {"action": action})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Volgens de aanpak kan hier 5 tot 7." in page
    assert "Deze aanpak vermijdt “schuld”" in page
    assert 'href="#id_phases-meet_again-gap"' in page
    assert not MethodCopy.objects.exists()


def test_field_that_the_method_does_not_open_changes_nothing(run: Run) -> None:
    client, url = signed_in(run.actor), address("adapt", run)
    sent = form_of(client, url) | {"smallest_class": "1", "phases-convene_group-size": "1"}
    client.post(url, sent | {"label": "Ons groepje", "action": "save"})
    copy = MethodCopy.objects.get()
    assert copy.adaptations == {"label": "Ons groepje"}
    assert copy.definition.smallest_class == current(KEY).smallest_class


def test_teachers_read_and_do_not_write(run: Run) -> None:
    client = signed_in(run.scene.teacher)
    assert client.get(reverse("interventions:methods")).status_code == 200
    page = client.get(address("method", run))
    assert page.status_code == 200
    assert address("adapt", run) not in text_of(page)
    for name in ("adapt", "retire"):
        assert client.post(address(name, run)).status_code == 404
    assert client.get(address("adapt", run)).status_code == 404


def test_nobody_reaches_the_methods_of_another_school(run: Run) -> None:
    other = make_school("Het Kompas", "het-kompas")
    client = signed_in(make_person(Role.COORDINATOR, other, first_name="Ob"))
    adapt_method(run.actor, run.scene.school, KEY, {"label": "Ons groepje"}, now=NOW)
    assert "Ons groepje" not in text_of(client.get(reverse("interventions:methods")))
    for name in ("method", "adapt"):
        assert client.get(address(name, run)).status_code == 404
    assert client.post(address("retire", run)).status_code == 404
    principal = signed_in(run.scene.principal)
    assert principal.get(reverse("interventions:methods")).status_code == 404


def test_unknown_method_is_not_found(run: Run) -> None:
    assert signed_in(run.actor).get(address("method", run, "no_such")).status_code == 404


def test_back_to_the_method_as_published(run: Run) -> None:
    adapt_method(run.actor, run.scene.school, KEY, {"label": "Ons groepje"}, now=NOW)
    client = signed_in(run.actor)
    answer = client.post(address("retire", run), follow=True)
    assert "zoals gepubliceerd" in text_of(answer)
    assert MethodCopy.objects.get().status == "retired"
    assert client.post(address("retire", run)).status_code == 302


def test_two_coordinators_do_not_write_over_each_other(run: Run) -> None:
    client, url = signed_in(run.actor), address("adapt", run)
    form = form_of(client, url)
    adapt_method(run.actor, run.scene.school, KEY, {"label": "Van Sami"}, now=NOW)
    both = client.post(url, form | {"label": "Van Bo", "action": "save"})
    assert both.status_code == 409
    beside = client.post(url, form | {"purpose": "Samen beter.", "action": "save"})
    assert beside.status_code == 302, text_of(beside)
    copy = MethodCopy.objects.get(status="active")
    assert copy.adaptations == {"label": "Van Sami", "purpose": "Samen beter."}


def test_no_text_of_a_school_is_ever_code(run: Run) -> None:
    evil = {
        "label": EVIL,
        "purpose": EVIL,
        "do-more": [EVIL],
        "phases-proactive_circle-label": EVIL,
        "phases-proactive_circle-purpose": EVIL,
        "phases-proactive_circle-say-more": [EVIL],
    }
    key = "restorative_circle"
    adapt_method(run.actor, run.scene.school, key, evil, now=NOW)
    made = begin_freely(run, key, "proactive_circle")
    client = signed_in(run.actor)
    record = phase(made, "proactive_circle")
    pages = [
        *(reverse(f"interventions:{name}") for name in ("list", "new", "methods")),
        *(address(name, run, key) for name in ("method", "adapt")),
        *(url_of(made, "page"), url_of(made, "phase", record.uuid), url_of(made, "stop")),
    ]
    for url in pages:
        page = text_of(client.get(url))
        assert "<script>alert" not in page, url
        assert "<b>vet" not in page, url
        assert "&lt;b&gt;vet" in page, url
    look = client.post(
        address("adapt", run), form_of(client, address("adapt", run)) | {"purpose": EVIL, "action": "look"}
    )  # fmt: skip
    assert "<b>vet" not in text_of(look)


def test_page_says_that_the_method_was_renewed(run: Run, sixth: str) -> None:
    adapt_method(run.actor, run.scene.school, sixth, {"label": "Luisterkring"}, now=NOW)
    with_newer(loader.EDITIONS, sixth, {"Horen wat er speelt.": "Horen hoe het gaat."})
    client = signed_in(run.actor)
    for name in ("method", "adapt"):
        page = text_of(client.get(address(name, run, sixth)))
        assert "De aanpak is intussen vernieuwd" in page
        assert "Horen wat er speelt." in page
        assert "Horen hoe het gaat." in page
    assert "intussen vernieuwd" in text_of(client.get(reverse("interventions:methods")))
    url = address("adapt", run, sixth)
    client.post(url, form_of(client, url) | {"action": "save"})
    assert MethodCopy.objects.get(status="active").edition == "2026-2"


def test_intervention_says_whose_words_it_speaks(run: Run) -> None:
    adapt_method(run.actor, run.scene.school, "restorative_circle", {"label": "Kring"}, now=NOW)
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    page = text_of(signed_in(run.scene.teacher).get(url_of(made, "page")))
    assert "in de woorden van de school, versie 1" in page
