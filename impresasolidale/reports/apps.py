from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "impresasolidale.reports"
    label = "reports"
    verbose_name = "rapporti"
