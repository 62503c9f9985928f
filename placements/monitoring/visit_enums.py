"""Coded words of visits, of what happens beside accidents, of the closing and of what comes after (domain.md §2.5)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import CaseRole, Role


class VisitKind(TextChoices):
    PLANNED = "planned", _("visita programmata")
    URGENT = "urgent", _("visita urgente")
    PHONE = "phone", _("telefonata")
    OFFICE = "office", _("colloquio in ufficio")


COUNTED = (VisitKind.PLANNED, VisitKind.URGENT)  # somebody went there: from these the next day is counted


class VisitState(TextChoices):
    PLANNED = "planned", _("da fare")
    DONE = "done", _("fatta")
    CALLED_OFF = "called_off", _("non serve più")


class VisitWhy(TextChoices):
    """Why a visit is due on its day (rules 47, 48)."""

    FIRST = "first", _("la prima dopo l'inizio")
    INTERVAL = "interval", _("dopo l'ultima, secondo le regole")
    PAUSED = "paused", _("spostata dai giorni di sospensione")
    LAST = "last", _("prima della fine")
    CHOSEN = "chosen", _("giorno scelto da voi")


class Present(TextChoices):
    PERSON = "person", _("la persona")
    COMPANY_TUTOR = "company_tutor", _("il tutor aziendale")
    PROMOTER_TUTOR = "promoter_tutor", _("il tutor dell'ente promotore")
    SOCIAL_WORKER = "social_worker", _("l'assistente sociale")
    FAMILY = "family", _("la famiglia o il rappresentante")
    COLLEAGUES = "colleagues", _("i colleghi")


class Topic(TextChoices):
    TASKS = "tasks", _("attività")
    ATTENDANCE = "attendance", _("presenze e orari")
    GOALS = "goals", _("obiettivi")
    RELATIONS = "relations", _("relazioni")
    WELLBEING = "wellbeing", _("come si sente")
    SAFETY = "safety", _("sicurezza")
    TRAVEL = "travel", _("viaggio e trasporti")
    MONEY = "money", _("contributo")
    NEXT = "next", _("che cosa viene dopo")


class DecisionFor(TextChoices):
    """Whose turn a decision makes it."""

    PROMOTER_TUTOR = "promoter_tutor", _("il tutor dell'ente promotore")
    REFERENT = "referent", _("il referente del caso")
    COORDINATOR = "coordinator", _("il coordinatore")


# Whom a decision's to-do asks: (role in the office, role on the case).
ASKED: dict[str, tuple[str, str]] = {
    DecisionFor.PROMOTER_TUTOR: (Role.SOCIAL_WORKER, CaseRole.PROMOTER_TUTOR),
    DecisionFor.REFERENT: (Role.SOCIAL_WORKER, CaseRole.REFERENT),
    DecisionFor.COORDINATOR: (Role.COORDINATOR, ""),
}


class EventKind(TextChoices):
    """What happened that is no accident: nobody was hurt (features row 98)."""

    CONFLICT = "conflict", _("un conflitto")
    DAMAGE = "damage", _("un danno a cose")
    ABSENCE = "absence", _("assenze ripetute senza avviso")
    HOME = "home", _("una difficoltà a casa")
    MISTREATMENT = "mistreatment", _("qualcuno si è comportato male con la persona")
    OTHER = "other", _("altro")


class Severity(TextChoices):
    LIGHT = "light", _("leggero")
    SERIOUS = "serious", _("serio")
    GRAVE = "grave", _("grave")


class Told(TextChoices):
    FAMILY = "family", _("la famiglia o il rappresentante")
    SERVICE = "service", _("il servizio che ha in carico la persona")
    HOST = "host", _("il titolare dell'impresa")
    COORDINATOR = "coordinator", _("il coordinatore")
    AUTHORITY = "authority", _("l'autorità")


class GoalWord(TextChoices):
    """How a goal went, in a word."""

    REACHED = "reached", _("raggiunto")
    PARTLY = "partly", _("raggiunto in parte")
    NOT = "not", _("non raggiunto")
    NOT_ASSESSED = "not_assessed", _("non valutato")


class AttestationKind(TextChoices):
    """With goals of relation alone nothing is said of skills (domain.md §2.5; practice of Emilia-Romagna)."""

    RELATIONAL = "relational", _("attività e relazioni")
    SKILLS = "skills", _("attività, relazioni e capacità")


class OutcomeKind(TextChoices):
    """Where the person goes after the end. None is better than another: being hired is not what a TRR is for."""

    HERE = "here", _("continua nella stessa impresa")
    NEW_HOST = "new_host", _("un altro tirocinio altrove")
    TRAINING = "training", _("un corso di formazione")
    SERVICE = "service", _("un altro servizio")
    DAY_CENTRE = "day_centre", _("torna al centro diurno")
    HIRED = "hired", _("un rapporto di lavoro")
    HEALTH = "health", _("pensa alla salute")
    MOVED = "moved", _("si è trasferita")
    STOP = "stop", _("si ferma, per ora")
    UNKNOWN = "unknown", _("non si sa")


class FollowState(TextChoices):
    WAITING = "waiting", _("da sentire")
    ANSWERED = "answered", _("sentita")
    UNREACHED = "unreached", _("non raggiunta")
    REFUSED = "refused", _("non vuole più essere sentita")


class FollowWay(TextChoices):
    PHONE = "phone", _("per telefono")
    VISIT = "visit", _("di persona")
