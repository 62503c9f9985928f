"""What a person asks about her own data, with the month in which she is answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import Asker, Channel, Delivery, Names, RequestKind, RequestState

_USER = settings.AUTH_USER_MODEL


class DataRequest(Record, Versioned, AmbitoOwned):
    """One right used by a person, or by who represents her (Reg. UE 2016/679, art. 12 and 15–21).

    `due_on` is a month after the day it came; `extended_on` is the day on which two months more were told, with the reason (art. 12.3).
    `document` is the copy of an access; what it says is frozen in it. Names of readers stand there only after `names` were granted.
    """

    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="+", verbose_name=_("persona"))
    representative = models.ForeignKey(
        "beneficiaries.Representative", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rappresentante")
    )
    kind = models.CharField(_("che cosa chiede"), max_length=15, choices=RequestKind)
    asker = models.CharField(_("chi la fa"), max_length=10, choices=Asker)
    channel = models.CharField(_("com'è arrivata"), max_length=10, choices=Channel)
    received_on = models.DateField(_("arrivata il"))
    identity_check = models.CharField(_("come sappiamo chi è"), max_length=200)
    words = models.TextField(_("che cosa dice"), max_length=2000, blank=True)
    due_on = models.DateField(_("rispondere entro"))
    extended_on = models.DateField(_("proroga detta il"), null=True)
    extension_reason = models.TextField(_("perché serve più tempo"), max_length=500, blank=True)
    state = models.CharField(_("stato"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    outcome = models.TextField(_("che cosa si è fatto"), max_length=2000, blank=True)
    closed_on = models.DateField(_("risposta del"), null=True)
    delivery = models.CharField(_("come si è consegnata"), max_length=10, choices=Delivery, blank=True)
    names = models.CharField(_("nomi di chi ha guardato"), max_length=10, choices=Names, blank=True)
    names_reason = models.TextField(_("perché"), max_length=1000, blank=True)
    names_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    names_at = models.DateTimeField(_("deciso il"), null=True)
    document = models.ForeignKey("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("copia"))

    class Meta:
        verbose_name = _("richiesta sui propri dati")
        verbose_name_plural = _("richieste sui propri dati")
        constraints = [
            models.CheckConstraint(
                condition=Q(asker="person", representative=None) | (~Q(asker="person") & Q(representative__isnull=False)),
                name="privacy_request_asker",
                violation_error_message=_("Scegli chi la rappresenta."),
            ),
            models.CheckConstraint(condition=~Q(identity_check=""), name="privacy_request_identity"),
            models.CheckConstraint(condition=Q(due_on__gt=F("received_on")), name="privacy_request_due"),
            models.CheckConstraint(
                condition=Q(extended_on=None, extension_reason="") | (Q(extended_on__isnull=False) & ~Q(extension_reason="")),
                name="privacy_request_extension",
                violation_error_message=_("La proroga vuole il suo motivo."),
            ),
            models.CheckConstraint(condition=Q(state="open") ^ Q(closed_on__isnull=False), name="privacy_request_closed"),
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(outcome="") & ~Q(delivery="")),
                name="privacy_request_outcome",
                violation_error_message=_("Scrivi che cosa si è fatto, e come lo si è detto."),
            ),
            models.CheckConstraint(
                condition=Q(names="", names_reason="", names_by=None, names_at=None)
                | (~Q(names="") & ~Q(names_reason="") & Q(names_by__isnull=False, names_at__isnull=False)),
                name="privacy_request_names",
                violation_error_message=_("La decisione sui nomi vuole il suo motivo."),
            ),
        ]
        indexes = [models.Index(fields=["ambito", "-id"], name="privacy_request_newest")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
