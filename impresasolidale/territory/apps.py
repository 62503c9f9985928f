from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    """Reference data readable by all: networks, Ambiti, comuni, bodies, rules, tariffs, holidays."""

    name = "impresasolidale.territory"
    label = "territory"
    verbose_name = _("territorio e regole")
