"""Companies and their sites."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from .. import ateco
from ..enums import Facility, HostKind, Law68, LegalForm, RiskClass, SizeClass, TradeAssociation


def _codes(name: Any, choices: Any, length: int = 20) -> ArrayField:
    return ArrayField(models.CharField(max_length=length, choices=choices), default=list, blank=True, verbose_name=name)


LONGEST_REST = 24  # months


class Company(Record, Versioned, NetworkOwned):
    """A host: firm, social co-operative, association, public body or farm. Its address may be anywhere in Italy (domain.md §0)."""

    name = models.CharField(_("denominazione"), max_length=160)
    search_key = models.CharField(max_length=200, editable=False)  # lower case, without accents: for search and sorting
    kind = models.CharField(_("tipo"), max_length=20, choices=HostKind)
    legal_form = models.CharField(_("forma giuridica"), max_length=20, choices=LegalForm, blank=True)
    partita_iva = models.CharField(_("partita IVA"), max_length=11, blank=True)
    tax_code = models.CharField(_("codice fiscale dell'ente"), max_length=11, blank=True)
    ateco = models.CharField(_("attività (ATECO)"), max_length=10, blank=True)
    sector = models.CharField(_("settore in parole"), max_length=120, blank=True)
    size_class = models.CharField(_("dimensione"), max_length=10, choices=SizeClass, blank=True)
    staff_count = models.PositiveIntegerField(_("addetti"), null=True, blank=True)
    risk_class = models.CharField(_("classe di rischio"), max_length=6, choices=RiskClass, blank=True)  # rule 25
    representative = models.CharField(_("legale rappresentante"), max_length=120, blank=True)
    address = models.CharField(_("indirizzo"), max_length=160, blank=True)
    comune = models.ForeignKey("territory.Comune", models.PROTECT, related_name="+", verbose_name=_("comune"))
    email = models.EmailField(_("posta elettronica"), blank=True)
    pec = models.EmailField(_("PEC"), blank=True)
    sdi_code = models.CharField(_("codice destinatario (SDI)"), max_length=7, blank=True)
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    associations = _codes(_("associazioni di categoria"), TradeAssociation)
    welcomes_disability = models.BooleanField(_("accoglie persone con disabilità"), default=False)
    safety_declared_on = models.DateField(_("dichiarazione sulla sicurezza (DVR e RSPP) del"), null=True, blank=True)  # rule 24
    law68_position = models.CharField(_("posizione rispetto alla legge 68/1999"), max_length=10, choices=Law68, blank=True)
    law68_declared_on = models.DateField(_("dichiarazione sulla legge 68/1999 del"), null=True, blank=True)  # rule 85
    on_register = models.BooleanField(_("d'accordo a comparire nel registro pubblico"), default=True)
    rest_months = models.PositiveSmallIntegerField(_("mesi di pausa dopo un tirocinio"), null=True, blank=True)  # none said: the usual rest
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")

    merge_exempt = frozenset(
        {"hosts.Company.merged_into", "hosts.DistinctCompanies.first", "hosts.DistinctCompanies.second"}  # what was said of two records
    )

    class Meta:
        verbose_name = _("impresa")
        verbose_name_plural = _("imprese")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "partita_iva"],
                condition=~Q(partita_iva="") & Q(merged_into=None),
                name="hosts_company_partita_iva_once",
                violation_error_message=_("C'è già un'impresa con questa partita IVA."),
            ),
            models.CheckConstraint(
                condition=~Q(partita_iva="") | ~Q(tax_code=""),
                name="hosts_company_has_code",
                violation_error_message=_("Serve la partita IVA, oppure il codice fiscale dell'ente."),
            ),
            models.CheckConstraint(
                condition=Q(rest_months=None) | Q(rest_months__lte=LONGEST_REST),
                name="hosts_company_rest",
                violation_error_message=_("La pausa dura al massimo due anni."),
            ),
        ]
        indexes = [
            models.Index(fields=["network", "search_key", "id"], name="hosts_company_by_name"),
            GinIndex(F("network"), OpClass(F("search_key"), name="gin_trgm_ops"), name="hosts_company_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ateco_words(self) -> str:
        """Code and official title."""
        return ateco.label(self.ateco)

    @property
    def association_words(self) -> str:
        return ", ".join(str(TradeAssociation(code).label) for code in self.associations)


class Site(Record, Versioned, NetworkOwned):
    """A place of work of a company, until the day it closes. Its point on the map is in degrees (WGS 84)."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="sites", verbose_name=_("impresa"))
    name = models.CharField(_("sede"), max_length=120)
    address = models.CharField(_("indirizzo"), max_length=160)
    comune = models.ForeignKey("territory.Comune", models.PROTECT, related_name="+", verbose_name=_("comune"))
    directions = models.CharField(_("come ci si arriva"), max_length=200, blank=True)
    bus_line = models.CharField(_("linea"), max_length=60, blank=True)
    bus_stop = models.CharField(_("fermata"), max_length=80, blank=True)
    bus_hours = models.CharField(_("orari utili"), max_length=120, blank=True)
    facilities = _codes(_("che cosa c’è"), Facility, 10)
    latitude = models.DecimalField(_("latitudine"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitudine"), max_digits=8, decimal_places=5, null=True, blank=True)
    closed_on = models.DateField(_("ultimo giorno"), null=True, blank=True)
    closed_reason = models.CharField(_("perché è chiusa"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("sede")
        verbose_name_plural = _("sedi")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="hosts_site_point",
                violation_error_message=_("Del punto sulla mappa servono tutti e due i numeri."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | ~Q(closed_reason=""),
                name="hosts_site_closed_why",
                violation_error_message=_("Scrivi perché la sede chiude."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.address}"

    def is_open(self, on: date) -> bool:
        """Whether somebody can be placed here on a day."""
        return self.closed_on is None or on <= self.closed_on

    @property
    def facility_words(self) -> str:
        return ", ".join(str(Facility(code).label) for code in self.facilities)

    @property
    def bus_words(self) -> str:
        """Line, stop and hours, those that are known."""
        return " · ".join(filter(None, (self.bus_line, self.bus_stop, self.bus_hours)))

    @property
    def point(self) -> str:
        """ "46.16989, 9.87134", or empty."""
        return f"{self.latitude}, {self.longitude}" if self.latitude is not None else ""
