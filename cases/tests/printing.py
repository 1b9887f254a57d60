"""The report of a conversation as people read it: the words of its page, and those of its PDF."""

from __future__ import annotations

import html
import re
from io import BytesIO

from django.test import Client
from pypdf import PdfReader

from cases.tests.scene import Scene
from schools.models import User

AUDIENCES = ["pupil", "parents", "file"]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(scene: Scene, audience: str) -> str:
    return f"/cases/{scene.case.uuid}/conversation/report/{audience}/"


def preview(scene: Scene, audience: str) -> str:
    """The words of the paper as the page shows them."""
    page = signed_in(scene.coordinator).get(address(scene, audience)).content.decode()
    return one_line(html.unescape(re.sub(r"<[^>]+>", " ", article_of(page))))


def article_of(page: str) -> str:
    return page.split('<article class="pz-doc"')[1].split("</article>")[0]


def paper(scene: Scene, audience: str) -> str:
    answer = signed_in(scene.coordinator).post(address(scene, audience))
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    return one_line(" ".join(page.extract_text() for page in pages))


def one_line(text: str) -> str:
    return " ".join(text.split())
