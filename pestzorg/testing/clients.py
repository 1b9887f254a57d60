"""A browser without a screen for tests of pages: somebody who is signed in, and what they read."""

from __future__ import annotations

from typing import Any

from django.test import Client

from schools.models import User


def signed_in(person: User, **kwargs: Any) -> Client:
    """A new session of this person, read anew: what a test learned about them before is forgotten."""
    client = Client(**kwargs)
    client.force_login(User.objects.get(pk=person.pk))
    return client


def text_of(answer: Any) -> str:
    """The page as it was sent."""
    return str(answer.content.decode())
