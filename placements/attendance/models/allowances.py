"""What a confirmed month gives, explained line by line, and where the money comes from."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record
from placements.agreements.enums import TaxTreatment


class MonthAllowance(Record, AmbitoOwned):
    """The contributo motivazionale of one month, as the engine worked it out when the month was confirmed.

    `rows` are ordered lines in words: {"code", "words", "quantity", "unit", "rate", "amount"}, decimals as text; a check keeps
    `amount` equal to their sum. Once the month is frozen nothing of it changes: what is found later is an Adjustment.
    """

    timesheet = models.OneToOneField("attendance.Timesheet", models.PROTECT, related_name="allowance", verbose_name=_("foglio presenze"))
    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="allowances", verbose_name=_("tirocinio"))
    month = models.DateField(_("mese"))  # its first day
    project = models.ForeignKey("agreements.PersonalProject", models.PROTECT, related_name="+", verbose_name=_("progetto"))
    rulebook = models.ForeignKey("territory.RuleBookVersion", models.PROTECT, related_name="+", verbose_name=_("regole"))
    payer = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("chi versa"))
    tax_treatment = models.CharField(_("trattamento fiscale"), max_length=10, choices=TaxTreatment)
    rows: Any = models.JSONField(_("righe"), default=list)
    amount = models.DecimalField(_("importo in euro"), max_digits=9, decimal_places=2)
    computed_at = models.DateTimeField(_("calcolato il"))
    # What a negative adjustment could not take off here, and the later month that takes it off.
    carried = models.DecimalField(_("da togliere nei mesi dopo, in euro"), max_digits=9, decimal_places=2, default=0)
    carried_in = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="owed_from", verbose_name=_("tolto nel mese")
    )
    # Of a taxed sum: what the payroll office says was paid in the end. We compute no tax (rules 41 and 42).
    net_amount = models.DecimalField(_("netto in euro"), max_digits=9, decimal_places=2, null=True)
    net_on = models.DateField(_("netto comunicato il"), null=True)

    class Meta:
        verbose_name = _("contributo del mese")
        verbose_name_plural = _("contributi del mese")
        constraints = [
            models.CheckConstraint(condition=Q(carried__gte=0), name="attendance_allowance_carried"),
            models.CheckConstraint(condition=Q(carried_in=None) | Q(carried__gt=0), name="attendance_allowance_carried_in"),
            models.CheckConstraint(
                condition=Q(net_amount=None, net_on=None)
                | Q(net_amount__gte=0, net_on__isnull=False, tax_treatment=TaxTreatment.TAXED, net_amount__lte=models.F("amount")),
                name="attendance_allowance_net",
                violation_error_message=_("Il netto serve solo per i contributi tassati, e non supera il lordo."),
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="attendance_allowance_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="attendance_allowance_first_day"),
        ]
        indexes = [
            models.Index(fields=["ambito", "month"], name="attendance_allowance_month"),
            models.Index(fields=["placement", "month"], name="attendance_allowance_of"),
        ]


class AllowanceShare(AmbitoOwned):
    """What one pot pays of a month: shares by largest remainder, in the order of the project's sources."""

    allowance = models.ForeignKey(MonthAllowance, models.CASCADE, related_name="shares", verbose_name=_("contributo del mese"))
    position = models.PositiveSmallIntegerField()
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("salvadanaio"))
    amount = models.DecimalField(_("importo in euro"), max_digits=9, decimal_places=2)

    class Meta:
        verbose_name = _("quota del contributo")
        verbose_name_plural = _("quote del contributo")
        constraints = [
            models.UniqueConstraint(fields=["allowance", "pot"], name="attendance_share_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attendance_share_positive"),
        ]


class Adjustment(Record, AmbitoOwned):
    """What turned out after a month was frozen: a sum to add or to take off in the next open month, with its reason. Append-only but
    for the month that took it in."""

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="adjustments", verbose_name=_("tirocinio"))
    about_month = models.DateField(_("mese a cui si riferisce"))
    amount = models.DecimalField(_("importo in euro"), max_digits=9, decimal_places=2)
    words = models.CharField(_("che cosa cambia"), max_length=200)
    reason = models.CharField(_("perché"), max_length=300)
    # The days behind the sum: {"day", "outcome", "minutes", "was_outcome", "was_minutes"}; none when the office wrote a sum.
    facts: Any = models.JSONField(_("giornate"), default=list, blank=True)
    taken_in = models.ForeignKey(
        MonthAllowance, models.PROTECT, null=True, editable=False, related_name="adjustments", verbose_name=_("contato nel mese")
    )

    class Meta:
        verbose_name = _("conguaglio")
        verbose_name_plural = _("conguagli")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0) | ~Q(facts=[]), name="attendance_adjustment_not_zero"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(words=""), name="attendance_adjustment_reason"),
            models.CheckConstraint(condition=Q(about_month__day=1), name="attendance_adjustment_first_day"),
        ]
        indexes = [models.Index(fields=["placement", "about_month"], name="attendance_adjustment_of")]


class PlacementCommitment(Record, AmbitoOwned):
    """The part of a body's commitment that stands for one placement."""

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="commitments", verbose_name=_("tirocinio"))
    commitment = models.ForeignKey("treasury.Commitment", models.PROTECT, related_name="placements", verbose_name=_("impegno di spesa"))
    amount = models.DecimalField(_("importo in euro"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("impegno per un tirocinio")
        verbose_name_plural = _("impegni per un tirocinio")
        constraints = [
            models.UniqueConstraint(fields=["placement", "commitment"], name="attendance_commitment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attendance_commitment_positive"),
        ]
