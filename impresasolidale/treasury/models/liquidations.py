"""Liquidations: what a body pays for one month, checked row by row, prepared by one person and approved by another.

This room does not know what an item stands for: its source is a type and an id of a room above, its payee a frozen copy.
"""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import LIVE, CheckKind, ItemState, Payment, RecoveryState, RecoveryWay, RunState


class Payer(Record, Versioned, AmbitoOwned):
    """How one body pays: the columns its accounting office wants, and its own bank account when it has one (then the exit is SEPA)."""

    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente"))
    columns: Any = models.JSONField(_("colonne dell'elenco"), default=list)
    iban = EncryptedTextField(_("IBAN del conto dell'ente"), blank=True)

    class Meta:
        verbose_name = _("ente pagatore")
        verbose_name_plural = _("enti pagatori")
        constraints = [models.UniqueConstraint(fields=["ambito", "body"], name="treasury_payer_once")]


class LiquidationRun(Record, Versioned, AmbitoOwned):
    """One liquidation of a body's month. `supplement` 0 is the ordinary one; late and corrected rows go into 1, 2, …

    One may be prepared at a time for a body and month; approving posts to the ledger and freezes the months.
    """

    number = models.CharField(_("numero"), max_length=20)  # "2026/000012", a series of the Ambito
    body = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente"))
    month = models.DateField(_("mese"))  # its first day
    supplement = models.PositiveSmallIntegerField(_("suppletiva"), default=0)
    state = models.CharField(_("stato"), max_length=10, choices=RunState, default=RunState.PREPARED)
    checked_at = models.DateTimeField(_("controllata il"))
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approvata da"))
    approved_at = models.DateTimeField(_("approvata il"), null=True)
    # Who prepared it approves only on an act of the body: the second key in an office of three.
    act_number = models.CharField(_("numero dell'atto"), max_length=40, null=True)
    act_on = models.DateField(_("data dell'atto"), null=True)
    act_file = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("copia dell'atto"))
    act_document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("atto"))
    public_document = models.OneToOneField(
        "core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("atto da pubblicare")
    )
    slip_document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("distinta"))

    class Meta:
        verbose_name = _("liquidazione")
        verbose_name_plural = _("liquidazioni")
        constraints = [
            models.UniqueConstraint(fields=["ambito", "number"], name="treasury_run_number_once"),
            models.UniqueConstraint(
                fields=["ambito", "body", "month", "supplement"],
                condition=~Q(state=RunState.CANCELLED),
                name="treasury_run_once",
                violation_error_message=_("Questa liquidazione c'è già: l'ha appena preparata qualcun altro."),
            ),
            models.UniqueConstraint(
                fields=["ambito", "body", "month"],
                condition=Q(state=RunState.PREPARED),
                name="treasury_run_one_prepared",
                violation_error_message=_("Per questo mese c'è già una liquidazione da approvare."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="treasury_run_first_day"),
            models.CheckConstraint(
                condition=Q(state__in=[RunState.PREPARED, RunState.CANCELLED], approved_at=None, approved_by=None)
                | Q(state__in=[RunState.APPROVED, RunState.SETTLED], approved_at__isnull=False, approved_by__isnull=False),
                name="treasury_run_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("created_by")) | Q(act_number__isnull=False),
                name="treasury_run_two_keys",
                violation_error_message=_("Chi ha preparato la liquidazione non può anche approvarla, se non con un atto."),
            ),
            models.CheckConstraint(
                condition=Q(act_number=None, act_on=None, act_file=None)
                | (Q(act_number__isnull=False, act_on__isnull=False, act_file__isnull=False) & ~Q(act_number="")),
                name="treasury_run_act",
            ),
        ]
        indexes = [models.Index(fields=["ambito", "-month", "-id"], name="treasury_run_newest")]

    def __str__(self) -> str:
        return self.number


class LiquidationItem(Record, Versioned, AmbitoOwned):
    """One sum to one payee. What it pays and how much never change; how it is paid is copied anew until it is sent. A sum of nothing
    (what was owed took it all) goes to nobody: with the approval it is compensated.

    `code` is the same for one person over one year and tells nobody who it is (rule 71). `year` is the one the sum counts in for
    publication (rule 70). `gross` and `net` of a taxed item come from the payroll office: we compute no tax.
    """

    run = models.ForeignKey(LiquidationRun, models.PROTECT, related_name="items", verbose_name=_("liquidazione"))
    position = models.PositiveIntegerField(_("riga"))
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    state = models.CharField(_("stato"), max_length=10, choices=ItemState, default=ItemState.READY)
    code = models.CharField(_("codice"), max_length=12)
    year = models.PositiveSmallIntegerField(_("anno"))
    words = models.CharField(_("causale"), max_length=120)
    amount = models.DecimalField(_("importo in euro"), max_digits=9, decimal_places=2)
    is_taxed = models.BooleanField(_("reddito assimilato"), default=False)
    net = models.DecimalField(_("netto in euro"), max_digits=9, decimal_places=2, null=True)
    payment = models.CharField(_("tipo di pagamento"), max_length=10, choices=Payment)
    person = models.CharField(_("persona"), max_length=170)
    person_code = EncryptedTextField(_("codice fiscale"), blank=True)
    payee = models.CharField(_("beneficiario del pagamento"), max_length=170, blank=True)
    payee_code = EncryptedTextField(_("codice fiscale di chi riceve"), blank=True)
    iban = EncryptedTextField(_("IBAN"), blank=True)
    published_on = models.DateField(_("pubblicata il"), null=True)
    order_number = models.CharField(_("numero del mandato"), max_length=40, blank=True)
    order_on = models.DateField(_("data del mandato"), null=True)
    receipt = models.CharField(_("quietanza"), max_length=60, blank=True)
    refusal = models.CharField(_("perché è respinta"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("riga di liquidazione")
        verbose_name_plural = _("righe di liquidazione")
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_id"],
                condition=Q(state__in=LIVE),
                name="treasury_item_live_once",
                violation_error_message=_("Una di queste somme è già in un'altra liquidazione."),
            ),
            models.UniqueConstraint(fields=["run", "position"], name="treasury_item_position_once"),
            models.CheckConstraint(
                condition=(Q(amount__gt=0) & ~Q(state=ItemState.OFFSET))
                | Q(amount=0, state__in=[ItemState.READY, ItemState.HELD, ItemState.LEFT, ItemState.OFFSET]),
                name="treasury_item_amount",
            ),
            models.CheckConstraint(
                condition=Q(net=None) | Q(is_taxed=True, net__gte=0, net__lte=F("amount")),
                name="treasury_item_net",
                violation_error_message=_("Il netto non può superare il lordo."),
            ),
            models.CheckConstraint(condition=Q(is_taxed=False) | Q(payment=Payment.PAYROLL), name="treasury_item_payroll"),
            models.CheckConstraint(
                condition=(Q(state=ItemState.REFUSED) & ~Q(refusal="")) | (~Q(state=ItemState.REFUSED) & Q(refusal="")),
                name="treasury_item_refusal",
            ),
            models.CheckConstraint(condition=~Q(state=ItemState.PAID) | ~Q(order_number=""), name="treasury_item_paid_by_order"),
        ]
        indexes = [
            models.Index(fields=["source_type", "source_id"], name="treasury_item_source"),
            models.Index(fields=["ambito", "year", "code"], name="treasury_item_code"),
            models.Index(fields=["ambito", "order_on"], condition=Q(state=ItemState.PAID), name="treasury_item_paid"),
        ]

    def __str__(self) -> str:
        return f"{self.code}, {self.words}"

    @property
    def short_iban(self) -> str:
        return f"{self.iban[:4]}\u00a0…\u00a0{self.iban[-4:]}" if self.iban else ""

    @property
    def is_paid_to_person(self) -> bool:
        """The one it is for receives it."""
        return self.payee_code == self.person_code != ""


class ItemShare(AmbitoOwned):
    """What one pot pays of an item, and from which commitment of the body (none: from what is free in the pot)."""

    item = models.ForeignKey(LiquidationItem, models.CASCADE, related_name="shares", verbose_name=_("riga di liquidazione"))
    position = models.PositiveSmallIntegerField()
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("salvadanaio"))
    commitment = models.ForeignKey(
        "treasury.Commitment", models.PROTECT, null=True, related_name="item_shares", verbose_name=_("impegno di spesa")
    )
    amount = models.DecimalField(_("importo in euro"), max_digits=9, decimal_places=2)

    class Meta:
        verbose_name = _("quota della riga")
        verbose_name_plural = _("quote della riga")
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="treasury_itemshare_position"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="treasury_itemshare_positive"),
        ]


class ItemCheck(AmbitoOwned):
    """One check of an item as it came out the last time, in words; a check let pass has its reason and its last day."""

    item = models.ForeignKey(LiquidationItem, models.CASCADE, related_name="checks", verbose_name=_("riga di liquidazione"))
    kind = models.CharField(_("controllo"), max_length=12, choices=CheckKind)
    passed = models.BooleanField(_("superato"))
    words = models.CharField(_("che cosa risulta"), max_length=200)
    checked_at = models.DateTimeField(_("controllato il"))
    waived_until = models.DateField(_("lasciato passare fino al"), null=True)
    waived_reason = models.CharField(_("perché"), max_length=300, blank=True)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("da"))

    class Meta:
        verbose_name = _("controllo della riga")
        verbose_name_plural = _("controlli della riga")
        constraints = [
            models.UniqueConstraint(fields=["item", "kind"], name="treasury_itemcheck_once"),
            models.CheckConstraint(
                condition=Q(waived_until=None, waived_reason="", waived_by=None)
                | (Q(waived_until__isnull=False, waived_by__isnull=False) & ~Q(waived_reason="")),
                name="treasury_itemcheck_waiver",
            ),
        ]

    def is_waived(self, on: date) -> bool:
        """Whether somebody let it pass to a day that has not gone by."""
        return self.waived_until is not None and self.waived_until >= on

    def stops(self, on: date) -> bool:
        """Whether it keeps its row from being paid."""
        return not (self.passed or self.is_waived(on))


class RunFile(Record, AmbitoOwned):
    """A file for the bank, made once by the worker after the approval; never made again."""

    stored_files: ClassVar = ("file_name",)

    class Kind(models.TextChoices):
        SEPA = "sepa", _("disposizione per la banca (SEPA)")

    run = models.ForeignKey(LiquidationRun, models.PROTECT, related_name="files", verbose_name=_("liquidazione"))
    kind = models.CharField(_("tipo"), max_length=10, choices=Kind)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    total = models.DecimalField(_("totale in euro"), max_digits=12, decimal_places=2)
    rows = models.PositiveIntegerField(_("righe"))

    class Meta:
        verbose_name = _("file della liquidazione")
        verbose_name_plural = _("file della liquidazione")
        constraints = [models.UniqueConstraint(fields=["run", "kind"], name="treasury_runfile_once")]


class Recovery(Record, Versioned, AmbitoOwned):
    """What was paid too much on one item and comes back: off the next months, or paid back. Giving it up takes two people."""

    item = models.ForeignKey(LiquidationItem, models.PROTECT, related_name="recoveries", verbose_name=_("riga di liquidazione"))
    way = models.CharField(_("come torna"), max_length=10, choices=RecoveryWay)
    amount = models.DecimalField(_("importo in euro"), max_digits=9, decimal_places=2)
    instalment = models.DecimalField(_("al mese, in euro"), max_digits=9, decimal_places=2, null=True)
    reason = models.CharField(_("perché"), max_length=300)
    state = models.CharField(_("stato"), max_length=12, choices=RecoveryState, default=RecoveryState.OPEN)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("rinuncia chiesta da")
    )
    given_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("rinuncia approvata da")
    )
    given_up_reason = models.CharField(_("perché non si recupera"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("recupero")
        verbose_name_plural = _("recuperi")
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state__in=[RecoveryState.OPEN, RecoveryState.ASKED]),
                name="treasury_recovery_one_open",
                violation_error_message=_("Per questa riga c'è già un recupero in corso."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="treasury_recovery_reason"),
            models.CheckConstraint(
                condition=Q(way=RecoveryWay.TAKE_OFF, instalment__gt=0, instalment__lte=F("amount"))
                | Q(way=RecoveryWay.PAY_BACK, instalment=None),
                name="treasury_recovery_plan",
                violation_error_message=_("La rata al mese è più di zero e non supera quanto si recupera."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RecoveryState.OPEN, RecoveryState.RECOVERED], asked_by=None, given_up_by=None)
                | Q(state=RecoveryState.ASKED, asked_by__isnull=False, given_up_by=None)
                | Q(state=RecoveryState.WRITTEN_OFF, asked_by__isnull=False, given_up_by__isnull=False),
                name="treasury_recovery_approvers",
            ),
            models.CheckConstraint(
                condition=Q(given_up_by=None) | ~Q(given_up_by=F("asked_by")),
                name="treasury_recovery_two_keys",
                violation_error_message=_("Per rinunciare servono due persone."),
            ),
        ]


class RecoveryStep(AmbitoOwned):
    """A part that came back, with where from. Append-only; `key` makes a repeat the same step."""

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="steps", verbose_name=_("recupero"))
    key = models.CharField(max_length=60)
    amount = models.DecimalField(_("importo in euro"), max_digits=9, decimal_places=2)
    on = models.DateField(_("il"))
    words = models.CharField(_("da dove"), max_length=120)

    class Meta:
        verbose_name = _("rata recuperata")
        verbose_name_plural = _("rate recuperate")
        constraints = [
            models.UniqueConstraint(fields=["recovery", "key"], name="treasury_recoverystep_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="treasury_recoverystep_positive"),
        ]
