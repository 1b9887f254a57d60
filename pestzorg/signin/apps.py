from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "pestzorg.signin"
    label = "signin"

    def ready(self) -> None:
        from pestzorg.crypto import rotation
        from pestzorg.signin import notices, passwords, sealed

        notices.register()
        passwords.register()
        rotation.register(sealed.SecondFactorSecrets())
