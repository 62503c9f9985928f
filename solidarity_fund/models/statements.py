"""Statements of the holder's account, their lines, and what each line turned out to be."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import NetworkOwned, Record

from .contributions import Contribution
from .holder import FundHolder


class StatementFile(Record, NetworkOwned):
    """A file that was handed in, to be read by a job: read whole, or refused whole with words."""

    stored_files = ("file_name",)

    class Format(models.TextChoices):
        CAMT = "camt", _("CAMT.053 (XML della banca)")
        BANK_TABLE = "bank_table", _("tabella della banca (CSV o Excel)")
        GIORNALE = "giornale", _("giornale di cassa del tesoriere (XML)")
        CASH_TABLE = "cash_table", _("giornale di cassa in tabella (CSV o Excel)")

    class State(models.TextChoices):
        WAITING = "waiting", _("in lettura")
        READ = "read", _("letto")
        REFUSED = "refused", _("non letto")

    holder = models.ForeignKey(FundHolder, models.PROTECT, related_name="+", verbose_name=_("titolare del fondo"))
    format = models.CharField(_("formato"), max_length=10, choices=Format)
    original_name = models.CharField(_("nome del file"), max_length=150)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    columns = models.JSONField(_("colonne"), default=dict)
    opening = models.DecimalField(_("saldo iniziale in euro"), max_digits=14, decimal_places=2, null=True, blank=True)
    closing = models.DecimalField(_("saldo finale in euro"), max_digits=14, decimal_places=2, null=True, blank=True)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.WAITING)
    error = models.TextField(_("perché non si legge"), blank=True)
    new_lines = models.PositiveIntegerField(_("righe nuove"), default=0)
    known_lines = models.PositiveIntegerField(_("righe già presenti"), default=0)
    left_out = models.PositiveIntegerField(_("righe di altri, non tenute"), default=0)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+", verbose_name=_("lavoro"))

    class Meta:
        verbose_name = _("file di estratto conto")
        verbose_name_plural = _("file di estratto conto")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "file_hash"],
                condition=~Q(state="refused"),
                name="solidarity_fund_statementfile_once",
                violation_error_message=_("Questo file è già stato caricato."),
            ),
            models.CheckConstraint(condition=Q(state="refused") ^ Q(error=""), name="solidarity_fund_statementfile_refused"),
        ]


class StatementLayout(NetworkOwned):
    """The columns a holder's table has, as it was last read."""

    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente che tiene il fondo"))
    format = models.CharField(_("formato"), max_length=10, choices=StatementFile.Format)
    columns = models.JSONField(_("colonne"), default=dict)

    class Meta:
        verbose_name = _("colonne di un estratto conto")
        verbose_name_plural = _("colonne degli estratti conto")
        constraints = [models.UniqueConstraint(fields=["network", "body", "format"], name="solidarity_fund_layout_once")]


class BankStatement(Record, NetworkOwned):
    """One statement as the bank closed it. Balances None: the format does not tell those of the fund alone."""

    file = models.ForeignKey(StatementFile, models.PROTECT, related_name="statements", verbose_name=_("file"))
    account_key = models.CharField(max_length=64)  # the account without its number: a keyed hash
    number = models.CharField(_("numero"), max_length=40, blank=True)
    first_on = models.DateField(_("dal"))
    last_on = models.DateField(_("al"))
    opening = models.DecimalField(_("saldo iniziale in euro"), max_digits=14, decimal_places=2, null=True)
    closing = models.DecimalField(_("saldo finale in euro"), max_digits=14, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("estratto conto")
        verbose_name_plural = _("estratti conto")
        indexes = [models.Index(fields=["network", "-last_on", "-id"], name="fund_statement_newest")]


class BankLine(Record, NetworkOwned):
    """One line of a statement, stored once whatever files it stands in. What the bank said never changes; what it is, is decided."""

    class State(models.TextChoices):
        WAITING = "waiting", _("da abbinare")
        MATCHED = "matched", _("abbinata")
        IGNORED = "ignored", _("lasciata da parte")

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines", verbose_name=_("estratto conto"))
    account_key = models.CharField(max_length=64)
    key = models.CharField(max_length=80)
    booked_on = models.DateField(_("giorno"))
    value_on = models.DateField(_("valuta"), null=True)
    amount = models.DecimalField(_("importo in euro"), max_digits=12, decimal_places=2)
    name = models.CharField(_("chi versa o riceve"), max_length=140, blank=True)
    iban = EncryptedTextField(_("IBAN di chi versa"), blank=True)
    iban_hash = models.CharField(max_length=64, blank=True)
    words = models.TextField(_("causale"), blank=True)
    reference = models.CharField(_("riferimento"), max_length=40, blank=True)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.WAITING)
    # Matched with: the movement of the ledger, and the contribution when it is one; `made` when the match recorded it.
    entry = models.OneToOneField("treasury.Entry", models.PROTECT, null=True, related_name="+", verbose_name=_("movimento"))
    contribution = models.OneToOneField(Contribution, models.PROTECT, null=True, related_name="bank_line", verbose_name=_("contributo"))
    made = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))

    class Meta:
        verbose_name = _("riga di estratto conto")
        verbose_name_plural = _("righe di estratto conto")
        constraints = [
            models.UniqueConstraint(fields=["network", "account_key", "key"], name="solidarity_fund_bankline_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="solidarity_fund_bankline_not_zero"),
            models.CheckConstraint(
                condition=Q(state="matched", entry__isnull=False) | (~Q(state="matched") & Q(entry=None, contribution=None, made=False)),
                name="solidarity_fund_bankline_matched",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "-booked_on", "-id"], name="fund_bankline_newest"),
            models.Index(fields=["network", "iban_hash"], name="fund_bankline_iban", condition=~Q(iban_hash="")),
        ]
