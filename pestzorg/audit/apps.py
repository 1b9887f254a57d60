from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "pestzorg.audit"
    label = "audit"

    def ready(self) -> None:
        from pestzorg.audit import checks, letter  # noqa: F401 - the checks register themselves

        letter.register()
