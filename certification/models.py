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


class Thanks(Record, NetworkOwned):
    """Words of thanks to a company: written by the office, its own or a person's, without a name; shown once somebody else approved."""

    class Voice(models.TextChoices):
        PERSON = "person", _("una persona accolta")
        FAMILY = "family", _("una famiglia")
        OFFICE = "office", _("l'ufficio")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("da approvare")
        APPROVED = "approved", _("approvato")
        REFUSED = "refused", _("non approvato")
        WITHDRAWN = "withdrawn", _("ritirato")

    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="thanks", verbose_name=_("impresa"))
    words = models.CharField(_("parole"), max_length=240)
    voice = models.CharField(_("di chi"), max_length=10, choices=Voice)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("deciso da")
    )

    class Meta:
        verbose_name = _("ringraziamento")
        verbose_name_plural = _("ringraziamenti")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("created_by"))),
                name="certification_thanks_four_eyes",
                violation_error_message=_("Serve una seconda persona: chi ha scritto non può anche approvare."),
            )
        ]
        indexes = [models.Index(fields=["company", "-id"], name="certification_thanks_of")]

    def __str__(self) -> str:
        return self.words


class ImpactCard(Record, NetworkOwned):
    """The public card of a company, at an address nobody guesses, from the day the company agreed to the day it thought again."""

    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="cards", verbose_name=_("impresa"))
    code = models.CharField(_("indirizzo"), max_length=26, unique=True)
    agreed_by = models.CharField(_("chi è d'accordo, per l'impresa"), max_length=120)
    agreed_on = models.DateField(_("dal"))
    closed_on = models.DateField(_("fino al"), null=True)

    class Meta:
        verbose_name = _("pagina pubblica dell'impresa")
        verbose_name_plural = _("pagine pubbliche delle imprese")
        indexes = [models.Index(fields=["company"], condition=Q(closed_on=None), name="certification_card_open")]
