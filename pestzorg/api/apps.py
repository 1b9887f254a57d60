from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "pestzorg.api"
    label = "api"
