"""The pages of a pupil; short, because they are typed from a board."""

from django.urls import path

from interventions.web import survey

app_name = "survey"
urlpatterns = [
    path("", survey.code, name="code"),
    path("done/<slug:country>/", survey.done, name="done"),
    path("<str:secret>/", survey.survey, name="survey"),
]
