"""Framework agreements with hosts, and the promoter's insurance covers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import AgreementState, CoverKind


class FrameworkAgreement(Record, Versioned, AmbitoOwned):
    """Convenzione between the promoter (the Ambito's body) and a host; for many placements or for one (DGR X/5451; rule 1)."""

    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="agreements", verbose_name=_("impresa"))
    state = models.CharField(_("stato"), max_length=20, choices=AgreementState, default=AgreementState.DRAFT)
    valid_from = models.DateField(_("vale dal"))
    valid_to = models.DateField(_("vale fino al"))
    only_for = models.OneToOneField(  # a single convenzione, for one placement; empty: framework
        "agreements.Placement", models.PROTECT, null=True, blank=True, related_name="own_agreement", verbose_name=_("solo per il tirocinio")
    )
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))
    signed_on = models.DateField(_("firmata il"), null=True)

    class Meta:
        verbose_name = _("convenzione")
        verbose_name_plural = _("convenzioni")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="agreements_framework_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(condition=~Q(state="signed") | Q(signed_on__isnull=False), name="agreements_framework_signed"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(document__isnull=False), name="agreements_framework_paper"
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "company", "-valid_to"], name="agreements_framework_company"),
            models.Index(fields=["ambito", "-valid_to", "-id"], name="agreements_framework_newest"),
            models.Index(fields=["ambito", "document"], condition=Q(state=AgreementState.ISSUED), name="agreements_framework_to_sign"),
        ]


class Cover(Record, AmbitoOwned):
    """An insurance cover over placements of a period (rules 19 and 20): the promoter's over all of them, or one host's over its own."""

    kind = models.CharField(_("copertura"), max_length=10, choices=CoverKind)
    company = models.ForeignKey(
        "hosts.Company", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("impresa che assicura")
    )  # null: the promoter's
    number = models.CharField(_("posizione o polizza"), max_length=60)
    insurer = models.CharField(_("assicuratore"), max_length=120)
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"))
    withdrawn_at = models.DateTimeField(_("ritirata il"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("perché è stata ritirata"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("copertura assicurativa")
        verbose_name_plural = _("coperture assicurative")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="agreements_cover_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="agreements_cover_withdrawn",
            ),
        ]
