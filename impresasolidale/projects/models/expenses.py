"""What was spent, on which document, proved how, and how much of it each source bears."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import DocumentKind, ExpenseState, PayeeKind, ProofKind
from .plan import CostItem, ProjectSource
from .projects import Participation, Project

OPEN = Q(state="draft") | Q(state="withdrawn")


class Expense(Record, Versioned, NetworkOwned):
    """One document of expense. `amount` is the document's total in euro, `charged` what of it is of this project.

    `payee_key` says who is paid, for a document not to come in twice: the tax code, or the name in small letters. `from_pot`: the lead pays
    what the grant bears out of the money the funder gave us; else it was a partner's own, and the ledger knows nothing of it (ADR 27).
    `recorded_by`: who wrote it last; somebody else checks it.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="expenses", verbose_name=_("progetto"))
    number = models.CharField(_("numero"), max_length=20)  # "2026/000014", a series of the network
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="+", verbose_name=_("partner che spende"))
    item = models.ForeignKey(CostItem, models.PROTECT, related_name="+", verbose_name=_("voce di costo"))
    document_kind = models.CharField(_("documento"), max_length=10, choices=DocumentKind)
    document_number = models.CharField(_("numero del documento"), max_length=60)
    document_on = models.DateField(_("data del documento"))
    payee = models.CharField(_("chi viene pagato"), max_length=160)
    payee_kind = models.CharField(_("che cos'è chi viene pagato"), max_length=10, choices=PayeeKind)
    payee_tax_code = models.CharField(_("partita IVA o codice fiscale"), max_length=16, blank=True)
    payee_key = models.CharField(max_length=160, editable=False)
    words = models.CharField(_("per che cosa"), max_length=200)
    net = models.DecimalField(_("imponibile"), max_digits=11, decimal_places=2)
    vat = models.DecimalField(_("IVA"), max_digits=11, decimal_places=2, default=0)
    amount = models.DecimalField(_("totale del documento"), max_digits=11, decimal_places=2)
    charged = models.DecimalField(_("imputato al progetto"), max_digits=11, decimal_places=2)
    cup = models.CharField(_("CUP"), max_length=15, blank=True)
    cig = models.CharField(_("CIG"), max_length=10, blank=True)
    sdi_id = models.CharField(_("identificativo del Sistema di Interscambio"), max_length=40, blank=True)
    paid_on = models.DateField(_("pagata il"), null=True, blank=True)
    proof_kind = models.CharField(_("prova di pagamento"), max_length=10, choices=ProofKind, blank=True)
    from_pot = models.BooleanField(_("pagata con il contributo che abbiamo ricevuto"), default=False)
    state = models.CharField(_("stato"), max_length=10, choices=ExpenseState, default=ExpenseState.DRAFT)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("scritta da"))
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("controllata da"))
    checked_on = models.DateField(_("controllata il"), null=True)
    reported_on = models.DateField(_("rendicontata il"), null=True)
    instalment = models.ForeignKey(
        "projects.Instalment", models.PROTECT, null=True, related_name="expenses", verbose_name=_("rata con cui è rendicontata")
    )
    admitted = models.DecimalField(_("riconosciuto dal finanziatore"), max_digits=11, decimal_places=2, null=True)
    note_document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("nota della quota"))

    class Meta:
        verbose_name = _("spesa del progetto")
        verbose_name_plural = _("spese del progetto")
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="projects_expense_number"),
            models.UniqueConstraint(
                fields=["network", "payee_key", "document_kind", "document_number", "document_on"],
                condition=~Q(state="withdrawn"),
                name="projects_expense_document_once",
                violation_error_message=_("Questo documento è già stato registrato: stesso fornitore, numero e data."),
            ),
            models.CheckConstraint(
                condition=Q(amount=F("net") + F("vat"), net__gte=0, vat__gte=0, amount__gt=0),
                name="projects_expense_total",
                violation_error_message=_("Imponibile e IVA devono dare il totale."),
            ),
            models.CheckConstraint(
                condition=Q(charged__gt=0, charged__lte=F("amount")),
                name="projects_expense_charged",
                violation_error_message=_("L'importo imputato è più di zero e non supera il totale del documento."),
            ),
            models.CheckConstraint(
                condition=(OPEN & Q(checked_by=None, checked_on=None)) | (~OPEN & Q(checked_by__isnull=False, checked_on__isnull=False)),
                name="projects_expense_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | Q(recorded_by=None) | ~Q(checked_by=F("recorded_by")),
                name="projects_expense_four_eyes",
                violation_error_message=_("Una spesa la controlla chi non l'ha scritta."),
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["reported", "accepted", "rejected"], reported_on__isnull=False))
                | (Q(state__in=["draft", "checked", "withdrawn"], reported_on=None, instalment=None)),
                name="projects_expense_reported",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", admitted__gt=0, admitted__lte=F("charged"))
                | Q(state="rejected", admitted=0)
                | (~Q(state__in=["accepted", "rejected"]) & Q(admitted=None)),
                name="projects_expense_admitted",
                violation_error_message=_("Il riconosciuto non supera quanto è imputato."),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-document_on", "-id"], name="projects_expense_newest"),
        ]

    def __str__(self) -> str:
        return self.number


class ExpenseShare(NetworkOwned):
    """What one source bears of an expense. Together they are what is charged, to the cent."""

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="shares", verbose_name=_("spesa del progetto"))
    source = models.ForeignKey(ProjectSource, models.PROTECT, related_name="+", verbose_name=_("fonte"))
    amount = models.DecimalField(_("importo in euro"), max_digits=11, decimal_places=2)

    class Meta:
        verbose_name = _("quota della spesa")
        verbose_name_plural = _("quote della spesa")
        constraints = [
            models.UniqueConstraint(fields=["expense", "source"], name="projects_share_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="projects_share_positive"),
        ]
