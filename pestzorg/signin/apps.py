from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "pestzorg.signin"
    label = "signin"

    def ready(self) -> None:
        from pestzorg.signin import notices

        notices.register()
