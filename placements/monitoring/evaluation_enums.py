from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Moment(TextChoices):
    """When the same questions are asked (rule 49); the last is another, shorter set, asked once at the end."""

    INITIAL = "initial", _("all'inizio")
    MID = "mid", _("a metà")
    FINAL = "final", _("alla fine")
    SATISFACTION = "satisfaction", _("com'è stato")


MEASURED = (Moment.INITIAL, Moment.MID, Moment.FINAL)


class Voice(TextChoices):
    PERSON = "person", _("la persona")
    TUTOR = "tutor", _("il tutor aziendale")
    OFFICE = "office", _("l'ufficio")
    FAMILY = "family", _("la famiglia")
    HOST = "host", _("l'impresa")  # of how it went alone


THREE = (Voice.PERSON, Voice.TUTOR, Voice.OFFICE)
BY_COMPANY = (Voice.TUTOR, Voice.HOST)  # what a company user's own pages show


class EvaluationState(TextChoices):
    ASKED = "asked", _("da fare")
    GIVEN = "given", _("data")
    WAIVED = "waived", _("non si fa")
    CORRECTED = "corrected", _("corretta da un'altra")


class Given(TextChoices):
    """How the answers arrived. Paper is as good as any other."""

    ONLINE = "online", _("in linea")
    TABLET = "tablet", _("su tablet, in ufficio")
    PAPER = "paper", _("ricevuta su carta")
    OFFICE = "office", _("scritta dall'ufficio")


class Area(TextChoices):
    """What recurs in the sheets in use (domain.md §2.4)."""

    AUTONOMY = "autonomy", _("autonomia")
    RULES = "rules", _("regole del posto")
    TASKS = "tasks", _("attività")
    RELATIONS = "relations", _("relazioni")
    SELF = "self", _("sé")
    CONTEXT = "context", _("contesto")
    SOCIAL = "social", _("vita con gli altri")
