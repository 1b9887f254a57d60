"""`manage.py talk_language uk`: what a further language does not say to pupils yet, as lines to fill in."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from cases.protocol import CURRENT_EDITION
from cases.protocol.talk import talk_of
from cases.protocol.voices import JUNIOR, keys_of, languages_of


class Command(BaseCommand):
    """Prints TOML; each line has the Dutch and the English above it."""

    help = "List the sentences for pupils that a language does not have yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("language", help="code of the language, such as uk")

    def handle(self, *args: Any, language: str, **options: Any) -> None:
        """Nothing is written to a file: a translator does that."""
        _name, have = languages_of(CURRENT_EDITION).get(language, ("", {}))
        for line in _missing(have):
            self.stdout.write(line)


def _missing(have: Any) -> Iterator[str]:
    for key, spoken in keys_of(talk_of(CURRENT_EDITION)).items():
        texts = [(key, spoken.usual)]
        if spoken.junior != spoken.usual:
            texts.append((key + JUNIOR, spoken.junior))
        for name, text in texts:
            if name not in have:
                yield f'# {text.nl} / {text.en}\n"{name}" = ""'
