from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HostKind(TextChoices):
    FIRM = "firm", _("azienda")
    COOPERATIVE_A = "cooperative_a", _("cooperativa sociale di tipo A")
    COOPERATIVE_B = "cooperative_b", _("cooperativa sociale di tipo B")
    ASSOCIATION = "association", _("associazione")
    PUBLIC_BODY = "public_body", _("ente pubblico")
    FARM = "farm", _("azienda agricola")


class RiskClass(TextChoices):
    """Class of risk at work, as the host's risk assessment (DVR) says; it sets the hours of specific safety training (rule 25)."""

    LOW = "low", _("basso")
    MEDIUM = "medium", _("medio")
    HIGH = "high", _("alto")


class SizeClass(TextChoices):
    """EU Recommendation 2003/361 by staff: micro < 10, small < 50, medium < 250 (domain.md §4.3)."""

    MICRO = "micro", _("fino a 9 addetti")
    SMALL = "small", _("da 10 a 49 addetti")
    MEDIUM = "medium", _("da 50 a 249 addetti")
    LARGE = "large", _("250 addetti e oltre")


class HostingAnswer(TextChoices):
    """What a company said when it was asked whether it would welcome somebody."""

    YES = "yes", _("sì")
    LATER = "later", _("non adesso")
    NO = "no", _("no")


class HostingReason(TextChoices):
    """Why not now, or why not: the same few words everywhere, so that they can be counted."""

    NO_TUTOR = "no_tutor", _("nessuno può fare da tutor")
    NO_TASKS = "no_tasks", _("non ci sono attività adatte")
    BUSY = "busy", _("periodo di troppo lavoro")
    QUIET = "quiet", _("periodo di poco lavoro")
    CHANGES = "changes", _("lavori, trasloco o cambio di gestione")
    RESTING = "resting", _("una pausa dopo un tirocinio")
    HARD_TIME = "hard_time", _("l'ultima esperienza è stata faticosa")
    PAPERWORK = "paperwork", _("troppe carte")
    OTHER = "other", _("altro")
