"""The audit room: expenses drawn once, shown without anybody's name to one auditor until a day."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .expenses import Expense
from .projects import Project


class AuditSample(Record, NetworkOwned):
    """One draw, for one auditor. `seed` and `pool` (number of each expense → its tickets) are all it was made of: anybody draws the same
    again (treasury.sample_rules). With a `grant`, as many of the allowances that it paid are drawn too: `paid_pool`, public id → tickets.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="samples", verbose_name=_("progetto"))
    number = models.CharField(_("numero"), max_length=20)
    share = models.PositiveSmallIntegerField(_("spese su cento"))
    minimum = models.PositiveSmallIntegerField(_("almeno"))
    seed = models.CharField(_("seme"), max_length=64)
    pool: Any = models.JSONField(_("biglietti"))
    amount = models.DecimalField(_("euro fra cui si è estratto"), max_digits=12, decimal_places=2)
    grant = models.ForeignKey("treasury.Pot", models.PROTECT, null=True, related_name="+", verbose_name=_("contributo del finanziatore"))
    paid_pool: Any = models.JSONField(_("biglietti delle righe di liquidazione"), default=dict)
    paid_amount = models.DecimalField(_("euro liquidati fra cui si è estratto"), max_digits=12, decimal_places=2, default=0)
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("revisore"))
    open_from = models.DateField(_("aperta dal"))
    open_until = models.DateField(_("aperta fino al"))
    closed_at = models.DateTimeField(_("chiusa prima, il"), null=True)

    class Meta:
        verbose_name = _("stanza di controllo")
        verbose_name_plural = _("stanze di controllo")
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="projects_audit_number"),
            models.CheckConstraint(
                condition=Q(open_until__gte=F("open_from")),
                name="projects_audit_days",
                violation_error_message=_("La stanza si chiude dopo che si è aperta."),
            ),
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100, minimum__gte=1),
                name="projects_audit_size",
                violation_error_message=_("Da 1 a 100 spese su cento, e almeno una."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AuditItem(Record, NetworkOwned):
    """A drawn expense as it was that day, in codes; without an `expense`, a drawn row of a liquidation. Nobody's name is in it."""

    sample = models.ForeignKey(AuditSample, models.PROTECT, related_name="items", verbose_name=_("stanza di controllo"))
    expense = models.ForeignKey(Expense, models.PROTECT, null=True, related_name="+", verbose_name=_("spesa del progetto"))
    position = models.PositiveSmallIntegerField(_("numero"))
    facts: Any = models.JSONField(_("come era"))

    class Meta:
        verbose_name = _("spesa estratta")
        verbose_name_plural = _("spese estratte")
        constraints = [
            models.UniqueConstraint(fields=["sample", "expense"], name="projects_audititem_once"),
            models.UniqueConstraint(fields=["sample", "position"], name="projects_audititem_position"),
        ]
