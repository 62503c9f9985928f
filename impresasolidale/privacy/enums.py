"""The words of data protection."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    """Which right is used: Reg. UE 2016/679, art. 15, 16, 17, 18 and 21."""

    ACCESS = "access", _("avere i propri dati")
    RECTIFICATION = "rectification", _("correggere un dato")
    ERASURE = "erasure", _("cancellare dei dati")
    RESTRICTION = "restriction", _("limitare l'uso dei dati")
    OBJECTION = "objection", _("opporsi a un uso")


class RequestState(models.TextChoices):
    OPEN = "open", _("aperta")
    ANSWERED = "answered", _("accolta")
    REFUSED = "refused", _("non accolta")
    WITHDRAWN = "withdrawn", _("ritirata da chi l'ha fatta")


class Asker(models.TextChoices):
    PERSON = "person", _("la persona")
    FOR_PERSON = "for_person", _("chi la rappresenta, per lei")
    FOR_SELF = "for_self", _("chi la rappresenta, per i propri dati")


class Channel(models.TextChoices):
    DESK = "desk", _("allo sportello")
    MAIL = "mail", _("posta elettronica")
    PEC = "pec", _("PEC")
    LETTER = "letter", _("lettera")


class Delivery(models.TextChoices):
    HAND = "hand", _("a mano")
    AREA = "area", _("nella sua area")
    PEC = "pec", _("PEC")
    LETTER = "letter", _("raccomandata")


class Names(models.TextChoices):
    """Whether the copy says who looked, by name (CJEU C-579/21): decided by the data protection officer, with reasons."""

    GRANTED = "granted", _("con i nomi")
    DENIED = "denied", _("senza i nomi")


class Decision(models.TextChoices):
    """Whether a breach is notified to the authority (Reg. UE 2016/679, art. 33)."""

    NOTIFY = "notify", _("si notifica al Garante")
    NOT_NEEDED = "not_needed", _("non serve notificarla")


class Told(models.TextChoices):
    """Whether the people concerned are told of a breach (art. 34)."""

    TELL = "tell", _("lo si dice alle persone")
    NOT_NEEDED = "not_needed", _("non serve dirlo alle persone")


class BreachState(models.TextChoices):
    OPEN = "open", _("aperta")
    CLOSED = "closed", _("chiusa")


class PactKind(models.TextChoices):
    PROCESSOR = "processor", _("responsabile del trattamento (art. 28)")
    JOINT = "joint", _("contitolari (art. 26)")
    SUB_PROCESSOR = "sub_processor", _("altro responsabile, autorizzato (art. 28.4)")


class NoticeKind(models.TextChoices):
    """For whom a text is: the two informative notices, and the instructions of who is authorised (art. 13, 14 and 29)."""

    PEOPLE = "people", _("informativa per le persone")
    HOSTS = "hosts", _("informativa per le imprese e chi ci lavora")
    INSTRUCTIONS = "instructions", _("istruzioni per i tutor e i referenti")


class RetentionKind(models.TextChoices):
    """What is kept for a time of its own."""

    CASE_FILE = "case_file", _("fascicolo della persona")
    ATTENDANCE = "attendance", _("fogli presenze")
    PAYMENTS = "payments", _("carte dei contributi versati")
    HELP = "help", _("richieste di aiuto al fondo")


class DiscardState(models.TextChoices):
    PREPARED = "prepared", _("preparata")
    APPROVED = "approved", _("approvata")
    RUNNING = "running", _("scarto in corso")
    DONE = "done", _("scartata")
    WITHDRAWN = "withdrawn", _("ritirata")


class KeptFor(models.TextChoices):
    """Why a person of an approved list was left alone when it was carried out."""

    HELD = "held", _("c'è un blocco")
    ASKED = "asked", _("c'è una richiesta aperta sui suoi dati")
    TERM = "term", _("la durata è cambiata")
    OTHERS = "others", _("le altre carte vanno scartate prima del fascicolo")
    NEWER = "newer", _("c'è un fatto nuovo, o qualcosa di aperto")
