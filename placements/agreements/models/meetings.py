"""The multi-professional meeting that decides a placement (domain.md §2.5, *Abbinamento*)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import MeetingDecision
from .placements import Placement


class Meeting(Record, AmbitoOwned):
    """Who met, when, and what they decided of one placement. Append-only: a correction is a new row with new minutes."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="meetings", verbose_name=_("tirocinio"))
    held_on = models.DateField(_("data"))
    place = models.CharField(_("luogo"), max_length=120)
    participants = models.JSONField(_("presenti"))  # [[name, role], …]
    decision = models.CharField(_("decisione"), max_length=10, choices=MeetingDecision)
    reasons = EncryptedTextField(_("motivi"))
    next_on = models.DateField(_("prossimo incontro"), null=True)
    document = models.OneToOneField("core.Document", models.PROTECT, related_name="+", verbose_name=_("verbale"))
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="corrected_by", verbose_name=_("corregge")
    )

    class Meta:
        verbose_name = _("riunione")
        verbose_name_plural = _("riunioni")
        constraints = [
            models.CheckConstraint(
                condition=Q(next_on=None) | Q(next_on__gt=models.F("held_on")),
                name="agreements_meeting_next",
                violation_error_message=_("Il prossimo incontro viene dopo questo."),
            ),
            models.CheckConstraint(
                condition=~Q(decision=MeetingDecision.POSTPONED) | Q(next_on__isnull=False), name="agreements_meeting_when"
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "-held_on", "-id"], name="agreements_meetings"),
            models.Index(fields=["placement", "-held_on"], name="agreements_meetings_of"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.held_on:%d/%m/%Y}"
