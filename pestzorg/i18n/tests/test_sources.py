"""What the extractor finds in templates and in Python."""

import pytest

from pestzorg.i18n.sources import Text, source_files, texts_of_file

TEMPLATE = """
{% load i18n %}
<h1>{% translate "Today" %}</h1>
      {% if late %}
  <p title="{% translate 'May' context "month" %}">
      {% blocktranslate count counter=days trimmed %}
        {{ counter }} day
      {% plural %}
        {{ counter }} days
      {% endblocktranslate %}
   </p>{% endif %}
{{ _("Open") }} {% include "x.html" with title=_("It's new") %}
"""
PYTHON = '''
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
TITLE = _("A long text "
          "in two parts")
def count(n):
    """Documentation with _("no text")."""
    return ngettext("%(n)d case", "%(n)d cases", n) + pgettext_lazy("verb", "close")
'''


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "templates" / "page.html"
    path.parent.mkdir()
    path.write_text(TEMPLATE)
    return path


def test_template_texts_are_found_with_plural_and_context(template):
    assert set(texts_of_file(template)) == {
        Text("Today"),
        Text("May", context="month"),
        Text("%(counter)s day", "%(counter)s days"),
        Text("Open"),
        Text("It's new"),
    }


def test_python_texts_are_found_with_plural_and_context(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(PYTHON)
    assert set(texts_of_file(path)) == {
        Text("A long text in two parts"),
        Text("%(n)d case", "%(n)d cases"),
        Text("close", context="verb"),
    }


def test_tests_and_migrations_are_not_read(tmp_path):
    for name in (
        "cases/tests/test_a.py",
        "cases/migrations/0001.py",
        "cases/notes.txt",
        "cases/a.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('_("x")')
    assert [path.name for path in source_files(tmp_path)] == ["a.py"]
