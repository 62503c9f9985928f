"""The registro di gestione: double entry, append-only, in cents of euro. The only place money moves.

Amount > 0 is a debit. Each pot has two credit accounts, free and committed. `treasury_post_entry` in the database is the
only writer of entries, legs and balances; correction is by reversal.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record


def _network_of_the_pins() -> models.ForeignKey:
    """The owner of a row that is posted: its pins lead to an account, whose network is checked there. Checked again on every row, at the
    commit and under the hot account's lock, it would slow every posting down."""
    return models.ForeignKey(
        "territory.Network", models.PROTECT, db_constraint=False, db_index=False, editable=False, related_name="+", verbose_name=_("rete")
    )


class Pot(Record, NetworkOwned):
    """Money with one purpose (a restriction of its donors). The solidarity fund's pots never pay allowances (house.md, Money)."""

    class Use(models.TextChoices):
        FUND = "fund", _("fondo di solidarietà")
        PROJECT = "project", _("progetto")
        BUDGET = "budget", _("bilancio di un ente")
        GRANT = "grant", _("contributo di un finanziatore")

    ALLOWANCES: ClassVar = (Use.BUDGET, Use.GRANT)  # what may pay the contributo motivazionale

    name = models.CharField(_("nome"), max_length=120)
    purpose = models.CharField(_("a cosa serve"), max_length=200, blank=True)
    use = models.CharField(max_length=10, choices=Use)

    class Meta:
        verbose_name = _("salvadanaio")
        verbose_name_plural = _("salvadanai")
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="treasury_pot_name_once")]

    def __str__(self) -> str:
        return self.name


class Account(NetworkOwned):
    """One account of the ledger. `balance` is the sum of its legs, `at_bank` of those whose entry met the bank: what came in or was paid.
    Both are kept by treasury_post_entry alone (ADR 34)."""

    class Kind(models.TextChoices):
        BANK = "bank", _("conto del tesoriere")
        FREE = "free", _("disponibile")
        COMMITTED = "committed", _("impegnato")

    kind = models.CharField(max_length=10, choices=Kind)
    pot = models.ForeignKey(Pot, models.PROTECT, null=True, related_name="accounts")
    name = models.CharField(max_length=120)
    balance = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    at_bank = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("conto")
        verbose_name_plural = _("conti")
        constraints = [
            models.UniqueConstraint(fields=["network", "kind", "pot"], nulls_distinct=False, name="treasury_account_once"),
            models.CheckConstraint(
                condition=Q(kind="bank", pot=None) | (~Q(kind="bank") & Q(pot__isnull=False)), name="treasury_account_pot"
            ),
            # A pot is a credit account (balance ≤ 0 is money in it); the bank is a debit account. Neither goes below zero.
            models.CheckConstraint(
                condition=Q(kind="bank", balance__gte=0) | (~Q(kind="bank") & Q(balance__lte=0)),
                name="treasury_account_not_overdrawn",
                violation_error_message=_("Non ci sono abbastanza soldi."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(NetworkOwned):
    """One movement: its legs sum to zero. `key` makes a repeat the same movement."""

    network = _network_of_the_pins()
    key = models.CharField(max_length=100)
    posted_on = models.DateField(_("data"))
    posted_at = models.DateTimeField()
    words = models.CharField(_("movimento"), max_length=200)
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")

    class Meta:
        verbose_name = _("movimento")
        verbose_name_plural = _("movimenti")
        constraints = [models.UniqueConstraint(fields=["network", "key"], name="treasury_entry_key_once")]
        indexes = [
            models.Index(fields=["network", "-posted_on", "-id"], name="treasury_entry_newest"),
            models.Index(fields=["source_type", "source_id"], name="treasury_entry_source"),
        ]


class Leg(NetworkOwned):
    """One side of a movement. Its pins (guards migration) are its foreign keys: entry and account, both of its network.

    `posted_on` is its entry's, `at_bank` whether another leg of the entry is the bank's: what a turnover is asked by, beside the amount,
    so that a year of one fund is read from one index alone: the network is in it because
    the row-level policy asks for it.
    """

    network = _network_of_the_pins()
    entry = models.ForeignKey(Entry, models.PROTECT, db_constraint=False, related_name="legs")
    account = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="legs")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    posted_on = models.DateField(_("data"))
    at_bank = models.BooleanField(_("con il tesoriere"))

    class Meta:
        verbose_name = _("scrittura")
        verbose_name_plural = _("scritture")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="treasury_leg_not_zero")]
        indexes = [models.Index(fields=["account", "posted_on"], include=["network", "amount", "at_bank"], name="treasury_leg_turnover")]


class ClosedPeriod(Record, NetworkOwned):
    """A closing of the books of the network: once closed, no posting on or before this day any more."""

    class State(models.TextChoices):
        ASKED = "asked", _("da confermare")
        CLOSED = "closed", _("chiuso")
        WITHDRAWN = "withdrawn", _("ritirato")
        REOPENED = "reopened", _("riaperto")

    closed_to = models.DateField(_("chiuso fino al"))
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.ASKED)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confermato da"))
    act_number = models.CharField(_("numero dell'atto"), max_length=60, blank=True)
    act_on = models.DateField(_("data dell'atto"), null=True, blank=True)

    class Meta:
        verbose_name = _("periodo chiuso")
        verbose_name_plural = _("periodi chiusi")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "closed_to"],
                condition=Q(state__in=("asked", "closed")),
                name="treasury_closedperiod_once",
                violation_error_message=_("Fino a questo giorno è già chiuso."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closed_to:%d/%m/%Y}"
