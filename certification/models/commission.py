"""The commission that decides on applications: a sitting of the network, on the bases of the fund's (rule 68)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned
from solidarity_fund.models.sittings import AnyAbstention, AnyItem, AnySeat, AnySitting, AnyVote

from ..enums import Aside, CaseOutcome
from .applications import Application


class Sitting(AnySitting, NetworkOwned):
    class Meta:
        verbose_name = _("seduta della commissione")
        verbose_name_plural = _("sedute della commissione")
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="certification_sitting_number_once"),
            *AnySitting.Meta.constraints,
        ]
        indexes = [models.Index(fields=["network", "-held_on", "-id"], name="certification_sitting_newest")]


class Seat(AnySeat, NetworkOwned):
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="seats", verbose_name=_("seduta della commissione"))

    class Meta:
        verbose_name = _("posto in commissione")
        verbose_name_plural = _("posti in commissione")
        constraints = [models.UniqueConstraint(fields=["sitting", "member"], name="certification_seat_once")]


class AgendaItem(AnyItem, NetworkOwned):
    """One application on the agenda."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="items", verbose_name=_("seduta della commissione"))
    application = models.ForeignKey(Application, models.PROTECT, related_name="cases", verbose_name=_("domanda di riconoscimento"))
    outcome = models.CharField(_("esito"), max_length=12, choices=CaseOutcome, default=CaseOutcome.PENDING)

    class Meta:
        verbose_name = _("caso all'ordine del giorno")
        verbose_name_plural = _("casi all'ordine del giorno")
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="certification_case_position_once"),
            models.UniqueConstraint(fields=["sitting", "application"], name="certification_case_application_once"),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(outcome=CaseOutcome.PENDING),
                name="certification_case_one_pending",
                violation_error_message=_("Questa domanda è già all'ordine del giorno di un'altra seduta."),
            ),
        ]


class Abstention(AnyAbstention, NetworkOwned):
    """A member stands aside from an application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="abstentions", verbose_name=_("domanda di riconoscimento"))
    reason = models.CharField(_("perché"), max_length=10, choices=Aside)

    class Meta:
        verbose_name = _("astensione")
        verbose_name_plural = _("astensioni")
        constraints = [models.UniqueConstraint(fields=["application", "member"], name="certification_abstention_once")]


class Vote(AnyVote, NetworkOwned):
    """One vote on one case."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="votes", verbose_name=_("caso all'ordine del giorno"))

    class Meta:
        verbose_name = _("voto")
        verbose_name_plural = _("voti")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "member"],
                name="certification_vote_once",
                violation_error_message=_("Questa persona ha già votato su questo caso."),
            )
        ]
