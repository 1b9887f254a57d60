"""The rules of a class."""

from django.urls import path

from interventions.web import class_rules

app_name = "class_rules"
urlpatterns = [
    path("classes/<uuid:class_uuid>/rules/", class_rules.listing, name="list"),
    path("classes/<uuid:class_uuid>/rules/new/", class_rules.adopt, name="new"),
    path("classes/<uuid:class_uuid>/rules/poster/", class_rules.poster, name="poster"),
    path("class-rules/<uuid:rule_uuid>/", class_rules.review, name="review"),
]
