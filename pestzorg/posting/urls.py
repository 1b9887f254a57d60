"""Addresses of what a page that keeps drafts asks beside itself."""

from django.urls import path

from pestzorg.posting import views

app_name = "posting"
urlpatterns = [
    path("key/", views.key, name="key"),
    path("back/", views.back, name="back"),
]
