from django.apps import AppConfig
from django.conf import settings

from pestzorg.crypto.keyset import current_keyset, refuse_weak


class CryptoConfig(AppConfig):
    name = "pestzorg.crypto"
    label = "crypto"

    def ready(self) -> None:
        """Stop the start of every process, not only of manage.py, when texts could not be kept safe."""
        if not settings.EMBEDDED:
            refuse_weak(current_keyset())
