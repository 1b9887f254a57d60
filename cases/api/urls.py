"""The three collections of the API."""

from rest_framework.routers import SimpleRouter

from cases.api.views import AgreementViewSet, CaseViewSet, ConversationViewSet

router = SimpleRouter(use_regex_path=False)
router.register("cases", CaseViewSet)
router.register("conversations", ConversationViewSet)
router.register("agreements", AgreementViewSet)
urlpatterns = router.urls
