"""What an office notes of its contacts with a company."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import NoteKind
from .companies import Company


class CompanyNote(Record, AmbitoOwned):
    """A call, a visit, a letter: who, when, what, and the next step with its day. The office's own: neither the other Ambiti nor the
    company read it (house.md §3). No service changes one; `done_at` says that its next step was taken."""

    Kind = NoteKind

    company = models.ForeignKey(Company, models.PROTECT, related_name="notes", verbose_name=_("impresa"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=NoteKind)
    happened_on = models.DateField(_("quando"))
    with_whom = models.CharField(_("con chi"), max_length=120, blank=True)
    text = EncryptedTextField(_("che cosa vi siete detti"))
    next_step = models.CharField(_("prossimo passo"), max_length=120, blank=True)
    next_on = models.DateField(_("entro il"), null=True, blank=True)
    done_at = models.DateTimeField(_("fatto il"), null=True, blank=True)

    class Meta:
        verbose_name = _("nota sull'impresa")
        verbose_name_plural = _("note sull'impresa")
        constraints = [
            models.CheckConstraint(
                condition=Q(next_step="", next_on=None) | (~Q(next_step="") & Q(next_on__isnull=False)),
                name="hosts_companynote_next",
                violation_error_message=_("Del prossimo passo servono le parole e il giorno insieme."),
            ),
            models.CheckConstraint(condition=Q(done_at=None) | ~Q(next_step=""), name="hosts_companynote_done"),
        ]
        indexes = [models.Index(fields=["ambito", "company", "-happened_on", "-id"], name="hosts_companynote_of")]
