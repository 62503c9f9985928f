"""«Voglio parlare con qualcuno»: the person asks to be called by the service, never through the host."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.agreements.models import Placement

from ..talk_enums import TalkAsker, TalkReason, TalkSource, TalkState, TalkStep, TalkWay, TalkWhen


class Talk(Record, Versioned, AmbitoOwned):
    """One request to be called, and what came of it. No company user reaches a row, not even the database shows them one.

    `words`, `number` and `agreed` are encrypted. At most one is open for a placement: pressed again, it is the same.
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="talks", verbose_name=_("tirocinio"))
    state = models.CharField(_("stato"), max_length=10, choices=TalkState, default=TalkState.ASKED)
    asked_at = models.DateTimeField(_("chiesto il"))
    came_by = models.CharField(_("da dove"), max_length=10, choices=TalkSource)
    asker = models.CharField(_("chi lo chiede"), max_length=20, choices=TalkAsker, default=TalkAsker.PERSON)
    reason = models.CharField(_("perché"), max_length=10, choices=TalkReason, blank=True)
    words = EncryptedTextField(_("parole sue"), blank=True)
    reach_when = models.CharField(_("quando chiamare"), max_length=10, choices=TalkWhen, default=TalkWhen.ANY)
    way = models.CharField(_("come"), max_length=10, choices=TalkWay, default=TalkWay.PHONE)
    number = EncryptedTextField(_("a quale numero"), blank=True)
    is_urgent = models.BooleanField(_("urgente"), default=False)
    due_on = models.DateField(_("rispondere entro il"))
    presses = models.PositiveSmallIntegerField(_("volte che l’ha chiesto"), default=1)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("se ne occupa"))
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ha risposto"))
    answered_on = models.DateField(_("risposto il"), null=True)
    agreed = EncryptedTextField(_("che cosa si è deciso insieme"), null=True, blank=True)
    next_step = models.CharField(_("che cosa si fa adesso"), max_length=10, choices=TalkStep, default=TalkStep.NONE)
    next_on = models.DateField(_("entro il"), null=True, blank=True)
    next_done_on = models.DateField(_("fatto il"), null=True)
    suspended_on = models.DateField(_("tirocinio sospeso dal"), null=True)
    escalated_on = models.DateField(_("detto al coordinatore il"), null=True)

    class Meta:
        verbose_name = _("richiesta di parlare")
        verbose_name_plural = _("richieste di parlare")
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=~Q(state=TalkState.ANSWERED),
                name="monitoring_talk_open_once",
                violation_error_message=_("C’è già una richiesta aperta di questa persona."),
            ),
            models.CheckConstraint(
                condition=~Q(state=TalkState.ANSWERED) | Q(answered_on__isnull=False, answered_by__isnull=False, agreed__isnull=False),
                name="monitoring_talk_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "-asked_at", "-id"], name="monitoring_talk_latest"),
            models.Index(fields=["due_on"], condition=~Q(state=TalkState.ANSWERED), name="monitoring_talk_due"),
            models.Index(fields=["placement", "-asked_at"], name="monitoring_talk_placement"),
        ]

    @property
    def waits(self) -> bool:
        """Whether somebody has still to call."""
        return self.state != TalkState.ANSWERED
