"""Start pages, the neutral page, signs of life, and the mails of the demo."""

from django.urls import path

from pestzorg.home import demo_mails, health, hidden, landing, metrics, overview, source, today

app_name = "home"
urlpatterns = [
    path("", today.today, name="today"),
    path("start/", landing.landing, name="landing"),
    path("overview/", overview.overview, name="overview"),
    path("clock/", hidden.hidden, name="hidden"),
    path("clock/back/", hidden.back, name="back"),
    path("source/", source.source, name="source"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("demo/mails/", demo_mails.mails, name="demo-mails"),
    path("demo/mails/<slug:name>/", demo_mails.mail, name="demo-mail"),
]
