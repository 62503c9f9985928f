from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "impresasolidale.api"
    label = "api"
    verbose_name = "API"
