"""Versions of the scheme: drafts that may change, published ones that never do (a trigger)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import SchemeState
from ..scheme import Scheme


class SchemeVersion(Record, Versioned, NetworkOwned):
    """One version. `definition` is a `scheme.Scheme` as JSON; an application keeps the version it began with (rule 79)."""

    version = models.PositiveSmallIntegerField(_("versione"))
    name = models.CharField(_("nome"), max_length=120)
    state = models.CharField(_("stato"), max_length=10, choices=SchemeState, default=SchemeState.DRAFT)
    published_on = models.DateField(_("pubblicata il"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("pubblicata da")
    )
    based_on = models.PositiveSmallIntegerField(_("cominciata dalla versione"), null=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("modificata da")
    )  # for the last time: the first of the four eyes
    validity_months = models.PositiveSmallIntegerField(_("validità in mesi"))
    definition = models.JSONField(_("criteri e livelli"))

    class Meta:
        verbose_name = _("versione dello schema")
        verbose_name_plural = _("versioni dello schema")
        constraints = [
            models.UniqueConstraint(fields=["network", "version"], name="certification_scheme_once"),
            models.CheckConstraint(
                condition=Q(state=SchemeState.DRAFT, published_on=None) | Q(state=SchemeState.PUBLISHED, published_on__isnull=False),
                name="certification_scheme_published",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scheme(self) -> Scheme:
        return Scheme.from_json(self.definition)
