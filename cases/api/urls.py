"""The collections of the API. What hangs on one case or one conversation stands under it."""

from rest_framework.routers import SimpleRouter

from cases.api.views import lists
from cases.api.views.agreements import AgreementViewSet, NewAgreementViewSet
from cases.api.views.cases import CaseViewSet
from cases.api.views.closing import AftercareCheckViewSet, ClosingViewSet
from cases.api.views.conversations import ConversationViewSet, LeadChangeViewSet, SittingViewSet
from cases.api.views.external import ExternalReportViewSet
from cases.api.views.steps import StepViewSet
from cases.api.views.talks import NewTalkViewSet, TalkViewSet

CASE = "cases/<uuid:case_uuid>"
CONVERSATION = "conversations/<uuid:conversation_uuid>"

router = SimpleRouter(use_regex_path=False)
router.register("cases", CaseViewSet)
router.register("conversations", ConversationViewSet)
router.register("agreements", AgreementViewSet)
router.register("talks", TalkViewSet)
for place, name, views in (
    (CASE, "incidents", lists.IncidentViewSet),
    (CASE, "evidence", lists.EvidenceViewSet),
    (CASE, "participants", lists.ParticipantViewSet),
    (CASE, "parent-contacts", lists.ParentContactViewSet),
    (CASE, "assessments", lists.AssessmentViewSet),
    (CASE, "external-reports", ExternalReportViewSet),
    (CASE, "agreements", NewAgreementViewSet),
    (CASE, "talks", NewTalkViewSet),
    (CASE, "closings", ClosingViewSet),
    (CASE, "aftercare-checks", AftercareCheckViewSet),
    (CONVERSATION, "sittings", SittingViewSet),
    (CONVERSATION, "lead-changes", LeadChangeViewSet),
    (CONVERSATION, "steps", StepViewSet),
    (CONVERSATION, "prior-actions", lists.PriorActionViewSet),
    (CONVERSATION, "measures", lists.MeasureViewSet),
    (CONVERSATION, "support-persons", lists.SupportPersonViewSet),
):
    router.register(f"{place}/{name}", views, basename=name)
urlpatterns = router.urls
