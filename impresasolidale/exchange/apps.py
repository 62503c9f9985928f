from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "impresasolidale.exchange"
    label = "exchange"
    verbose_name = "scambi"
