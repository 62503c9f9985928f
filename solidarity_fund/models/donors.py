"""Who gives, and what. Donors and people never meet in one query (rule 73)."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned


class Donor(Record, Versioned, NetworkOwned):
    class Kind(models.TextChoices):
        PUBLIC_BODY = "public_body", _("ente pubblico")
        COMPANY = "company", _("impresa")
        ASSOCIATION = "association", _("associazione o fondazione")
        PERSON = "person", _("persona")
        ANONYMOUS = "anonymous", _("anonimo")

    kind = models.CharField(_("tipo"), max_length=20, choices=Kind)
    name = models.CharField(_("nome"), max_length=160)
    tax_code = models.CharField(_("codice fiscale o partita IVA"), max_length=16, blank=True)
    email = models.EmailField(_("posta elettronica"), blank=True)
    company = models.ForeignKey(
        "hosts.Company", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("impresa ospitante")
    )
    shows_name = models.BooleanField(_("d'accordo a comparire nella pagina pubblica"), default=False)

    class Meta:
        verbose_name = _("donatore")
        verbose_name_plural = _("donatori")

    def __str__(self) -> str:
        return self.name


class Contribution(Record, NetworkOwned):
    """Money given, in one pot; its entry stands in the ledger (source "solidarity_fund.contribution")."""

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="contributions", verbose_name=_("donatore"))
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("salvadanaio"))
    amount = models.DecimalField(_("importo in euro"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    received_on = models.DateField(_("ricevuto il"))
    reference = models.CharField(_("riferimento (bonifico, quietanza)"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("contributo")
        verbose_name_plural = _("contributi")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="solidarity_fund_contribution_positive",
                violation_error_message=_("L'importo deve essere maggiore di zero."),
            )
        ]
        indexes = [models.Index(fields=["network", "-received_on", "-id"], name="fund_contribution_newest")]
