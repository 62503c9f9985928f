from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Outcome(TextChoices):
    """What a day was. Coded, never free text about health (rule 33). Flags stand in rules.OUTCOMES."""

    PRESENT = "present", _("presente")
    SICK = "sick", _("assente, malattia")
    APPOINTMENT = "appointment", _("assente, appuntamento con i servizi")
    JUSTIFIED = "justified", _("assente, avvisando")
    UNJUSTIFIED = "unjustified", _("assente, senza avvisare")
    CLOSED = "closed", _("impresa chiusa")
    WITHDRAWN = "withdrawn", _("registrazione annullata")


class Channel(TextChoices):
    PORTAL = "portal", _("tutor, dal telefono")
    OFFICE = "office", _("ufficio")
    PAPER = "paper", _("foglio di carta")
    IMPORT = "import", _("dati iniziali")


class MonthState(TextChoices):
    OPEN = "open", _("aperto")
    CLOSED = "closed", _("chiuso dal tutor")
    CONFIRMED = "confirmed", _("confermato dall'ufficio")
    FROZEN = "frozen", _("definitivo")
