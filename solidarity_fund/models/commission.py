"""The commission: who sits, what each one thinks, who stands aside, how it votes (rule 68)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import CaseKind, Conflict, Outcome, SittingState, Verdict
from .requests import BenefitRequest


def _member() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("componente"))


class Sitting(Record, Versioned, AmbitoOwned):
    """One sitting of the commission of an Ambito. Its minutes are approved by the president, never by who closed them."""

    number = models.CharField(_("numero"), max_length=20)  # "2026/000003", a series of the Ambito
    held_on = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("ora"), null=True, blank=True)
    place = models.CharField(_("dove"), max_length=120)
    state = models.CharField(_("stato"), max_length=10, choices=SittingState, default=SittingState.PLANNED)
    president = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("presidente"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("verbale scritto da")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("verbale approvato da")
    )
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("verbale"))

    class Meta:
        verbose_name = _("seduta della commissione")
        verbose_name_plural = _("sedute della commissione")
        constraints = [
            models.UniqueConstraint(fields=["ambito", "number"], name="solidarity_fund_sitting_number_once"),
            models.CheckConstraint(
                condition=~Q(state=SittingState.APPROVED) | Q(approved_by__isnull=False, closed_by__isnull=False),
                name="solidarity_fund_sitting_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("closed_by")),
                name="solidarity_fund_sitting_two_keys",
                violation_error_message=_("Chi ha scritto il verbale non lo approva."),
            ),
        ]
        indexes = [models.Index(fields=["ambito", "-held_on", "-id"], name="fund_sitting_newest")]

    def __str__(self) -> str:
        return self.number


class Seat(AmbitoOwned):
    """A member who is called to a sitting, and whether they were there."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="seats", verbose_name=_("seduta della commissione"))
    member = _member()
    is_present = models.BooleanField(_("presente"), default=False)

    class Meta:
        verbose_name = _("posto in commissione")
        verbose_name_plural = _("posti in commissione")
        constraints = [models.UniqueConstraint(fields=["sitting", "member"], name="solidarity_fund_seat_once")]


class AgendaItem(Record, AmbitoOwned):
    """One case on the agenda, in order; `quorum` and the votes are written down when it is closed."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="items", verbose_name=_("seduta della commissione"))
    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="cases", verbose_name=_("richiesta di aiuto"))
    position = models.PositiveSmallIntegerField(_("ordine"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=CaseKind, default=CaseKind.DECIDE)
    outcome = models.CharField(_("esito"), max_length=12, choices=Outcome, default=Outcome.PENDING)
    amount = models.DecimalField(_("importo deciso, in euro"), max_digits=10, decimal_places=2, null=True)
    reason = models.TextField(_("motivazione"), blank=True)
    quorum = models.PositiveSmallIntegerField(_("voti che servono"), null=True)
    votes_for = models.PositiveSmallIntegerField(_("a favore"), null=True)
    votes_against = models.PositiveSmallIntegerField(_("contro"), null=True)

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
    member = _member()
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


class Abstention(Record, AmbitoOwned):
    """A member stands aside from a request: from then on no opinion and no vote (a trigger), and no place in its quorum."""

    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="abstentions", verbose_name=_("richiesta di aiuto"))
    member = _member()
    reason = models.CharField(_("perché"), max_length=10, choices=Conflict)

    class Meta:
        verbose_name = _("astensione")
        verbose_name_plural = _("astensioni")
        constraints = [models.UniqueConstraint(fields=["request", "member"], name="solidarity_fund_abstention_once")]


class Vote(Record, AmbitoOwned):
    """One vote on one case; `created_by` is who wrote it down, the member or the secretary."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="votes", verbose_name=_("caso all'ordine del giorno"))
    member = _member()
    in_favour = models.BooleanField(_("a favore"))

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
