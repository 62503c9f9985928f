"""What happens during a placement: accidents, and who was told of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.agreements.models import Placement

from ..enums import AccidentState, Harm, NoticeTo


class Accident(Record, Versioned, AmbitoOwned):
    """One accident of a person in placement (rule 53). How it went is encrypted; of the harm only what anybody can see."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="accidents", verbose_name=_("tirocinio"))
    state = models.CharField(_("stato"), max_length=10, choices=AccidentState, default=AccidentState.OPEN)
    happened_at = models.DateTimeField(_("quando è successo"))
    place = models.CharField(_("dove"), max_length=160, blank=True)
    dynamics = EncryptedTextField(_("che cosa è successo"))
    harm = models.CharField(_("come sta la persona"), max_length=10, choices=Harm)
    witnesses = EncryptedTextField(_("chi era presente"), blank=True)
    first_aid = EncryptedTextField(_("primo soccorso"), blank=True)
    is_commute = models.BooleanField(_("nel tragitto fra casa e tirocinio"), default=False)
    third_party_damage = models.BooleanField(_("ci sono danni ad altri"), default=False)
    certificate_on = models.DateField(_("certificato medico del"), null=True, blank=True)
    prognosis_days = models.PositiveSmallIntegerField(_("giorni di prognosi"), null=True, blank=True)
    outcome = EncryptedTextField(_("com'è andata a finire"), null=True, blank=True)

    class Meta:
        verbose_name = _("incidente")
        verbose_name_plural = _("incidenti")
        constraints = [
            models.CheckConstraint(
                condition=Q(prognosis_days=None) | Q(certificate_on__isnull=False),
                name="monitoring_accident_prognosis",
                violation_error_message=_("I giorni di prognosi vengono dal certificato: scrivi anche di che giorno è."),
            ),
            models.CheckConstraint(condition=~Q(state=AccidentState.CLOSED) | Q(outcome__isnull=False), name="monitoring_accident_outcome"),
        ]
        indexes = [
            models.Index(fields=["ambito", "-happened_at", "-id"], name="monitoring_accident_latest"),
            models.Index(fields=["placement", "-happened_at"], name="monitoring_accident_placement"),
        ]


class AccidentNotice(Record, AmbitoOwned):
    """One body or person that must know of an accident: by when, and when it was told."""

    accident = models.ForeignKey(Accident, models.CASCADE, related_name="notices", verbose_name=_("incidente"))
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="+", verbose_name=_("tirocinio"))
    to = models.CharField(_("a chi"), max_length=10, choices=NoticeTo)
    due_on = models.DateField(_("entro il"), null=True, blank=True)  # null: waits for the medical certificate
    sent_on = models.DateField(_("avvisato il"), null=True, blank=True)
    protocol = models.CharField(_("protocollo o ricevuta"), max_length=60, blank=True)
    file = models.ForeignKey("core.Upload", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("file"))
    not_needed = models.CharField(_("perché non serve"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("avviso di incidente")
        verbose_name_plural = _("avvisi di incidente")
        constraints = [
            models.UniqueConstraint(fields=["accident", "to"], name="monitoring_notice_once"),
            models.CheckConstraint(condition=Q(sent_on=None) | Q(not_needed=""), name="monitoring_notice_one_answer"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to be told."""
        return self.sent_on is None and not self.not_needed
