from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    """Class-level methods; the class thermometer is the first."""

    name = "interventions"

    def ready(self) -> None:
        from interventions.queries.thermometer_cases import register_criteria

        register_criteria()
