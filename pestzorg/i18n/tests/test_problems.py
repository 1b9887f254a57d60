"""What makes a catalogue refused."""

import pytest
from babel.messages import Catalog

from pestzorg.i18n.problems import complaints
from pestzorg.i18n.sources import Text

DAYS = Text("%(n)d day", "%(n)d days")


def catalogue_with(*entries, **options):
    catalogue = Catalog(locale="nl")
    for text, translation in entries:
        ids = (text.singular, text.plural) if text.plural else text.singular
        catalogue.add(ids, translation, context=text.context or None, **options)
    return catalogue


def kinds(catalogue, *wanted, complete=True):
    return [complaint.kind for complaint in complaints(catalogue, set(wanted), complete=complete)]


def test_complete_catalogue_passes():
    catalogue = catalogue_with(
        (Text("Open"), "Open"),
        (Text("Open", context="verb"), "Openen"),
        (DAYS, ("een dag", "%(n)d dagen")),
    )
    assert kinds(catalogue, Text("Open"), Text("Open", context="verb"), DAYS) == []


def test_missing_empty_and_obsolete_texts_are_named():
    catalogue = catalogue_with((Text("Empty"), ""), (Text("Gone"), "Weg"))
    assert kinds(catalogue, Text("Empty"), Text("New")) == ["empty", "missing", "obsolete"]


def test_half_a_plural_is_empty():
    assert kinds(catalogue_with((DAYS, ("een dag", ""))), DAYS) == ["empty"]


def test_fuzzy_translation_does_not_count():
    assert kinds(catalogue_with((Text("Open"), "Dicht"), flags={"fuzzy"}), Text("Open")) == [
        "fuzzy"
    ]


def test_regional_catalogue_may_miss_texts_but_not_hold_old_ones():
    catalogue = catalogue_with((Text("Gone"), "Weg"))
    assert kinds(catalogue, Text("New"), complete=False) == ["obsolete"]


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("Hello %(name)s", "Hallo %(naam)s"),
        ("Hello %s", "Hallo"),
        ("Hello {name}", "Hallo {naam}"),
        ("%(a)s and %(a)s", "%(a)s"),
    ],
)
def test_placeholders_must_be_the_same(english, dutch):
    catalogue = catalogue_with((Text(english), dutch))
    assert kinds(catalogue, Text(english)) == ["placeholders differ"]


def test_a_percentage_is_not_a_placeholder():
    assert kinds(catalogue_with((Text("50% sure"), "50 % zeker")), Text("50% sure")) == []


def test_plural_form_may_not_use_a_number_the_code_does_not_give():
    catalogue = catalogue_with((DAYS, ("%(count)d dag", "%(n)d dagen")))
    assert kinds(catalogue, DAYS) == ["placeholders differ"]
