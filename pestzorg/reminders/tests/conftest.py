from __future__ import annotations

import pytest

from pestzorg.outbox import addresses
from pestzorg.outbox.tests.fakes import Book, MoodyBackend
from pestzorg.reminders import sources
from pestzorg.reminders.tests.fakes import FakeSource


@pytest.fixture
def book(monkeypatch) -> Book:
    fake = Book()
    monkeypatch.setattr(addresses, "book", [fake])
    return fake


@pytest.fixture
def source(monkeypatch, book) -> FakeSource:
    fake = FakeSource()
    monkeypatch.setitem(sources.registry, "test", fake)
    return fake


@pytest.fixture
def server(settings, monkeypatch) -> type[MoodyBackend]:
    settings.EMAIL_BACKEND = "pestzorg.outbox.tests.fakes.MoodyBackend"
    monkeypatch.setattr(MoodyBackend, "at_door", None)
    return MoodyBackend
