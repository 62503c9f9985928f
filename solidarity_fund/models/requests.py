"""What is asked for a person, and what is decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned


class BenefitRequest(Record, Versioned, AmbitoOwned):
    """A benefit asked for a person in a placement: asked by one, decided by another (rules 63, 67, 68)."""

    class Kind(models.TextChoices):
        TRANSPORT = "transport", _("trasporto (abbonamento, biglietti)")
        CLOTHING = "clothing", _("abiti e scarpe da lavoro")
        MEALS = "meals", _("pasti")
        COURSE = "course", _("corso, sport o tempo libero")
        HEALTH = "health", _("occhiali, dentista, ausili")
        DEVICE = "device", _("telefono o computer")
        EMERGENCY = "emergency", _("aiuto urgente")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("da decidere")
        GRANTED = "granted", _("concesso")
        REFUSED = "refused", _("non concesso")
        PAID = "paid", _("pagato")
        WITHDRAWN = "withdrawn", _("ritirato")

    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="+", verbose_name=_("persona"))
    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="+", verbose_name=_("tirocinio"))
    kind = models.CharField(_("tipo di aiuto"), max_length=20, choices=Kind)
    amount = models.DecimalField(_("importo in euro"), max_digits=10, decimal_places=2)
    quote = models.CharField(_("preventivo o scontrino (riferimento)"), max_length=160, blank=True)
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, null=True, related_name="+", verbose_name=_("salvadanaio"))
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.SUBMITTED)
    asked_on = models.DateField(_("chiesto il"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    decided_at = models.DateTimeField(_("deciso il"), null=True)
    decision_reason = models.TextField(_("motivo della decisione"), blank=True)

    class Meta:
        verbose_name = _("richiesta di aiuto")
        verbose_name_plural = _("richieste di aiuto")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="solidarity_fund_request_positive",
                violation_error_message=_("L'importo deve essere maggiore di zero."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "withdrawn"], decided_by=None, decided_at=None)
                | (Q(state__in=["granted", "refused", "paid"]) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="solidarity_fund_request_decided",
            ),
            models.CheckConstraint(condition=~Q(state__in=["granted", "paid"]) | Q(pot__isnull=False), name="solidarity_fund_request_pot"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(decision_reason=""), name="solidarity_fund_refusal_reason"),
        ]
        indexes = [models.Index(fields=["ambito", "state", "-id"], name="fund_request_newest")]
