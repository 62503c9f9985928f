from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EnrolmentState(TextChoices):
    ENROLLED = "enrolled", _("iscritto")
    ATTENDED = "attended", _("ha partecipato")
    ABSENT = "absent", _("assente")
