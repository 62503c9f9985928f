from django.apps import AppConfig


class HostsConfig(AppConfig):
    name = "companies.hosts"
    label = "hosts"
    verbose_name = "imprese"
