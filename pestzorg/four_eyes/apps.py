from django.apps import AppConfig


class FourEyesConfig(AppConfig):
    name = "pestzorg.four_eyes"
    label = "four_eyes"
