from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """Whom a report is about."""

    AMBITO = "ambito", _("l'Ambito")
    NETWORK = "network", _("tutta la rete")
    COMUNE = "comune", _("un Comune")
    SOURCE = "source", _("un finanziatore")


class Basis(TextChoices):
    """What the comuni of an Ambito share costs by."""

    INHABITANTS = "inhabitants", _("abitanti")
    PEOPLE = "people", _("persone in tirocinio")
    HOURS = "hours", _("ore di tirocinio")
