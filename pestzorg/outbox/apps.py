from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "pestzorg.outbox"
    label = "outbox"
