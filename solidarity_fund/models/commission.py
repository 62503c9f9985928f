"""The commission: who sits, what each one thinks, who stands aside, how it votes (rule 68)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import CaseKind, Conflict, Outcome, Verdict
from .requests import BenefitRequest
from .sittings import AnyAbstention, AnyItem, AnySeat, AnySitting, AnyVote, member


class Sitting(AnySitting, AmbitoOwned):
    """One sitting of the commission of an Ambito."""

    class Meta:
        verbose_name = _("seduta della commissione")
        verbose_name_plural = _("sedute della commissione")
        constraints = [
            models.UniqueConstraint(fields=["ambito", "number"], name="solidarity_fund_sitting_number_once"),
            *AnySitting.Meta.constraints,
        ]
        indexes = [models.Index(fields=["ambito", "-held_on", "-id"], name="fund_sitting_newest")]


class Seat(AnySeat, AmbitoOwned):
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="seats", verbose_name=_("seduta della commissione"))

    class Meta:
        verbose_name = _("posto in commissione")
        verbose_name_plural = _("posti in commissione")
        constraints = [models.UniqueConstraint(fields=["sitting", "member"], name="solidarity_fund_seat_once")]


class AgendaItem(AnyItem, AmbitoOwned):
    """One request on the agenda."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="items", verbose_name=_("seduta della commissione"))
    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="cases", verbose_name=_("richiesta di aiuto"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=CaseKind, default=CaseKind.DECIDE)
    outcome = models.CharField(_("esito"), max_length=12, choices=Outcome, default=Outcome.PENDING)
    amount = models.DecimalField(_("importo deciso, in euro"), max_digits=10, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("caso all'ordine del giorno")
        verbose_name_plural = _("casi all'ordine del giorno")
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="solidarity_fund_case_position_once"),
            models.UniqueConstraint(fields=["sitting", "request"], name="solidarity_fund_case_request_once"),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(outcome=Outcome.PENDING),
                name="solidarity_fund_case_one_pending",
                violation_error_message=_("Questa richiesta è già all'ordine del giorno di un'altra seduta."),
            ),
        ]


class Opinion(Record, AmbitoOwned):
    """What a member thinks of a request, before or in the sitting. Thinking again is a new row: the last one counts."""

    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="opinions", verbose_name=_("richiesta di aiuto"))
    member = member()
    verdict = models.CharField(_("parere"), max_length=10, choices=Verdict)
    amount = models.DecimalField(_("importo proposto, in euro"), max_digits=10, decimal_places=2, null=True, blank=True)
    reason = models.CharField(_("perché"), max_length=300)

    class Meta:
        verbose_name = _("parere")
        verbose_name_plural = _("pareri")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict=Verdict.CHANGED, amount__gt=0) | (~Q(verdict=Verdict.CHANGED) & Q(amount=None)),
                name="solidarity_fund_opinion_amount",
                violation_error_message=_("Scrivi l'importo che proponi."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="solidarity_fund_opinion_reason"),
        ]
        indexes = [models.Index(fields=["request", "member", "-id"], name="fund_opinion_last")]


class Abstention(AnyAbstention, AmbitoOwned):
    """A member stands aside from a request."""

    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="abstentions", verbose_name=_("richiesta di aiuto"))
    reason = models.CharField(_("perché"), max_length=10, choices=Conflict)

    class Meta:
        verbose_name = _("astensione")
        verbose_name_plural = _("astensioni")
        constraints = [models.UniqueConstraint(fields=["request", "member"], name="solidarity_fund_abstention_once")]


class Vote(AnyVote, AmbitoOwned):
    """One vote on one case."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="votes", verbose_name=_("caso all'ordine del giorno"))

    class Meta:
        verbose_name = _("voto")
        verbose_name_plural = _("voti")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "member"],
                name="solidarity_fund_vote_once",
                violation_error_message=_("Questa persona ha già votato su questo caso."),
            )
        ]
