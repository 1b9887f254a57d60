"""A sixth method, and a folder to put methods in: adding one touches data and texts only."""

from __future__ import annotations

import shutil
from pathlib import Path

from interventions.protocol import loader

SIXTH = """
key = "listening_hour"
version = "2026-1"
family = "climate"
label = { nl = "Luisteruur", en = "Listening hour" }
purpose = { nl = "Luisteren naar de klas.", en = "Listen to the class." }
stop_when = { nl = "Bij gevaar.", en = "With danger." }
avoid = [{ nl = "pesten", en = "bullying" }]

[[guidance]]
kind = "do"
nl = "Luister."
en = "Listen."
[[guidance]]
kind = "dont"
nl = "Vul niet in voor een ander."
en = "Do not fill in for somebody else."

[[variants]]
key = "usual"
label = { nl = "Gewoon", en = "Usual" }
purpose = { nl = "Zoals altijd.", en = "As always." }
without_case = true

[[phases]]
key = "listen"
label = { nl = "Luisteren", en = "Listen" }
purpose = { nl = "Horen wat er speelt.", en = "Hear what is going on." }
who = { nl = "De klas", en = "The class" }
people = "class"
say = [{ nl = "Vertel maar.", en = "Go ahead and tell." }]
[[phases.fields]]
key = "heard"
kind = "text"
label = { nl = "Wat hoorde je?", en = "What did you hear?" }
required = true

[[phases]]
key = "promise"
label = { nl = "Voornemens", en = "Resolutions" }
purpose = { nl = "Wat gaan we doen?", en = "What will we do?" }
who = { nl = "De klas", en = "The class" }
people = "class"
same_meeting = true
[phases.proposals]
label = { nl = "Voornemens van de klas", en = "Resolutions of the class" }
least = 1

[[phases]]
key = "look_back"
label = { nl = "Terugkijken", en = "Look back" }
purpose = { nl = "Is het gelukt?", en = "Did it work?" }
who = { nl = "De klas", en = "The class" }
people = "class"
gap = { unit = "school_days", least = 5, most = 10 }
[[phases.fields]]
key = "worked"
kind = "bool"
label = { nl = "Is het gelukt?", en = "Did it work?" }
required = true

[[finish]]
key = "result"
kind = "text"
label = { nl = "Wat leverde het op?", en = "What did it bring?" }
required = true
"""


def folder_with(tmp_path: Path, text: str = SIXTH, key: str = "listening_hour") -> Path:
    """A copy of all methods with one more."""
    copied = tmp_path / "methods"
    shutil.copytree(loader.EDITIONS, copied)
    file = copied / key / "2026-1.toml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return copied


def with_newer(folder: Path, key: str, changed: dict[str, str]) -> Path:
    """The folder with another edition of a method, in which these words were replaced."""
    text = (folder / key / "2026-1.toml").read_text(encoding="utf-8")
    for old, new in {'version = "2026-1"': 'version = "2026-2"', **changed}.items():
        assert old in text
        text = text.replace(old, new)
    (folder / key / "2026-2.toml").write_text(text, encoding="utf-8")
    return folder
