from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "pestzorg.demo"
    label = "demo"
