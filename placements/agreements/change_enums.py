"""Coded words for what changes after the first signature (features rows 33–46; rules 8, 11, 51, 52)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PastCause(TextChoices):
    """The only causes for which an amendment may begin to hold before it is written (features.md §5.3)."""

    ACCIDENT = "accident", _("infortunio")
    ILLNESS = "illness", _("malattia")


class SuspensionCause(TextChoices):
    """Why a placement pauses (rule 52). Never a diagnosis."""

    ILLNESS = "illness", _("malattia o infortunio")
    CLOSURE = "closure", _("chiusura dell'impresa")
    PERSON = "person", _("esigenza della persona")
    HOST = "host", _("esigenza dell'impresa")
    JUDICIAL = "judicial", _("provvedimento dell'autorità giudiziaria")
    OTHER = "other", _("altro")


PAST_CAUSES = (SuspensionCause.ILLNESS, SuspensionCause.JUDICIAL)  # known only after they began


class Asker(TextChoices):
    """Who asked for a change."""

    PERSON = "person", _("la persona")
    HOST = "host", _("l'impresa")
    SERVICE = "service", _("il servizio che ha in carico la persona")
    OFFICE = "office", _("l'ufficio")


class ExtensionState(TextChoices):
    ASKED = "asked", _("da decidere")
    GRANTED = "granted", _("concessa")
    DENIED = "denied", _("negata")
    LAPSED = "lapsed", _("decaduta")


class EndCause(TextChoices):
    """Why a placement ends before its day (rule 51)."""

    HIRED = "hired", _("assunzione")
    OTHER_PATH = "other_path", _("altro percorso più adatto")
    PERSON = "person", _("rinuncia della persona")
    HOST = "host", _("l'impresa non può continuare")
    HEALTH = "health", _("condizioni che non permettono di continuare")
    MOVED = "moved", _("trasferimento")
    BREACH = "breach", _("accordi non rispettati")
    OTHER = "other", _("altro")


class NextStep(TextChoices):
    """What comes after an early end (rule 51)."""

    NEW_PLACEMENT = "new_placement", _("un altro tirocinio")
    JOB = "job", _("lavoro")
    SERVICES = "services", _("percorso con i servizi")
    DAY_CENTRE = "day_centre", _("centro diurno")
    NONE = "none", _("niente, per ora")


class TutorKind(TextChoices):
    COMPANY = "company", _("tutor aziendale")
    PROMOTER = "promoter", _("tutor dell'ente promotore")


class EndPlan(TextChoices):
    """What is done of a placement that is about to end."""

    EXTEND = "extend", _("si chiede una proroga")
    CLOSE = "close", _("finisce il giorno previsto")
    MOVE = "move", _("si cerca un altro posto")
