"""Visits during a placement, their minutes, and what was decided."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.agreements.models import Placement

from ..visit_enums import DecisionFor, Present, Topic, VisitKind, VisitState, VisitWhy


class Visit(Record, Versioned, AmbitoOwned):
    """A visit or call, from the day it is due to its minutes (rules 47, 48). Minutes are typed as a draft; once closed they never change.

    `is_set`: people chose the day, so the rule book moves it no more.
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="visits", verbose_name=_("tirocinio"))
    kind = models.CharField(_("tipo"), max_length=10, choices=VisitKind, default=VisitKind.PLANNED)
    state = models.CharField(_("stato"), max_length=10, choices=VisitState, default=VisitState.PLANNED)
    due_on = models.DateField(_("entro il"))
    why = models.CharField(_("perché quel giorno"), max_length=10, choices=VisitWhy, default=VisitWhy.CHOSEN)
    is_set = models.BooleanField(default=False, editable=False)
    put_off_from = models.DateField(_("era per il"), null=True, editable=False)
    put_off_reason = models.CharField(_("perché è rimandata"), max_length=300, blank=True, editable=False)
    held_on = models.DateField(_("giorno"), null=True)
    place = models.CharField(_("dove"), max_length=160, blank=True)
    present = ArrayField(models.CharField(max_length=20, choices=Present), verbose_name=_("chi c'era"), default=list, blank=True)
    others = models.CharField(_("altri presenti"), max_length=200, blank=True)
    topics = ArrayField(
        models.CharField(max_length=20, choices=Topic), verbose_name=_("di che cosa si è parlato"), default=list, blank=True
    )
    notes = EncryptedTextField(_("com'è andata"), blank=True)
    difficulties = EncryptedTextField(_("difficoltà"), blank=True)
    next_on = models.DateField(_("prossima visita"), null=True, blank=True)
    written_at = models.DateTimeField(_("bozza salvata"), null=True, editable=False)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("fatta da"))
    document = models.ForeignKey("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("verbale"))

    class Meta:
        verbose_name = _("visita")
        verbose_name_plural = _("visite")
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(kind=VisitKind.PLANNED, state=VisitState.PLANNED),
                name="monitoring_visit_one_next",
                violation_error_message=_("La prossima visita è già in programma."),
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.DONE) | Q(held_on__isnull=False, held_by__isnull=False, document__isnull=False),
                name="monitoring_visit_minutes",
            ),
            models.CheckConstraint(condition=Q(put_off_from=None) | ~Q(put_off_reason=""), name="monitoring_visit_put_off"),
        ]
        indexes = [
            models.Index(fields=["ambito", "state", "due_on", "id"], name="monitoring_visit_due"),
            models.Index(fields=["ambito", "state", "-held_on", "-id"], name="monitoring_visit_held"),
        ]


class VisitDecision(Record, AmbitoOwned):
    """What somebody will do after a visit: by when, and that it was done."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="decisions", verbose_name=_("visita"))
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", verbose_name=_("tirocinio"))
    position = models.PositiveSmallIntegerField(default=0)
    text = EncryptedTextField(_("che cosa"))
    role = models.CharField(_("tocca a"), max_length=20, choices=DecisionFor)
    due_on = models.DateField(_("entro il"), null=True)
    done_on = models.DateField(_("fatto il"), null=True, editable=False)

    class Meta:
        verbose_name = _("decisione di una visita")
        verbose_name_plural = _("decisioni di una visita")
        constraints = [models.UniqueConstraint(fields=["visit", "position"], name="monitoring_decision_place")]


class VisitNote(Record, AmbitoOwned):
    """A correction of minutes that are closed: beside them, never over them. Append-only."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="corrections", verbose_name=_("visita"))
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", verbose_name=_("tirocinio"))
    text = EncryptedTextField(_("correzione"))

    class Meta:
        verbose_name = _("nota a un verbale")
        verbose_name_plural = _("note ai verbali")
