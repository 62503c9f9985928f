from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "impresasolidale.desk"
    label = "desk"
    verbose_name = "scrivania"
