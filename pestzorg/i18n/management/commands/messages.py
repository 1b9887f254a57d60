"""`manage.py messages check|update|compile|merge`: the catalogues, without GNU gettext."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pestzorg.i18n import catalogue
from pestzorg.i18n.problems import complaints
from pestzorg.i18n.sources import texts_of_project

SOURCE_LANGUAGE = "en"  # needs no catalogue: the texts in the code are English


class Command(BaseCommand):
    """One verb per run; `check` changes nothing."""

    help = "Check, update, compile or merge the translations in locale/."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("check", help="exit 1 and a list when a catalogue is not right")
        verbs.add_parser("update", help="add what is new as empty entries, remove what is gone")
        verbs.add_parser("compile", help="write the files that Django reads")
        merge = verbs.add_parser("merge", help="fill empty entries from other .po files")
        merge.add_argument("files", nargs="+", type=Path)
        merge.add_argument("--language", default="nl")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs = {"check": self._check, "update": self._update, "compile": self._compile}
        if options["verb"] == "merge":
            self._merge(options["files"], options["language"])
        else:
            verbs[options["verb"]]()

    def _check(self) -> None:
        wanted, total = texts_of_project(settings.BASE_DIR), 0
        for path in _files():
            complete = not catalogue.is_regional(path)
            for complaint in complaints(catalogue.read(path), wanted, complete=complete):
                self.stdout.write(f"{catalogue.language_of(path)}: {complaint}")
                total += 1
        if total:
            raise CommandError(f"{total} complaints; `manage.py messages update` adds new texts.")
        self.stdout.write(f"{len(wanted)} texts, all translated.")

    def _update(self) -> None:
        texts = texts_of_project(settings.BASE_DIR)
        for path in _files():
            old = catalogue.read(path)
            known = {text for text, _message in catalogue.entries(old)}
            wanted = texts & known if catalogue.is_regional(path) else texts
            catalogue.write(path, catalogue.update(old, sorted(wanted)))

    def _compile(self) -> None:
        for path in _files():
            catalogue.compile_catalogue(path)

    def _merge(self, files: list[Path], language: str) -> None:
        (path,) = [path for path in _files() if catalogue.language_of(path) == language]
        mine = catalogue.read(path)
        for file in files:
            with file.open("rb") as source:
                merged = catalogue.merge(mine, read_po(source, locale=language))
            self.stdout.write(f"{file.name}: {merged.filled} filled")
            self._report("not a text of the project", merged.unknown)
            self._report("translated differently already", merged.different)
        catalogue.write(path, mine)

    def _report(self, what: str, texts: list[str]) -> None:
        for text in texts:
            self.stdout.write(f"  {what}: {text!r}")


def _files() -> list[Path]:
    languages = [code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]
    return catalogue.catalogue_files(settings.BASE_DIR, languages)
