from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PrivacyConfig(AppConfig):
    name = "impresasolidale.privacy"
    label = "privacy"
    verbose_name = "protezione dei dati"

    def ready(self) -> None:
        from . import discard

        post_migrate.connect(discard.draw, sender=self)
