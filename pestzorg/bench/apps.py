from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "pestzorg.bench"
    label = "bench"
