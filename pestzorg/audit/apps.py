from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "pestzorg.audit"
    label = "audit"
