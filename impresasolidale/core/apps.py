from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "impresasolidale.core"
    label = "core"
    verbose_name = "fondamenta"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers the system checks)

        autodiscover_modules("tasks")  # every room's jobs stand in its tasks.py
