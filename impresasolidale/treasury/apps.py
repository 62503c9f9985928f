from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "impresasolidale.treasury"
    label = "treasury"
    verbose_name = "registro di gestione"
