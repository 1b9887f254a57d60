from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "pestzorg.posting"
    label = "posting"
