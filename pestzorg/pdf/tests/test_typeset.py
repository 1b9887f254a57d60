"""Papers: tagged, in the right language, data never read as markup, and a compiler that is kept on a short lead."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from pestzorg.pdf import typeset as room
from pestzorg.pdf.typeset import NotTypeset, digest_of, typeset

SHARED = {
    "title": "T",
    "language": "nl",
    "school": "De Vaart",
    "foot": "F",
    "page_word": "Bladzijde",
}
TEMPLATE = '#import "paper.typ": data, paper\n#show: paper\n= #data.heading\n#data.text\n'


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "paper.typ").write_text((room.folder() / "paper.typ").read_text())
    (tmp_path / "a.typ").write_text(TEMPLATE)
    monkeypatch.setattr(room, "folder", lambda: tmp_path)
    return tmp_path


def paper(text: str, **more: Any) -> PdfReader:
    data = {**SHARED, "heading": "H", "text": text, **more}
    return PdfReader(BytesIO(typeset("a.typ", data)))


def test_a_paper_is_tagged_and_says_its_language_and_title(templates) -> None:
    read = paper("Goedemorgen")
    root: Any = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nl"
    assert root["/StructTreeRoot"]
    assert read.metadata.title == "T"
    assert "Goedemorgen" in read.pages[0].extract_text()
    assert (
        "pdfuaid:part" in read.xmp_metadata.stream.get_data().decode()
        if read.xmp_metadata
        else True
    )


def test_a_paper_declares_that_it_is_accessible(templates) -> None:
    assert b"pdfuaid:part" in typeset("a.typ", {**SHARED, "heading": "H", "text": "x"})


def test_the_digest_of_the_data_stands_on_every_page(templates) -> None:
    data = {**SHARED, "heading": "H", "text": "woord " * 2000}
    read = PdfReader(BytesIO(typeset("a.typ", data)))
    assert len(read.pages) > 2
    for page in read.pages:
        assert digest_of(data) in page.extract_text()


def test_what_people_write_is_never_read_as_markup(templates) -> None:
    said = '#read("/etc/passwd") *vet* $x$ <label> \\ #panic()'
    assert said in " ".join(paper(said).pages[0].extract_text().split())


def test_signs_of_all_our_languages_are_drawn(templates) -> None:
    said = "Zoë “Çağla” žluťoučký"
    assert said in paper(said).pages[0].extract_text()


@pytest.mark.parametrize(
    "line",
    [
        '#read("/etc/passwd")',
        '#read("../secret")',
        '#import "@preview/cetz:0.2.2": *',
        "#sys.inputs.SECRET_KEY",
    ],
)
def test_a_template_reaches_no_other_file_no_package_and_no_setting(
    line, templates, monkeypatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    (templates.parent / "secret").write_text("x")
    (templates / "a.typ").write_text(TEMPLATE + line)
    with pytest.raises(NotTypeset, match="ended with 1"):
        paper("x")


def test_a_paper_that_takes_too_long_is_given_up(templates, monkeypatch) -> None:
    monkeypatch.setattr(room, "SECONDS", 0.01)
    with pytest.raises(NotTypeset, match="too long"):
        paper("x")


def test_too_much_data_is_refused_before_a_process_starts(templates, monkeypatch) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    with pytest.raises(NotTypeset, match="too much"):
        paper("x" * room.MOST_DATA)


def test_an_error_tells_nothing_of_the_data(templates) -> None:
    (templates / "a.typ").write_text(TEMPLATE + "#data.absent")
    with pytest.raises(NotTypeset) as failed:
        paper("Fenna vertelde iets")
    assert "Fenna" not in str(failed.value)


def test_the_same_data_has_the_same_digest_in_any_order() -> None:
    assert digest_of({"a": 1, "b": "é"}) == digest_of({"b": "é", "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
