"""URLs of reporting a concern and of one's own reports."""

from django.urls import path

from cases.web import reports

app_name = "reports"
urlpatterns = [
    path("", reports.own, name="list"),
    path("new/", reports.new, name="new"),
    path("pupils/", reports.pupils, name="pupils"),
    path("<uuid:report_uuid>/", reports.status, name="page"),
    path("<uuid:report_uuid>/take-on/", reports.take_on_report, name="take-on"),
]
