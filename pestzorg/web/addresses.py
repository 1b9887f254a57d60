"""Where a request comes from, as far as that can be known. For limits only: it is written down nowhere."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Whoever has one address of IPv6 mostly has all that begin like it: a line at home gets this many.
OWN_LINE = 56


def network_of(request: HttpRequest) -> str:
    """The address of the client, of IPv6 its network; the same for everybody behind the router of a school.

    Of what a client claims itself nothing is believed: only what PROXIES proxies of our own added counts.
    """
    found = _told_by_proxy(request) or request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(_without_port(found))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, OWN_LINE), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _without_port(told: str) -> str:
    # Some proxies tell "192.0.2.1:4711" or "[2001:db8::1]:4711".
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0] if told.count(":") == 1 else told


def _told_by_proxy(request: HttpRequest) -> str:
    told = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    # Each proxy adds at the end what it saw itself; everything before that anybody can write.
    return told[-settings.PROXIES] if 0 < settings.PROXIES <= len(told) else ""
