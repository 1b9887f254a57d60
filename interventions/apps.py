from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    """Methods for a class, and the class thermometer."""

    name = "interventions"

    def ready(self) -> None:
        from cases.deadlines import register_planner
        from cases.queries import extra_cards
        from cases.queries.closing import register
        from cases.queries.open_work import register_work
        from cases.services.sharing import register_task
        from interventions.deadlines import OF_CASE, ClassRuleSource, PhaseSource, RunSource
        from interventions.queries.criterion import INTERVENTION_FINISHED
        from interventions.queries.page import case_card
        from interventions.queries.suitability import check_card
        from interventions.queries.tasks import facilitated_by, has_open_task
        from interventions.queries.thermometer_card import class_card
        from interventions.queries.thermometer_cases import register_criteria
        from pestzorg.reminders import sources

        sources.register(PhaseSource())
        sources.register(RunSource())
        register_planner(OF_CASE)
        sources.register(ClassRuleSource())
        register_task(has_open_task)
        register_work(facilitated_by)
        extra_cards.register(check_card, beside_step=True)
        extra_cards.register(case_card)
        extra_cards.register(class_card)
        register(INTERVENTION_FINISHED)
        register_criteria()
