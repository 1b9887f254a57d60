from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import checks  # noqa: F401 - registers what it checks
        from cases.deadlines import register_sources
        from cases.notices import register_notices
        from cases.queries.closing.own_criteria import register_criteria
        from cases.services.handing_over import hand_over_at
        from cases.services.returning import end_old_grants_at
        from schools.services.departures import register

        register_sources()
        register_notices()
        register_criteria()
        register(departure=hand_over_at, return_=end_old_grants_at)
