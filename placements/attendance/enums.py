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


class Note(TextChoices):
    """What may be added to a day. Chosen from here: no free text, nothing about health (rule 33). Where each fits: rules.NOTES."""

    PHONED = "phoned", _("avviso per telefono")
    MESSAGE = "message", _("avviso con un messaggio")
    LATE = "late", _("arrivo più tardi")
    LEFT = "left", _("uscita prima del previsto")
    OUTSIDE = "outside", _("attività fuori sede")
    MADE_UP = "made_up", _("giornata di recupero")


class CallResult(TextChoices):
    """How a call to somebody who was missing went."""

    BACK = "back", _("sentita: torna al tirocinio")
    TO_MEET = "to_meet", _("sentita: serve un incontro")
    SUSPEND = "suspend", _("sentita: è meglio sospendere")
    NO_ANSWER = "no_answer", _("non ha risposto")


class Channel(TextChoices):
    PORTAL = "portal", _("tutor, dal telefono")
    LINK = "link", _("tutor, dal collegamento personale")
    OFFICE = "office", _("ufficio")
    PAPER = "paper", _("foglio di carta")
    IMPORT = "import", _("dati iniziali")


class MonthState(TextChoices):
    OPEN = "open", _("aperto")
    CLOSED = "closed", _("chiuso dal tutor")
    CONFIRMED = "confirmed", _("confermato dall'ufficio")
    FROZEN = "frozen", _("definitivo")


class Word(TextChoices):
    """What the person says of her own day, each with its drawing. None asks why, so none can tell of health (rule 33)."""

    HERE = "here", _("sono qui")
    LATER = "later", _("arrivo più tardi")
    NOT_TODAY = "not_today", _("oggi non vengo")
    CALL_ME = "call_me", _("chiamami")


class WordSource(TextChoices):
    POSTER = "poster", _("cartello in impresa")
    PHONE = "phone", _("telefono del tutor")
    OFFICE = "office", _("telefonata all'ufficio")


class Picture(TextChoices):
    """The drawings of the personal cards: things everybody has a name for."""

    SUN = "sun", _("sole")
    TREE = "tree", _("albero")
    FISH = "fish", _("pesce")
    APPLE = "apple", _("mela")
    MOUNTAIN = "mountain", _("montagna")
    BOAT = "boat", _("barca")
    BELL = "bell", _("campana")
    KEY = "key", _("chiave")
    CUP = "cup", _("tazza")
    FLOWER = "flower", _("fiore")
    UMBRELLA = "umbrella", _("ombrello")
    HAT = "hat", _("cappello")
