from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    name = "interventions"

    def ready(self) -> None:
        from cases.services.sharing import register_task
        from interventions.deadlines import PhaseSource
        from interventions.queries.tasks import has_open_task
        from pestzorg.reminders import sources

        sources.register(PhaseSource())
        register_task(has_open_task)
