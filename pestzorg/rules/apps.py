from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "pestzorg.rules"
    label = "rules"

    def ready(self) -> None:
        from pestzorg.rules import checks  # noqa: F401 - registers the system check
