"""The whole URL map on one page."""

from __future__ import annotations

from django.urls import include, path

# The plain page for what is absent and for what is forbidden: no menu, no query.
handler404 = "pestzorg.home.navigation.not_found"
handler500 = "pestzorg.home.failures.broken"

urlpatterns = [
    path("", include("pestzorg.home.urls")),
    path("reports/", include("cases.web.report_urls")),
    path("", include("cases.web.conversation_urls")),
    path("", include("cases.web.urls")),
    path("", include("interventions.web.urls")),
    path("", include("interventions.web.thermometer_urls")),
    path("", include("interventions.web.class_rule_urls")),
    path("k/", include("interventions.web.survey_urls")),
    path("drafts/", include("pestzorg.posting.urls")),
    path("school/", include("schools.web.school_urls")),
    path("mail/", include("schools.web.mail_urls")),
    path("account/", include("schools.web.urls")),
    path("account/", include("pestzorg.signin.urls")),
    path("api/v1/", include("pestzorg.home.api_urls")),
]
