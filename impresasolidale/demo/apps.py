from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "impresasolidale.demo"
    label = "demo"
    verbose_name = "dati dimostrativi"
