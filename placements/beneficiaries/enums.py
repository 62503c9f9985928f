from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    FEMALE = "F", _("femmina")
    MALE = "M", _("maschio")


class TargetArea(TextChoices):
    """Areas for statistics only (domain.md §3.1); never a diagnosis. JUDICIAL needs a permission of its own."""

    DISABILITY = "disability", _("disabilità")
    MENTAL_HEALTH = "mental_health", _("salute mentale")
    ADDICTION = "addiction", _("dipendenze")
    DISADVANTAGE = "disadvantage", _("difficoltà sociale")
    JUDICIAL = "judicial", _("area giudiziaria")


class ReferringService(TextChoices):
    """Referring services of the territory (domain.md §3.2)."""

    SOCIAL_SERVICE = "social_service", _("servizio sociale di base")
    SIL = "sil", _("servizio inserimento lavorativo")
    CPS = "cps", _("centro psicosociale")
    SERD = "serd", _("servizio dipendenze (SerD)")
    NPIA = "npia", _("neuropsichiatria infantile")
    UEPE = "uepe", _("ufficio esecuzione penale esterna")
    DAY_CENTRE = "day_centre", _("centro diurno (CDD, CSE, SFA)")
    SCHOOL = "school", _("scuola")
    OTHER = "other", _("altro servizio")


class RepresentativeKind(TextChoices):
    PARENT = "parent", _("genitore")
    GUARDIAN = "guardian", _("tutore")
    CURATOR = "curator", _("curatore")
    SUPPORT_ADMINISTRATOR = "support_administrator", _("amministratore di sostegno")


class CareRole(TextChoices):
    REFERENT = "referent", _("referente del caso")
    EDUCATOR = "educator", _("educatore")
    MEMBER = "member", _("équipe")
