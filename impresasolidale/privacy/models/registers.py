"""The registers a controller keeps: breaches, agreements on data, notes on its processing."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import BreachState, Decision, PactKind, Told

_USER = settings.AUTH_USER_MODEL


class Breach(Record, Versioned, AmbitoOwned):
    """Something happened to personal data (Reg. UE 2016/679, art. 33 and 34). All are registered, notified or not (art. 33.5).

    The 72 hours run from `detected_at`. `late_reason`: why the authority was told after them. No names of people stand here.
    """

    title = models.CharField(_("in breve"), max_length=120)
    detected_at = models.DateTimeField(_("ce ne siamo accorti il"))
    what = models.TextField(_("che cosa è successo"), max_length=3000)
    categories = models.TextField(_("quali dati"), max_length=1000)
    people = models.PositiveIntegerField(_("quante persone, circa"), null=True, blank=True)
    consequences = models.TextField(_("che cosa può succedere"), max_length=2000)
    measures = models.TextField(_("che cosa si è fatto"), max_length=3000, blank=True)
    decision = models.CharField(_("la decisione"), max_length=10, choices=Decision, blank=True)
    decision_reason = models.TextField(_("perché"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    decided_at = models.DateTimeField(_("deciso il"), null=True)
    notified_at = models.DateTimeField(_("notificata il"), null=True)
    notice_number = models.CharField(_("ricevuta o protocollo"), max_length=60, blank=True)
    late_reason = models.TextField(_("perché dopo le 72 ore"), max_length=1000, blank=True)
    told = models.CharField(_("dirlo alle persone"), max_length=10, choices=Told, blank=True)
    told_reason = models.TextField(_("come, o perché no"), max_length=2000, blank=True)
    told_on = models.DateField(_("detto alle persone il"), null=True, blank=True)
    state = models.CharField(_("stato"), max_length=10, choices=BreachState, default=BreachState.OPEN)

    class Meta:
        verbose_name = _("violazione di dati")
        verbose_name_plural = _("violazioni di dati")
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decision_reason="", decided_by=None, decided_at=None)
                | (~Q(decision="") & ~Q(decision_reason="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="privacy_breach_decision",
                violation_error_message=_("La decisione vuole il suo motivo."),
            ),
            models.CheckConstraint(
                condition=Q(notified_at=None) | Q(decision="notify", notified_at__gte=F("detected_at")), name="privacy_breach_notified"
            ),
            models.CheckConstraint(
                condition=Q(told="", told_reason="", told_on=None)
                | (Q(told="tell", told_on__isnull=False) & ~Q(told_reason=""))
                | (Q(told="not_needed", told_on=None) & ~Q(told_reason="")),
                name="privacy_breach_told",
                violation_error_message=_("Scrivi come lo si è detto e quando, oppure perché non serve."),
            ),
            models.CheckConstraint(
                condition=Q(state="open")
                | (
                    ~(Q(decision="") | Q(told="") | Q(measures=""))
                    & (Q(decision="not_needed") | Q(decision="notify", notified_at__isnull=False))
                ),
                name="privacy_breach_closed",
            ),
        ]
        indexes = [models.Index(fields=["ambito", "-detected_at", "-id"], name="privacy_breach_newest")]

    def __str__(self) -> str:
        return self.title


class DataPact(Record, Versioned, AmbitoOwned):
    """An agreement on data with somebody who processes it for us or with us (Reg. UE 2016/679, art. 26 and 28), with its expiry."""

    kind = models.CharField(_("che accordo è"), max_length=15, choices=PactKind)
    party = models.CharField(_("con chi"), max_length=160)
    subject = models.CharField(_("per che cosa"), max_length=300)
    contact = models.CharField(_("chi sentire"), max_length=160, blank=True)
    act = models.CharField(_("atto"), max_length=120, blank=True)
    signed_on = models.DateField(_("firmato il"))
    expires_on = models.DateField(_("scade il"), null=True, blank=True)
    ended_on = models.DateField(_("finito il"), null=True, editable=False)

    class Meta:
        verbose_name = _("accordo sui dati")
        verbose_name_plural = _("accordi sui dati")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("signed_on")),
                name="privacy_pact_dates",
                violation_error_message=_("La scadenza viene prima della firma."),
            )
        ]
        indexes = [models.Index(fields=["ambito", "expires_on", "id"], name="privacy_pact_by_expiry")]

    def __str__(self) -> str:
        return self.party


class ProcessingNote(Record, AmbitoOwned):
    """What the office says of one entry of its register of processing; a change is a new row, and the last one holds."""

    entry = models.CharField(_("trattamento"), max_length=40)
    text = models.TextField(_("nota"), max_length=3000)

    class Meta:
        verbose_name = _("nota al registro")
        verbose_name_plural = _("note al registro")
        indexes = [models.Index(fields=["ambito", "entry", "-id"], name="privacy_note_last")]

    def __str__(self) -> str:
        return self.entry
