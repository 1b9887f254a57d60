"""Mail that does not arrive, and how mail looks, for whoever looks after it."""

from django.urls import path

from schools.web import examples, mail_events, stuck_mail

app_name = "mail"
urlpatterns = [
    path("", stuck_mail.stuck, name="stuck"),
    path("events/", mail_events.events, name="events"),
    path("addresses/<uuid:user_uuid>/", stuck_mail.revive, name="revive"),
    path("examples/", examples.examples, name="examples"),
    path("examples/<slug:kind>/<slug:key>/<slug:language>/", examples.example, name="example"),
    path(
        "examples/<slug:kind>/<slug:key>/<slug:language>/html/",
        examples.as_html,
        name="example-html",
    ),
    path("<uuid:mail_uuid>/retry/", stuck_mail.retry, name="retry"),
    path("<uuid:mail_uuid>/give-up/", stuck_mail.give_up, name="give-up"),
]
