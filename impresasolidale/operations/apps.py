from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "impresasolidale.operations"
    label = "operations"
    verbose_name = "esercizio"
