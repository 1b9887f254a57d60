from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "pestzorg.home"
    label = "home"
