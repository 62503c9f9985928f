"""Words of «Voglio parlare con qualcuno»: said by the person, answered by the service."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TalkState(TextChoices):
    ASKED = "asked", _("da richiamare")
    TAKEN = "taken", _("qualcuno se ne occupa")
    ANSWERED = "answered", _("risposto")


class TalkReason(TextChoices):
    """Why, by a drawing. She may also say nothing."""

    UNWELL = "unwell", _("qui non sto bene")
    BADLY = "badly", _("qualcuno mi tratta male")
    MONEY = "money", _("i soldi")
    STOP = "stop", _("voglio smettere")
    OTHER = "other", _("un’altra cosa")


class TalkWhen(TextChoices):
    """When she can be reached."""

    ANY = "any", _("quando volete")
    MORNING = "morning", _("la mattina")
    AFTERNOON = "afternoon", _("il pomeriggio")
    EVENING = "evening", _("la sera")


class TalkWay(TextChoices):
    """How she wants to be called."""

    PHONE = "phone", _("al telefono")
    TEXT = "text", _("con un messaggio")
    MEET = "meet", _("di persona")


class TalkSource(TextChoices):
    """Where the request came in."""

    AREA = "area", _("dalla sua area")
    PAPER = "paper", _("dal codice sulle sue carte")
    PHONE = "phone", _("per telefono, o a voce")


class TalkAsker(TextChoices):
    PERSON = "person", _("la persona")
    REPRESENTATIVE = "representative", _("chi la rappresenta")


class TalkStep(TextChoices):
    """What was agreed to do next."""

    NONE = "none", _("niente altro")
    CALL = "call", _("risentirsi")
    VISIT = "visit", _("andare a trovarla")
    MEETING = "meeting", _("un incontro con l’impresa")
    CHANGE = "change", _("cambiare orario o attività")
    MOVE = "move", _("cercare un altro posto")
    END = "end", _("chiudere il tirocinio")
