"""Texts by version: what people were told, and what who is authorised accepted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import NoticeKind


class Notice(Record, AmbitoOwned):
    """One version of a notice or of the instructions, in force from a day until the next one. Never changed."""

    kind = models.CharField(_("che testo è"), max_length=15, choices=NoticeKind)
    version = models.PositiveSmallIntegerField(_("versione"))
    title = models.CharField(_("titolo"), max_length=120)
    text = models.TextField(_("testo"), max_length=20_000)
    in_force_from = models.DateField(_("vale dal"))

    class Meta:
        verbose_name = _("testo sulla protezione dei dati")
        verbose_name_plural = _("testi sulla protezione dei dati")
        constraints = [models.UniqueConstraint(fields=["ambito", "kind", "version"], name="privacy_notice_version")]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class Acceptance(Record, AmbitoOwned):
    """A tutor or a contact of a company read one version of the instructions and said yes, before seeing anybody's data (art. 29)."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="acceptances", verbose_name=_("istruzioni"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("utente"))
    tutor = models.ForeignKey("hosts.CompanyTutor", models.PROTECT, null=True, related_name="+", verbose_name=_("tutor aziendale"))
    accepted_at = models.DateTimeField(_("accettate il"))

    class Meta:
        verbose_name = _("accettazione delle istruzioni")
        verbose_name_plural = _("accettazioni delle istruzioni")
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=False) | Q(tutor__isnull=False), name="privacy_acceptance_of_somebody"),
            models.UniqueConstraint(fields=["notice", "user"], condition=Q(user__isnull=False), name="privacy_acceptance_of_user"),
            models.UniqueConstraint(fields=["notice", "tutor"], condition=Q(tutor__isnull=False), name="privacy_acceptance_of_tutor"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.tutor)
