"""The collections of the API about what a class does. An intervention is begun under its case, or by itself."""

from rest_framework.routers import SimpleRouter

from interventions.api.views.interventions import InterventionViewSet, NewInterventionViewSet
from interventions.api.views.phases import PhaseViewSet
from interventions.api.views.thermometer import RunViewSet

router = SimpleRouter(use_regex_path=False)
router.register("interventions", InterventionViewSet)
router.register("interventions/<uuid:intervention_uuid>/phases", PhaseViewSet, basename="phases")
router.register("thermometer-runs", RunViewSet)
router.register("cases/<uuid:case_uuid>/interventions", NewInterventionViewSet, basename="begin")
urlpatterns = router.urls
