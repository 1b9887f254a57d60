"""`manage.py messages` on a small project of its own."""

import gettext

import pytest
from django.core.management import CommandError, call_command

from pestzorg.i18n import catalogue

TEXT = '_("Today")\n_("Tomorrow")\nngettext("%(n)d day", "%(n)d days", n)\n'
DUTCH = 'msgid "Today"\nmsgstr "Vandaag"\n\nmsgid "Tomorrow"\nmsgstr "Morgen"\n\n'
PLURAL = (
    'msgid "%(n)d day"\nmsgid_plural "%(n)d days"\nmsgstr[0] "%(n)d dag"\nmsgstr[1] "%(n)d dagen"\n'
)


@pytest.fixture
def project(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.py").write_text(TEXT)
    return tmp_path


@pytest.fixture
def po(project):
    return project / "locale" / "nl" / "LC_MESSAGES" / "django.po"


@pytest.fixture
def translated(project, po):
    (project / "nl.po").write_text(DUTCH + PLURAL)
    call_command("messages", "update")
    call_command("messages", "merge", str(project / "nl.po"))
    return po


def test_new_text_fails_the_check_and_is_named(project, capsys):
    with pytest.raises(CommandError, match="3 complaints"):
        call_command("messages", "check")
    assert "nl: missing: 'Tomorrow'" in capsys.readouterr().out


def test_update_and_merge_make_the_check_pass(translated, capsys):
    call_command("messages", "check")
    assert "3 texts, all translated" in capsys.readouterr().out


def test_update_changes_nothing_twice_and_keeps_no_dates(translated):
    before = translated.read_text()
    call_command("messages", "update")
    assert translated.read_text() == before
    assert "Date" not in before
    assert "#:" not in before


def test_update_removes_what_is_gone(project, translated):
    (project / "cases" / "a.py").write_text('_("Tomorrow")\n')
    call_command("messages", "update")
    assert "Vandaag" not in translated.read_text()
    assert "Morgen" in translated.read_text()


def test_merge_keeps_a_translation_and_says_so(project, translated, capsys):
    (project / "other.po").write_text(
        DUTCH.replace("Morgen", "Overmorgen") + 'msgid "x"\nmsgstr "y"\n'
    )
    call_command("messages", "merge", str(project / "other.po"))
    output = capsys.readouterr().out
    assert "translated differently already: 'Tomorrow'" in output
    assert "not a text of the project: 'x'" in output
    assert "Overmorgen" not in translated.read_text()


def test_regional_catalogue_is_not_filled_with_empty_texts(project, translated):
    flemish = project / "locale" / "nl_BE" / "LC_MESSAGES" / "django.po"
    flemish.parent.mkdir(parents=True)
    flemish.write_text('msgid "Today"\nmsgstr "Heden"\n')
    call_command("messages", "update")
    call_command("messages", "check")
    assert [text.singular for text, _ in catalogue.entries(catalogue.read(flemish))] == ["Today"]


def test_compiled_catalogue_is_read_by_gettext(translated):
    call_command("messages", "compile")
    with translated.with_suffix(".mo").open("rb") as file:
        dutch = gettext.GNUTranslations(file)
    assert dutch.gettext("Tomorrow") == "Morgen"
    assert dutch.ngettext("%(n)d day", "%(n)d days", 2) == "%(n)d dagen"
