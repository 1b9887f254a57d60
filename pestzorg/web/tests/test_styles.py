"""The look: vendor file untouched, own CSS small, colours readable, nothing inline, every template compiles."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from pestzorg.web.templatetags.pestzorg_ui import icon

BASE = Path(settings.BASE_DIR)
CSS = BASE / "pestzorg/static/css"
ROOMS = [BASE / name for name in ("pestzorg", "schools", "cases", "interventions")]
CODE = [path for room in ROOMS for path in room.rglob("*.py") if "tests" not in path.parts]
TEMPLATE_ROOTS = [BASE / "templates", *(root for room in ROOMS for root in room.rglob("templates"))]
TEMPLATES = [
    (path, root)
    for root in TEMPLATE_ROOTS
    for path in sorted(root.rglob("*"))
    if path.suffix in {".html", ".txt"}
]

# The integrity value that the Bootstrap project publishes for 5.3.8.
BOOTSTRAP_SHA384 = "sRIl4kxILFvY47J16cr9ZwB07vP4J8+LH7qKQnuqkuIAvNWLzeN8tE5YBujZqJLB"

# (text or mark, what it stands on, least contrast): WCAG 2.2, 1.4.3 and 1.4.11
PAIRS = [
    ("ink", "paper", 4.5),
    ("ink", "surface", 4.5),
    ("ink", "surface-2", 4.5),
    ("ink-2", "surface", 4.5),
    ("ink-3", "surface-2", 4.5),
    ("ink-3", "paper", 4.5),
    ("action", "paper", 4.5),
    ("action", "surface", 4.5),
    ("on-action", "action", 4.5),
    ("on-action", "action-hover", 4.5),
    ("on-action-tint", "action-tint", 4.5),
    ("action", "action-tint", 4.5),
    ("on-hero", "hero", 4.5),
    ("on-honey", "honey-tint", 4.5),
    ("on-clay", "clay-tint", 4.5),
    ("on-moss", "moss-tint", 4.5),
    ("on-plum", "plum-tint", 4.5),
    ("on-sky", "sky-tint", 4.5),
    ("on-alert", "alert-tint", 4.5),
    ("on-alert", "paper", 4.5),
    ("surface", "alert", 4.5),
    ("surface", "on-alert", 4.5),
    ("line-strong", "surface", 3),
    ("focus", "paper", 3),
    ("moss", "surface", 3),
    ("alert", "surface", 3),
]


def tokens(*names: str) -> dict[str, str]:
    text = "".join((CSS / name).read_text() for name in names)
    return dict(re.findall(r"--pz-([\w-]+): (#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("theme", "pair"), list(product([("tokens.css",), ("tokens.css", "dark.css")], PAIRS))
)
def test_colours_are_readable(theme, pair):
    palette, (front, back, least) = tokens(*theme), pair
    assert contrast(palette[front], palette[back]) >= least


def test_dark_sets_every_colour_but_the_mark():
    assert tokens("tokens.css").keys() - tokens("dark.css").keys() == {"mark"}


def test_own_css_stays_small():
    assert sum(len(path.read_text().splitlines()) for path in CSS.glob("*.css")) <= 600


def test_every_own_stylesheet_is_loaded():
    linked = (CSS / "site.css").read_text() + get_template("base.html").template.source
    assert [path.name for path in CSS.glob("*.css") if path.name not in linked] == []


def test_every_token_in_use_is_defined():
    text = "".join(path.read_text() for path in CSS.glob("*.css"))
    assert set(re.findall(r"var\((--pz-[\w-]+)", text)) <= set(re.findall(r"(--pz-[\w-]+):", text))


def test_every_own_class_in_a_template_has_a_style():
    styled = "".join(path.read_text() for path in CSS.glob("*.css"))
    pages = "".join(path.read_text() for path, _root in TEMPLATES)
    used = {
        name
        for names in re.findall(r'class="([^"]*)"', pages)
        for name in re.findall(r"pz-[\w-]+", names)
    }
    assert sorted(name for name in used if not re.search(rf"\.{name}\b", styled)) == []


def test_bootstrap_is_the_published_file():
    digest = hashlib.sha384((files("bootstrap") / "css/bootstrap.min.css").read_bytes()).digest()
    assert base64.b64encode(digest).decode() == BOOTSTRAP_SHA384


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize(("path", "root"), TEMPLATES, ids=lambda path: path.name)
def test_template_compiles(path, root):
    assert get_template(str(path.relative_to(root)))


def markup(path: Path) -> str:
    return re.sub(r"\{[%{#].*?[%}#]\}", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize(
    "inline",
    [
        r"\sstyle\s*=",
        r"\son[a-z]+\s*=",
        r"hx-on",
        r"<script(?![^>]*\ssrc=)",
        r"<style",
        r"javascript:",
    ],
)
def test_nothing_is_inline(inline):
    pages = [path for path, _root in TEMPLATES if path.suffix == ".html"]
    sources = {path: path.read_text() if "script" in inline else markup(path) for path in pages}
    assert [path.name for path, text in sources.items() if re.search(inline, text)] == []


def test_no_template_marks_text_as_safe():
    marks = re.compile(r"\|\s*safe(seq)?\b|autoescape off")
    pages = [path for path, _root in TEMPLATES if path.suffix == ".html"]
    assert [path.name for path in pages if marks.search(path.read_text())] == []


def test_only_the_template_tags_mark_text_as_safe():
    marking = [path.name for path in CODE if re.search(r"mark_safe|SafeString\(", path.read_text())]
    assert marking == ["pestzorg_ui.py"]


def test_a_fragment_never_extends_a_page():
    fragments = [path for path, _root in TEMPLATES if path.name.startswith("_")]
    assert [path.name for path in fragments if "{% extends" in path.read_text()] == []


def test_every_icon_in_a_template_exists():
    sources = "".join(path.read_text() for path, _root in TEMPLATES)
    for name in set(re.findall(r'\{% icon "([^"]+)"', sources)):
        assert "<svg" in icon(name)


def test_the_500_page_needs_no_context():
    with translation.override("en"):
        assert "Something went wrong" in get_template("500.html").render()
