"""The register of the network's partners: the comuni, the Province, co-operatives, the chamber of commerce, associations."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import PartnerKind, RegisterRole
from .files import ProjectFile


class Partner(Record, Versioned, NetworkOwned):
    """A body of the network. Where the territory knows it already (a Body, a Comune) it is that one, and not written twice."""

    name = models.CharField(_("nome"), max_length=160)
    kind = models.CharField(_("che cos'è"), max_length=12, choices=PartnerKind)
    tax_code = models.CharField(_("codice fiscale o partita IVA"), max_length=16, blank=True)
    body = models.ForeignKey("territory.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ente"))
    comune = models.ForeignKey("territory.Comune", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("comune"))
    contact = models.CharField(_("persona da chiamare"), max_length=120, blank=True)
    email = models.EmailField(_("posta elettronica"), blank=True)
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    site = models.URLField(_("sito"), blank=True)
    note = models.CharField(_("nota"), max_length=300, blank=True)
    logo = models.ForeignKey(ProjectFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo"))
    left_on = models.DateField(_("uscito il"), null=True, blank=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partner")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "name"], name="projects_partner_name", violation_error_message=_("Questo partner è già nel registro.")
            ),
            models.UniqueConstraint(
                fields=["network", "tax_code"],
                condition=~Q(tax_code=""),
                name="projects_partner_tax_code",
                violation_error_message=_("C'è già un partner con questo codice fiscale."),
            ),
            models.UniqueConstraint(
                fields=["network", "body"], name="projects_partner_body", violation_error_message=_("Questo ente è già nel registro.")
            ),
            models.UniqueConstraint(
                fields=["network", "comune"], name="projects_partner_comune", violation_error_message=_("Questo Comune è già nel registro.")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerRole(Record, NetworkOwned):
    """What a partner is to the network, from a day to a day."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="roles", verbose_name=_("partner"))
    role = models.CharField(_("ruolo"), max_length=12, choices=RegisterRole)
    since = models.DateField(_("dal"))
    until = models.DateField(_("al"), null=True, blank=True)
    act = models.CharField(_("atto o accordo"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("ruolo di un partner")
        verbose_name_plural = _("ruoli dei partner")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "role", "since"],
                name="projects_partnerrole_once",
                violation_error_message=_("Questo ruolo è già scritto da questo giorno."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="projects_partnerrole_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
