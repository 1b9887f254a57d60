from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"

    def ready(self) -> None:
        from pestzorg.outbox import addresses
        from pestzorg.reminders import rhythm
        from schools.queries.people import address_of
        from schools.queries.reminder_mail import digest_from

        addresses.register(address_of)
        rhythm.register(digest_from)
