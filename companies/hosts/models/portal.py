"""What a company says of itself on its portal: corrections of its data, what hosting somebody cost."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from ..enums import ExpenseKind, ExpensePayer, ProposalState
from .companies import Company


class DataProposal(Record, NetworkOwned):
    """A company asks to correct its data. `changes`: column → what stood there, what should (in words), and the value itself."""

    State = ProposalState

    company = models.ForeignKey(Company, models.PROTECT, related_name="proposals", verbose_name=_("impresa"))
    changes: Any = models.JSONField(_("che cosa cambia"))
    note = models.CharField(_("perché cambia"), max_length=300, blank=True)
    state = models.CharField(_("stato"), max_length=10, choices=ProposalState, default=ProposalState.WAITING)
    refusal = models.CharField(_("perché non è accettata"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("ha risposto")
    )
    decided_at = models.DateTimeField(_("risposta del"), null=True, editable=False)

    class Meta:
        verbose_name = _("correzione dei dati")
        verbose_name_plural = _("correzioni dei dati")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "withdrawn"], decided_at=None)
                | Q(state__in=["accepted", "refused"], decided_at__isnull=False),
                name="hosts_proposal_decided",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal=""), name="hosts_proposal_refusal"),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="hosts_proposal_last")]


class HostExpense(Record, NetworkOwned):
    """Something that had to be paid so that somebody could be placed at a company, and who paid it. Amounts in cents of euro."""

    Kind = ExpenseKind
    Payer = ExpensePayer

    company = models.ForeignKey(Company, models.PROTECT, related_name="expenses", verbose_name=_("impresa"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=ExpenseKind)
    cents = models.PositiveIntegerField(_("centesimi"))
    payer = models.CharField(_("chi ha pagato"), max_length=10, choices=ExpensePayer)
    spent_on = models.DateField(_("il"))
    paper = models.CharField(_("carta"), max_length=120, blank=True)
    words = models.CharField(_("nota"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("spesa per ospitare")
        verbose_name_plural = _("spese per ospitare")
        constraints = [
            models.CheckConstraint(
                condition=Q(cents__gte=1, cents__lte=10_000_000),
                name="hosts_expense_amount",
                violation_error_message=_("L'importo va da 1 centesimo a 100.000 euro."),
            )
        ]
        indexes = [
            models.Index(fields=["company", "-spent_on", "-id"], name="hosts_expense_of"),
            models.Index(fields=["network", "-spent_on", "-id"], name="hosts_expense_newest"),
        ]

    @property
    def amount(self) -> Decimal:
        """In euro."""
        return Decimal(self.cents) / 100

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.spent_on:%d/%m/%Y}"
