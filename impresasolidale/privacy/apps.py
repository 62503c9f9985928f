from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "impresasolidale.privacy"
    label = "privacy"
    verbose_name = "protezione dei dati"
