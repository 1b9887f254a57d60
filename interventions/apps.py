from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    """Class-level methods; its rooms open with the first method."""

    name = "interventions"
