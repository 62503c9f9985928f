"""The act that says whom the fund helps, with what and up to how much: published before the first grant (rule 64)."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from ..enums import BenefitForm, BenefitKind, CriteriaState


class FundCriteria(Record, NetworkOwned):
    """The criteria of the network's fund from a day (L. 241/1990 art. 12; D.Lgs. 33/2013 art. 26). Proposed by one, published by another.

    What they say never changes (a trigger): new ones begin on their own day. The numbers of rules 65–68 stand in the rule book.
    """

    state = models.CharField(_("stato"), max_length=10, choices=CriteriaState, default=CriteriaState.PROPOSED)
    valid_from = models.DateField(_("valgono dal"))
    act_number = models.CharField(_("numero dell'atto"), max_length=60)
    act_on = models.DateField(_("data dell'atto"))
    proof_days = models.PositiveSmallIntegerField(
        _("giorni per portare la prova della spesa"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    term_days = models.PositiveSmallIntegerField(
        _("giorni per decidere"), default=30, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )
    missing_days = models.PositiveSmallIntegerField(
        _("giorni per completare una richiesta"), default=15, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    advance_limit = models.DecimalField(_("anticipo urgente fino a"), max_digits=9, decimal_places=2, null=True, blank=True)
    ratify_days = models.PositiveSmallIntegerField(
        _("giorni per ratificare un anticipo"), default=30, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )
    appeal = models.TextField(_("come si fa ricorso"))
    published_on = models.DateField(_("pubblicati il"), null=True, blank=True)
    link = models.URLField(_("dove sono pubblicati"), max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    outside_number = models.CharField(_("numero dell'atto esterno"), max_length=60, blank=True)
    outside_on = models.DateField(_("data dell'atto esterno"), null=True, blank=True)

    class Meta:
        verbose_name = _("criteri del fondo")
        verbose_name_plural = _("criteri del fondo")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "valid_from"],
                condition=Q(state=CriteriaState.PUBLISHED),
                name="solidarity_fund_criteria_day_once",
                violation_error_message=_("Ci sono già dei criteri pubblicati che valgono da questo giorno."),
            ),
            models.CheckConstraint(
                condition=~Q(state=CriteriaState.PUBLISHED) | (Q(published_on__isnull=False, decided_by__isnull=False) & ~Q(link="")),
                name="solidarity_fund_criteria_published",
                violation_error_message=_("Dei criteri pubblicati servono il giorno e l'indirizzo."),
            ),
            models.CheckConstraint(
                condition=Q(advance_limit=None) | Q(advance_limit__gt=0),
                name="solidarity_fund_criteria_advance",
                violation_error_message=_("Il limite dell'anticipo deve essere maggiore di zero, oppure vuoto."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act_number}, {self.act_on:%d/%m/%Y}"


class CriteriaKind(NetworkOwned):
    """One kind of help that the criteria offer, with its own ceiling in euro (none: no ceiling) and in what form it is given."""

    criteria = models.ForeignKey(FundCriteria, models.PROTECT, related_name="kinds", verbose_name=_("criteri del fondo"))
    kind = models.CharField(_("tipo di aiuto"), max_length=20, choices=BenefitKind)
    ceiling = models.DecimalField(_("al massimo, in euro"), max_digits=9, decimal_places=2, null=True, blank=True)
    form = models.CharField(_("come si dà"), max_length=10, choices=BenefitForm, default=BenefitForm.EITHER)

    class Meta:
        verbose_name = _("tipo di aiuto previsto")
        verbose_name_plural = _("tipi di aiuto previsti")
        constraints = [
            models.UniqueConstraint(fields=["criteria", "kind"], name="solidarity_fund_criteriakind_once"),
            models.CheckConstraint(condition=Q(ceiling=None) | Q(ceiling__gt=0), name="solidarity_fund_criteriakind_ceiling"),
        ]


class PotPurpose(NetworkOwned):
    """What kinds of help a pot of the fund may pay: the restriction of its donors as data. No row, or an empty list: any kind."""

    pot = models.OneToOneField("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("salvadanaio"))
    kinds: Any = ArrayField(models.CharField(max_length=20, choices=BenefitKind), default=list, blank=True, verbose_name=_("tipi di aiuto"))

    class Meta:
        verbose_name = _("scopo del salvadanaio")
        verbose_name_plural = _("scopi dei salvadanai")

    def allows(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds
