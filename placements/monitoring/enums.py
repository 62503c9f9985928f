from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AccidentState(TextChoices):
    OPEN = "open", _("avvisi da fare")
    NOTIFIED = "notified", _("avvisi fatti")
    CLOSED = "closed", _("chiuso")


class Harm(TextChoices):
    """How the person is, as anybody can see it: never a diagnosis."""

    NONE = "none", _("non si è fatta male")
    TREATED = "treated", _("medicata sul posto")
    EMERGENCY = "emergency", _("portata al pronto soccorso")
    HOSPITAL = "hospital", _("ricoverata")
    DEATH = "death", _("deceduta")


class NoticeTo(TextChoices):
    """Who must know (rule 53), in the order of the checklist."""

    PROMOTER = "promoter", _("ente promotore")
    FAMILY = "family", _("familiari o rappresentante")
    INAIL = "inail", _("INAIL")
    INSURER = "insurer", _("assicuratore della responsabilità civile")
    AUTHORITY = "authority", _("autorità di pubblica sicurezza")
