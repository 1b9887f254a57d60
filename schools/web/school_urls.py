"""What is decided about one school as a whole."""

from django.urls import path

from schools.web import exclusions

app_name = "schools"
urlpatterns = [
    path("<slug:code>/exclusions/", exclusions.exclusions, name="exclusions"),
    path("<slug:code>/exclusions/lift/", exclusions.lift, name="lift-exclusion"),
]
