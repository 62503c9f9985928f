"""The recognition itself: what was decided, from when to when, its paper."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from ..enums import CertificateState, Level, ReasonClass
from .applications import Application
from .schemes import SchemeVersion


class Certificate(Record, NetworkOwned):
    """A recognition of one company, made when an application is granted; `facts` and `score` are what it was decided on, frozen.

    The attestato of 2015 has no application, no scheme, no end and no paper of ours (rule 86).
    """

    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="certificates", verbose_name=_("impresa"))
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, related_name="certificate", verbose_name=_("domanda di riconoscimento")
    )
    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("schema"))
    level = models.CharField(_("livello"), max_length=20, choices=Level)
    state = models.CharField(_("stato"), max_length=10, choices=CertificateState, default=CertificateState.GRANTED)
    reason_class = models.CharField(_("motivo"), max_length=20, choices=ReasonClass, blank=True)
    facts = models.JSONField(_("fatti"), default=dict)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    decided_at = models.DateTimeField(_("deciso il"), null=True)
    valid_from = models.DateField(_("valido dal"))
    valid_to = models.DateField(_("valido fino al"), null=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by", verbose_name=_("prende il posto di"))
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("attestato"))

    class Meta:
        verbose_name = _("riconoscimento")
        verbose_name_plural = _("riconoscimenti")
        constraints = [
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(state__in=["granted", "suspended"]) & ~Q(level=Level.ATTESTATO_2015),
                name="certification_certificate_live_once",
                violation_error_message=_("Questa impresa ha già un riconoscimento."),
            ),
            models.CheckConstraint(
                condition=Q(level=Level.ATTESTATO_2015, application=None, scheme=None, valid_to=None)
                | Q(
                    application__isnull=False,
                    scheme__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    document__isnull=False,
                    valid_to__gt=F("valid_from"),
                ),
                name="certification_certificate_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["granted", "superseded"], reason_class="")
                | Q(state__in=["suspended", "revoked"]) & ~Q(reason_class=""),
                name="certification_certificate_reason",
            ),
        ]
        indexes = [models.Index(fields=["network", "state", "valid_to"], name="certification_register")]
