from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "pestzorg.web"
    label = "web"
