from __future__ import annotations

import pytest

from pestzorg.outbox import addresses, builders
from pestzorg.outbox.tests.fakes import Book, FakeBuilder, MoodyBackend


@pytest.fixture
def book(monkeypatch) -> Book:
    fake = Book()
    monkeypatch.setattr(addresses, "book", [fake])
    return fake


@pytest.fixture
def builder(monkeypatch, book) -> FakeBuilder:
    fake = FakeBuilder()
    monkeypatch.setitem(builders.registry, "test", fake)
    return fake


@pytest.fixture
def server(settings, monkeypatch) -> type[MoodyBackend]:
    settings.EMAIL_BACKEND = "pestzorg.outbox.tests.fakes.MoodyBackend"
    monkeypatch.setattr(MoodyBackend, "at_door", None)
    monkeypatch.setattr(MoodyBackend, "after_mail", None)
    return MoodyBackend
