"""Companies that come forward by themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import LeadState
from .companies import Company


class Lead(Record, AmbitoOwned):
    """A company wrote from the public site that it would like to join. It belongs to the office that calls it back, until it is a
    company of the network; what comes to nothing is forgotten (rule 61). `touched_on`: the day of the last thing that was done."""

    State = LeadState

    state = models.CharField(_("a che punto è"), max_length=8, choices=LeadState, default=LeadState.NEW)
    company_name = models.CharField(_("impresa"), max_length=160)
    partita_iva = models.CharField(_("partita IVA"), max_length=11, blank=True)
    comune = models.ForeignKey("territory.Comune", models.PROTECT, related_name="+", verbose_name=_("comune"))
    person = models.CharField(_("con chi parlare"), max_length=120)
    email = models.EmailField(_("posta elettronica"), blank=True)
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    words = EncryptedTextField(_("che cosa immagina"), blank=True)
    agreed_at = models.DateTimeField(_("d'accordo a essere sentita dal"))
    touched_on = models.DateField(_("ultimo passo"))
    call_on = models.DateField(_("da risentire il"), null=True, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("impresa della rete"))

    class Meta:
        verbose_name = _("richiesta di adesione")
        verbose_name_plural = _("richieste di adesione")
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="hosts_lead_reachable",
                violation_error_message=_("Serve un modo per sentirvi: la posta elettronica o il telefono."),
            ),
            models.CheckConstraint(
                condition=Q(state=LeadState.COMPANY, company__isnull=False) | (~Q(state=LeadState.COMPANY) & Q(company=None)),
                name="hosts_lead_company",
            ),
            models.CheckConstraint(
                condition=Q(state=LeadState.LATER, call_on__isnull=False) | (~Q(state=LeadState.LATER) & Q(call_on=None)),
                name="hosts_lead_call",
                violation_error_message=_("Scrivi quando risentirla."),
            ),
        ]
        indexes = [models.Index(fields=["ambito", "state", "-id"], name="hosts_lead_list")]

    def __str__(self) -> str:
        return self.company_name
