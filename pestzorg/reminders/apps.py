from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "pestzorg.reminders"
    label = "reminders"

    def ready(self) -> None:
        from pestzorg.outbox import builders
        from pestzorg.reminders.digest import MAIL_KIND, Digest

        builders.register(MAIL_KIND, Digest())
