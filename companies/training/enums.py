from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CourseKind(TextChoices):
    """A tutor does the initial course once; what keeps it fresh is a refresher. A safety module says which (D.Lgs. 81/2008)."""

    INITIAL = "initial", _("corso iniziale")
    REFRESHER = "refresher", _("aggiornamento")
    SAFETY = "safety", _("modulo di sicurezza")


class SafetyModule(TextChoices):
    """The modules of safety training a tutor may follow; how many hours each takes is said by the course (domain.md §1.6)."""

    GENERAL = "general", _("formazione generale")
    SPECIFIC_LOW = "specific_low", _("formazione specifica, rischio basso")
    SPECIFIC_MEDIUM = "specific_medium", _("formazione specifica, rischio medio")
    SPECIFIC_HIGH = "specific_high", _("formazione specifica, rischio alto")
    SUPERVISOR = "supervisor", _("preposto")
    FIRST_AID = "first_aid", _("primo soccorso")
    FIRE = "fire", _("antincendio")


class EnrolmentState(TextChoices):
    INVITED = "invited", _("invitato")
    WAITING = "waiting", _("in lista d'attesa")
    ENROLLED = "enrolled", _("iscritto")
    WITHDRAWN = "withdrawn", _("ritirato")
    ATTENDED = "attended", _("ha partecipato")
    ABSENT = "absent", _("assente")


class PresenceSource(TextChoices):
    """Who said that a tutor was there."""

    LIST = "list", _("dall'elenco")
    QR = "qr", _("con il codice QR")


class Question(TextChoices):
    """The short questionnaire at the end: the same few plain questions for every course, so that courses can be compared."""

    USEFUL = "useful", _("Quello che hai sentito ti serve nel lavoro con la persona?")
    CLEAR = "clear", _("Chi parlava si è fatto capire?")
    PACE = "pace", _("Il tempo era quello giusto?")
    READY = "ready", _("Adesso ti senti pronto ad accompagnare qualcuno?")
    ADVISE = "advise", _("Consiglieresti questo corso a un altro tutor?")


class Answer(IntegerChoices):
    NO = 1, _("per niente")
    LITTLE = 2, _("poco")
    ENOUGH = 3, _("abbastanza")
    YES = 4, _("molto")
