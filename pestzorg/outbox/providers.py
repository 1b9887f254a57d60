"""Mail services that tell what became of a mail: how a mail carries its id to them, and how their words are read.

anymail reads the words; which bounces are passing it does not tell apart, so that is looked up in what they sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailConfigurationError
from anymail.signals import EventType, RejectReason
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.http import HttpRequest

from pestzorg.outbox.bounces import News
from pestzorg.outbox.models import Mail, What

READERS: dict[str, Any] = {
    "brevo": BrevoTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
}
# service -> the header that comes back with its news
HEADERS: dict[str, Callable[[UUID], tuple[str, str]]] = {
    "brevo": lambda uuid: ("X-Mailin-custom", json.dumps({"mail": str(uuid)})),
    "mailjet": lambda uuid: ("X-MJ-EventPayload", json.dumps({"mail": str(uuid)})),
    "postmark": lambda uuid: ("X-PM-Metadata-mail", str(uuid)),
}
PASSING: dict[str, Callable[[Any], bool]] = {
    "brevo": lambda told: told.get("event") == "soft_bounce",
    "mailjet": lambda told: not told.get("hard_bounce", False),
    "postmark": lambda told: told.get("Type") == "SoftBounce",
}
# Anything else, such as a policy against the sender, says little about one address.
ABOUT_THE_ADDRESS = {RejectReason.INVALID, RejectReason.BOUNCED, RejectReason.UNSUBSCRIBED}


class Unreadable(Exception):
    """Not what this service sends."""


def headers_for(provider: str, mail: Mail) -> dict[str, str]:
    """What a mail carries for its service; nothing without one."""
    return dict([HEADERS[provider](mail.uuid)]) if provider in HEADERS else {}


def read(provider: str, secret: str, request: HttpRequest) -> list[News]:
    """Everything in this request that is news of a mail that did not arrive. Raises Unreadable."""
    reader = READERS[provider](webhook_secret=secret)
    try:
        return list(_news(provider, reader.parse_events(request)))
    except (ValueError, LookupError, TypeError, AttributeError, AnymailConfigurationError):
        raise Unreadable from None


def _news(provider: str, events: list[Any]) -> Iterator[News]:
    for event in events:
        what = _what(provider, event)
        if what is not None and event.recipient:
            yield News(_key(provider, event), what, str(event.recipient), _mail(event.metadata))


def _what(provider: str, event: Any) -> What | None:
    match event.event_type:
        case EventType.COMPLAINED:
            return What.COMPLAINT
        case EventType.BOUNCED if PASSING[provider](event.esp_event):
            return What.SOFT
        case EventType.BOUNCED | EventType.REJECTED:
            is_final = event.reject_reason in ABOUT_THE_ADDRESS
            return What.HARD if is_final else What.SOFT
        case EventType.FAILED:
            return What.SOFT
    return None


def _key(provider: str, event: Any) -> str:
    if event.event_id:
        return f"{provider} {event.event_id}"
    parts = (provider, event.message_id, event.event_type, event.recipient, event.timestamp)
    return " ".join(map(str, parts))


def _mail(metadata: Any) -> UUID | None:
    try:
        return UUID(str(metadata["mail"]))
    except (KeyError, TypeError, ValueError):
        return None
