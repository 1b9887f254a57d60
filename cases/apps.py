from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases.deadlines import register_sources
        from cases.notices import register_notices
        from cases.services.handing_over import hand_over_at
        from schools.services.departures import register

        register_sources()
        register_notices()
        register(hand_over_at)
