"""All of /api/v1/: the collections, their description, and a page to read that description."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated

from pestzorg.rules.registry import declare

SIGNED_IN = [IsAuthenticated]

app_name = "api"
urlpatterns = [
    path("", include("cases.api.urls")),
    path("", include("interventions.api.urls")),
    path(
        "openapi.json",
        declare(GET="P04")(SpectacularJSONAPIView.as_view(permission_classes=SIGNED_IN)),
        name="schema",
    ),
    path(
        "docs/",
        declare(GET="P04")(
            login_required(
                SpectacularSwaggerSplitView.as_view(
                    permission_classes=SIGNED_IN,
                    url_name="api:schema",
                    template_name="home/api_docs.html",
                )
            )
        ),
        name="docs",
    ),
]
