"""Recognition of companies' social commitment: versions of the scheme, and certificates decided on facts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record


class SchemeVersion(Record, NetworkOwned):
    """A published version never changes. Version 0 is the plain recognition: at least one placement running or concluded."""

    version = models.PositiveSmallIntegerField(_("versione"))
    name = models.CharField(_("nome"), max_length=120)
    published_on = models.DateField(_("pubblicata il"))
    validity_months = models.PositiveSmallIntegerField(_("validità in mesi"))
    minimum_placements = models.PositiveSmallIntegerField(_("tirocini necessari"), default=1)

    class Meta:
        verbose_name = _("versione dello schema")
        verbose_name_plural = _("versioni dello schema")
        constraints = [models.UniqueConstraint(fields=["network", "version"], name="certification_scheme_once")]

    def __str__(self) -> str:
        return self.name


class Certificate(Record, NetworkOwned):
    """A recognition of one company. `facts` are the figures it was decided on, frozen. `expired` is read from the date, not stored."""

    class Level(models.TextChoices):
        ADERENTE = "aderente", _("Aderente a Impresasolidale")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposto")
        GRANTED = "granted", _("valido")
        REFUSED = "refused", _("non riconosciuto")
        REVOKED = "revoked", _("revocato")

    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="certificates", verbose_name=_("impresa"))
    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+", verbose_name=_("schema"))
    level = models.CharField(_("livello"), max_length=20, choices=Level)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.PROPOSED)
    facts = models.JSONField(_("fatti"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    decided_at = models.DateTimeField(_("deciso il"), null=True)
    valid_from = models.DateField(_("valido dal"), null=True)
    valid_to = models.DateField(_("valido fino al"), null=True)
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("attestato"))

    class Meta:
        verbose_name = _("riconoscimento")
        verbose_name_plural = _("riconoscimenti")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "level"],
                condition=Q(state__in=["proposed", "granted"]),
                name="certification_certificate_live_once",
                violation_error_message=_("Questa impresa ha già un riconoscimento di questo livello."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed"], decided_by=None, decided_at=None)
                | (~Q(state__in=["proposed"]) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="certification_certificate_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(valid_from__isnull=False, valid_to__gt=F("valid_from"), document__isnull=False),
                name="certification_certificate_granted",
            ),
        ]
        indexes = [models.Index(fields=["network", "state", "valid_to"], name="certification_register")]
