from django.apps import AppConfig


class I18nConfig(AppConfig):
    name = "pestzorg.i18n"
    label = "i18n"
