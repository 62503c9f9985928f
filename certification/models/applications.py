"""Asking for the recognition: when one may, what the company says, what proves it, what the office found."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import OPEN, ApplicationState, Level, Origin, SizeBand, Verdict
from .schemes import SchemeVersion


class Campaign(Record, Versioned, NetworkOwned):
    """A window in which companies may apply (rule 84), with the scheme its applications are judged by; without a last day it stays open."""

    name = models.CharField(_("nome"), max_length=120)
    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="campaigns", verbose_name=_("schema"))
    opens_on = models.DateField(_("si apre il"))
    closes_on = models.DateField(_("si chiude il"), null=True, blank=True)
    decides_by = models.DateField(_("decisione entro il"), null=True, blank=True)

    class Meta:
        verbose_name = _("campagna di riconoscimento")
        verbose_name_plural = _("campagne di riconoscimento")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="certification_campaign_days",
                violation_error_message=_("La chiusura viene dopo l'apertura."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Application(Record, Versioned, NetworkOwned):
    """One company's request for a level, judged by the scheme it began with (rule 79). `facts`, `band` and `points` are frozen when it
    is presented: points by criterion, those of the data first, those of the company's answers beside them."""

    number = models.CharField(_("numero"), max_length=20, blank=True)  # "2026/000012", given when it is presented
    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="applications", verbose_name=_("impresa"))
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="applications", verbose_name=_("campagna"))
    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+", verbose_name=_("schema"))
    origin = models.CharField(_("iniziata da"), max_length=10, choices=Origin)
    level = models.CharField(_("livello chiesto"), max_length=20, choices=Level)
    state = models.CharField(_("stato"), max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT)
    band = models.CharField(_("dimensione"), max_length=10, choices=SizeBand, blank=True)
    facts = models.JSONField(_("fatti"), default=dict)
    submitted_on = models.DateField(_("presentata il"), null=True)
    signed_by = models.CharField(_("chi dichiara, per l'impresa"), max_length=120, blank=True)
    late_reason = models.CharField(_("perché dopo la chiusura"), max_length=300, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("verificata da"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    decided_at = models.DateTimeField(_("deciso il"), null=True)

    class Meta:
        verbose_name = _("domanda di riconoscimento")
        verbose_name_plural = _("domande di riconoscimento")
        constraints = [
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(state__in=OPEN),
                name="certification_application_open_once",
                violation_error_message=_("Questa impresa ha già una domanda in corso."),
            ),
            models.UniqueConstraint(fields=["network", "number"], condition=~Q(number=""), name="certification_application_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_on__isnull=False) & ~Q(band=""),
                name="certification_application_presented",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "refused"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="certification_application_decided",
            ),
        ]
        indexes = [models.Index(fields=["network", "state", "-id"], name="certification_applications")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_of_company(self) -> bool:
        """The company signed it, whoever began it: before a no it is heard."""
        return bool(self.signed_by)


class Answer(Record, Versioned, NetworkOwned):
    """What was said of one criterion. `points` is the step the company chose (or the data reached); `verdict` and `points_given` the
    office's, who looked. The last word is `points_given`."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="answers", verbose_name=_("domanda di riconoscimento"))
    criterion = models.CharField(_("criterio"), max_length=40)
    points = models.PositiveSmallIntegerField(_("punti indicati"), default=0)
    words = models.TextField(_("in parole"), blank=True)
    verdict = models.CharField(_("verifica"), max_length=10, choices=Verdict, blank=True)
    points_given = models.PositiveSmallIntegerField(_("punti riconosciuti"), null=True)
    note = models.CharField(_("nota della verifica"), max_length=300, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("verificato da"))

    class Meta:
        verbose_name = _("risposta")
        verbose_name_plural = _("risposte")
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion"], name="certification_answer_once"),
            models.CheckConstraint(
                condition=Q(verdict="", points_given=None, reviewed_by=None)
                | ~Q(verdict="") & Q(points_given__isnull=False, reviewed_by__isnull=False),
                name="certification_answer_reviewed",
            ),
        ]


class Proof(Record, NetworkOwned):
    """A file, or words on where to see it, that proves one answer."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="proofs", verbose_name=_("risposta"))
    upload = models.ForeignKey("core.Upload", models.PROTECT, related_name="+", verbose_name=_("file"))
    words = models.CharField(_("che cos'è"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("prova")
        verbose_name_plural = _("prove")
