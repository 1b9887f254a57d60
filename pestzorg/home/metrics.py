"""Figures for Prometheus: how many and how long. No label holds a name, an id or a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pestzorg.outbox.models import DeadAddress, Heartbeat, Mail, State
from pestzorg.outbox.queue import oldest_unsent_at
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.web.middleware import TimedRequest
from pestzorg.web.pages import page

GIVEN_AS = "Bearer "


class Figures(Collector):
    """Everything that is counted, read from the database when it is asked for: the same from every process."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """A handful of questions, each answered by an index."""
        yield self._mails()
        yield self._heartbeats()
        unsent_at = oldest_unsent_at(self.now)
        yield GaugeMetricFamily(
            "pestzorg_mail_oldest_unsent_seconds",
            "How long the longest-waiting mail could have been sent already",
            self._age(unsent_at),
        )
        yield GaugeMetricFamily(
            "pestzorg_mail_dead_addresses",
            "Addresses that mail does not reach",
            DeadAddress.objects.count(),
        )
        yield from self._reminders()

    def _mails(self) -> Metric:
        counts = dict(Mail.objects.values_list("state").annotate(Count("id")))
        family = GaugeMetricFamily("pestzorg_mails", "Mails by state", labels=["state"])
        for state in State.values:
            family.add_metric([state], counts.get(state, 0))
        return family

    def _heartbeats(self) -> Metric:
        family = GaugeMetricFamily(
            "pestzorg_heartbeat_age_seconds", "Since a job last came to its end", labels=["job"]
        )
        for name, beat_at in Heartbeat.objects.values_list("name", "beat_at").order_by("name"):
            family.add_metric([name], self._age(beat_at))
        return family

    def _reminders(self) -> Iterator[Metric]:
        to_come = DueMoment.objects.filter(settled_at=None)
        first = to_come.order_by("fires_at").values_list("fires_at", flat=True).first()
        late_since = first if first and first <= self.now else None
        yield GaugeMetricFamily(
            "pestzorg_reminders_planned",
            "Moments that are still to come or to plan",
            to_come.count(),
        )
        yield GaugeMetricFamily(
            "pestzorg_reminders_waiting",
            "Reminders that wait for a mail to go along with",
            Reminder.objects.filter(settled_at=None, mail=None).count(),
        )
        yield GaugeMetricFamily(
            "pestzorg_sweep_lag_seconds",
            "How long the oldest moment that has come waits for the sweep",
            self._age(late_since),
        )

    def _age(self, moment: datetime | None) -> float:
        return 0.0 if moment is None else (self.now - moment).total_seconds()


@page(GET="P23")
@login_not_required
def metrics(request: TimedRequest) -> HttpResponse:
    """The figures, for whoever sends METRICS_TOKEN; without it, and without that setting, there is no such page."""
    given, token = request.headers.get("Authorization", ""), settings.METRICS_TOKEN
    if not token or not constant_time_compare(given, GIVEN_AS + token):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Figures(request.now))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
