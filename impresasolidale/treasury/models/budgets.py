"""What a body has set apart for allowances: lines of its budget by year, and its commitments (impegni). Never the body's own accounts:
the numbers of its acts are kept beside ours, and every euro of them is a movement of the ledger."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned


class Budget(Record, Versioned, AmbitoOwned):
    """A line of a body's budget for one year. Its money is a pot, its figures are that pot's turnovers: there is no second store."""

    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente"))
    pot = models.OneToOneField("treasury.Pot", models.PROTECT, related_name="budget", verbose_name=_("salvadanaio"))
    year = models.PositiveSmallIntegerField(_("anno"))
    chapter = models.CharField(_("capitolo"), max_length=40)
    cup = models.CharField(_("CUP"), max_length=15, blank=True)

    class Meta:
        verbose_name = _("riga di bilancio")
        verbose_name_plural = _("righe di bilancio")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "body", "year", "chapter", "cup"],
                name="treasury_budget_once",
                violation_error_message=_("C'è già questa riga di bilancio."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="treasury_budget_year", violation_error_message=_("Controlla l'anno.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}, {self.chapter}"


class Commitment(Record, Versioned, AmbitoOwned):
    """An impegno of the body that pays: its number, act and year, for the sums that fall due in that year (D.Lgs. 118/2011).

    Its amount is what stands committed for it in the ledger (source "treasury.commitment"); what is left is released when it ends.
    """

    class State(models.TextChoices):
        OPEN = "open", _("aperto")
        ENDED = "ended", _("chiuso")

    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="commitments", verbose_name=_("salvadanaio"))
    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente"))
    year = models.PositiveSmallIntegerField(_("anno"))
    number = models.CharField(_("numero dell'impegno"), max_length=40)
    chapter = models.CharField(_("capitolo"), max_length=40, blank=True)
    cup = models.CharField(_("CUP"), max_length=15, blank=True)
    act_number = models.CharField(_("numero dell'atto"), max_length=40)
    act_on = models.DateField(_("data dell'atto"))
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.OPEN)
    ended_on = models.DateField(_("chiuso il"), null=True)

    class Meta:
        verbose_name = _("impegno di spesa")
        verbose_name_plural = _("impegni di spesa")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "body", "year", "number"],
                name="treasury_commitment_once",
                violation_error_message=_("Questo impegno è già registrato."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None) | Q(state="ended", ended_on__isnull=False), name="treasury_commitment_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"


class FileLayout(Record, AmbitoOwned):
    """How the accounting office of a body names the columns of the file it gives: {"number": "Impegno n.", …}, remembered from the last."""

    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente"))
    columns: Any = models.JSONField(_("colonne"), default=dict)

    class Meta:
        verbose_name = _("colonne del file della ragioneria")
        verbose_name_plural = _("colonne dei file della ragioneria")
        constraints = [models.UniqueConstraint(fields=["ambito", "body"], name="treasury_filelayout_once")]
