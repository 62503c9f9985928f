from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "placements.monitoring"
    label = "monitoring"
    verbose_name = "monitoraggio"
