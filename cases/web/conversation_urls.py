"""URLs of the ten-step conversation."""

from django.urls import path

from cases.web import conversation, conversation_report, offers, steps

app_name = "conversation"
urlpatterns = [
    path("cases/<uuid:case_uuid>/conversation/", conversation.overview, name="overview"),
    path("cases/<uuid:case_uuid>/conversation/begin/", conversation.begin, name="begin"),
    path("cases/<uuid:case_uuid>/conversation/end/", conversation.end, name="end"),
    path("cases/<uuid:case_uuid>/conversation/complete/", conversation.complete, name="complete"),
    path(
        "cases/<uuid:case_uuid>/conversation/report/<slug:audience>/",
        conversation_report.report,
        name="report",
    ),
    path("cases/<uuid:case_uuid>/conversation/<int:number>/", steps.step, name="step"),
    path("cases/<uuid:case_uuid>/conversation/<int:number>/offers/", offers.live, name="offers"),
]
