"""Who gives. Donors and people never meet in one query (rule 73)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
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
    tax_code = EncryptedTextField(_("codice fiscale o partita IVA"), blank=True)
    tax_code_hash = models.CharField(max_length=64, blank=True, editable=False)
    email = models.EmailField(_("posta elettronica"), blank=True)
    address = models.TextField(_("indirizzo per le lettere"), max_length=240, blank=True)
    contact_agreed_on = models.DateField(_("d'accordo a ricevere ricevute e ringraziamenti dal"), null=True, blank=True)
    company = models.ForeignKey(
        "hosts.Company", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("impresa ospitante")
    )
    shows_name = models.BooleanField(_("d'accordo a comparire nella pagina pubblica"), default=False)
    ended_on = models.DateField(_("non è più contattato dal"), null=True, blank=True, editable=False)
    erased_on = models.DateField(_("dati cancellati il"), null=True, blank=True, editable=False)

    ERASED: ClassVar = _("Donatore cancellato")

    class Meta:
        verbose_name = _("donatore")
        verbose_name_plural = _("donatori")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "tax_code_hash"],
                condition=~Q(tax_code_hash=""),
                name="solidarity_fund_donor_tax_code_once",
                violation_error_message=_("C'è già un donatore con questo codice."),
            ),
            models.CheckConstraint(
                condition=Q(erased_on=None)
                | Q(ended_on__isnull=False, tax_code_hash="", email="", address="", contact_agreed_on=None, shows_name=False),
                name="solidarity_fund_donor_erased",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_written_to(self) -> bool:
        return self.contact_agreed_on is not None and self.ended_on is None and bool(self.email or self.address)


class DonorLink(Record, NetworkOwned):
    """A personal link to a donor's own page: the hash of its secret, until it expires or is closed."""

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="links", verbose_name=_("donatore"))
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("scade il"))
    closed_at = models.DateTimeField(_("chiuso il"), null=True)

    class Meta:
        verbose_name = _("collegamento di un donatore")
        verbose_name_plural = _("collegamenti dei donatori")
