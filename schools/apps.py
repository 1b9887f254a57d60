from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"

    def ready(self) -> None:
        from pestzorg.outbox import addresses
        from schools.queries.people import address_of

        addresses.register(address_of)
