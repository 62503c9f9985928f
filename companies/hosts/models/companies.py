"""Companies and their sites."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import HostKind, RiskClass, SizeClass


class Company(Record, Versioned, NetworkOwned):
    """A host: firm, social co-operative, association, public body or farm. Its address may be anywhere in Italy (domain.md §0)."""

    name = models.CharField(_("denominazione"), max_length=160)
    search_key = models.CharField(max_length=200, editable=False)  # lower case, without accents: for search and sorting
    kind = models.CharField(_("tipo"), max_length=20, choices=HostKind)
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
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    safety_declared_on = models.DateField(_("dichiarazione sulla sicurezza (DVR e RSPP) del"), null=True, blank=True)  # rule 24
    law68_declared_on = models.DateField(_("dichiarazione sulla legge 68/1999 del"), null=True, blank=True)  # rule 85
    on_register = models.BooleanField(_("d'accordo a comparire nel registro pubblico"), default=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")

    merge_exempt = frozenset({"hosts.Company.merged_into"})

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
        ]
        indexes = [
            models.Index(fields=["network", "search_key", "id"], name="hosts_company_by_name"),
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="hosts_company_search"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(Record, NetworkOwned):
    """A place of work of a company."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="sites", verbose_name=_("impresa"))
    name = models.CharField(_("sede"), max_length=120)
    address = models.CharField(_("indirizzo"), max_length=160)
    comune = models.ForeignKey("territory.Comune", models.PROTECT, related_name="+", verbose_name=_("comune"))
    directions = models.CharField(_("come ci si arriva"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sede")
        verbose_name_plural = _("sedi")

    def __str__(self) -> str:
        return f"{self.name}, {self.address}"
