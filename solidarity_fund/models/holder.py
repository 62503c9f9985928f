"""Who holds the fund, from a day on, and the words of its receipts: dated rows that never change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record


class FundHolder(Record, NetworkOwned):
    """The body whose money the fund is from a day on, by an act, and how money comes in (domain.md §12.1). Never a card."""

    class Way(models.TextChoices):
        TREASURER = "treasurer", _("tesoriere, con pagoPA e giornale di cassa")
        BANK = "bank", _("conto in banca, con bonifico")

    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente che tiene il fondo"))
    valid_from = models.DateField(_("dal"))
    act_number = models.CharField(_("numero dell'atto"), max_length=60)
    act_on = models.DateField(_("data dell'atto"))
    way_in = models.CharField(_("come entrano i soldi"), max_length=10, choices=Way)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)  # printed for whoever wants to give: no secret
    pagopa_aux = models.CharField(_("aux digit"), max_length=1, blank=True)
    pagopa_code = models.CharField(_("codice di segregazione o applicativo"), max_length=2, blank=True)
    pagopa_url = models.URLField(_("pagina per pagare l'avviso"), blank=True)
    cash_account = models.CharField(_("conto di evidenza del fondo"), max_length=30, blank=True)
    receives_by_act = models.BooleanField(_("per accettare un dono serve un atto"), default=False)

    class Meta:
        verbose_name = _("titolare del fondo")
        verbose_name_plural = _("titolari del fondo")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "valid_from"],
                name="solidarity_fund_holder_day_once",
                violation_error_message=_("Da questo giorno c'è già scritto chi tiene il fondo."),
            ),
            models.CheckConstraint(condition=~Q(act_number=""), name="solidarity_fund_holder_act"),
            models.CheckConstraint(condition=~Q(way_in="bank") | ~Q(iban=""), name="solidarity_fund_holder_bank_has_iban"),
            models.CheckConstraint(
                condition=Q(pagopa_aux="", pagopa_code="")
                | Q(way_in="treasurer", pagopa_aux__in=["0", "3"], pagopa_code__regex="^[0-9]{2}$"),
                name="solidarity_fund_holder_pagopa",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.valid_from:%d/%m/%Y}"


class ReceiptWording(Record, NetworkOwned):
    """What the receipts of a holder say from a day on. Of taxes only what `tax_text` says, and then with its source."""

    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente che tiene il fondo"))
    valid_from = models.DateField(_("dal"))
    text = models.TextField(_("parole della ricevuta"), max_length=600)
    tax_text = models.TextField(_("parole sulle agevolazioni fiscali"), max_length=600, blank=True)
    tax_source = models.CharField(_("fonte"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("testo delle ricevute")
        verbose_name_plural = _("testi delle ricevute")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "body", "valid_from"],
                name="solidarity_fund_wording_day_once",
                violation_error_message=_("Da questo giorno c'è già un testo."),
            ),
            models.CheckConstraint(
                condition=Q(tax_text="", tax_source="") | (~Q(tax_text="") & ~Q(tax_source="")),
                name="solidarity_fund_wording_tax_source",
                violation_error_message=_("Le parole sulle agevolazioni vogliono la loro fonte."),
            ),
        ]
