"""What the fund tells everybody: the account of a year, the list of grants, a story. Prepared by one person, published by another."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from impresasolidale.core.scope import current

_USER = settings.AUTH_USER_MODEL
_TWO_KEYS = Q(published_by=None) | ~Q(published_by=F("created_by")) | ~Q(act_number="")


class PublicationManager(models.Manager):
    """Publications of the reachable owners; raises outside a scope."""

    def get_queryset(self) -> models.QuerySet:
        now = current()
        rows = super().get_queryset()
        return rows if now.everything else rows.filter(Q(ambito_id__in=now.ambiti) | Q(network_id__in=now.networks))


class Publication(Record, Versioned):
    """The account of the network's fund for one year, or the yearly list of grants of an Ambito's body (rules 70 and 71).

    `values` are what page and files show, frozen when it is prepared; put right it is another row, which takes the place of this one.
    An account is the network's from the first; a list is its Ambito's until it is published, then everybody's: `network` is empty before.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("rendiconto dell'anno")
        GRANTS = "grants", _("elenco degli aiuti")

    class State(models.TextChoices):
        PREPARED = "prepared", _("da approvare")
        PUBLISHED = "published", _("pubblicato")
        REPLACED = "replaced", _("sostituito")
        WITHDRAWN = "withdrawn", _("ritirato")

    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("rete"))
    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("Ambito"))
    body = models.ForeignKey("territory.Body", models.PROTECT, null=True, related_name="+", verbose_name=_("ente"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField(_("anno"))
    definition = models.PositiveSmallIntegerField(_("versione della definizione"))
    data_until = models.DateTimeField(_("dati fino al"))
    values: Any = models.JSONField(_("righe"))
    values_hash = models.CharField(_("impronta"), max_length=64)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.PREPARED)
    published_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("approvato da"))
    published_at = models.DateTimeField(_("pubblicato il"), null=True)
    act_number = models.CharField(_("numero dell'atto"), max_length=60, blank=True)
    act_on = models.DateField(_("data dell'atto"), null=True)
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))

    objects = PublicationManager()

    class Meta:
        verbose_name = _("pubblicazione del fondo")
        verbose_name_plural = _("pubblicazioni del fondo")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="account", ambito=None, body=None, network__isnull=False)
                | Q(kind="grants", ambito__isnull=False, body__isnull=False),
                name="solidarity_fund_publication_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "replaced"])
                | Q(network__isnull=False, published_by__isnull=False, published_at__isnull=False),
                name="solidarity_fund_publication_published",
            ),
            models.CheckConstraint(
                condition=_TWO_KEYS,
                name="solidarity_fund_publication_two_keys",
                violation_error_message=_("Chi ha preparato non può anche pubblicare, se non con un atto."),
            ),
            models.UniqueConstraint(
                fields=["kind", "network", "ambito", "body", "year"],
                condition=Q(state="published"),
                nulls_distinct=False,
                name="solidarity_fund_publication_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "network", "ambito", "body", "year"],
                condition=Q(state="prepared"),
                nulls_distinct=False,
                name="solidarity_fund_publication_one_prepared",
                violation_error_message=_("Ce n'è già uno da approvare: approvalo o ritiralo."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "state", "-year"], name="fund_publication_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"

    @property
    def year_name(self) -> str:
        """ "2026": a number on a page would have a thousands separator."""
        return str(self.year)

    @property
    def list_code(self) -> str:
        """What the address of a list calls it by: Ambito and year, and the body where it is not the lead one. Never a public id."""
        assert self.ambito and self.body
        return f"{self.ambito.code}-{self.year}" + ("" if self.body.is_lead else f"-{self.body_id}")


class Story(Record, Versioned, AmbitoOwned):
    """How an aid helped, told without a name: the person read it and agreed (rule 57), somebody else of the office published it.

    It is about the person of `placement`, and is public only while their `consent` to testimony holds: revoked, the story is gone at
    once. The host is named only where it agreed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("da far leggere")
        AGREED = "agreed", _("la persona è d'accordo")
        PUBLISHED = "published", _("pubblicata")
        WITHDRAWN = "withdrawn", _("ritirata")

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="+", verbose_name=_("tirocinio"))
    title = models.CharField(_("titolo"), max_length=80)
    text = models.TextField(_("racconto"), max_length=1500)
    names_host = models.BooleanField(_("dice il nome dell'impresa"), default=False)
    host_agreed_on = models.DateField(_("l'impresa è d'accordo dal"), null=True, blank=True)
    host_agreed_by = models.CharField(_("chi dell'impresa l'ha detto"), max_length=120, blank=True)
    consent = models.ForeignKey("beneficiaries.Consent", models.PROTECT, null=True, related_name="+", verbose_name=_("consenso"))
    agreed_on = models.DateField(_("la persona l'ha letta il"), null=True)
    written_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("parole di"))  # who wrote last
    agreed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("lettura segnata da"))
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.DRAFT)
    published_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name=_("pubblicata da"))
    published_at = models.DateTimeField(_("pubblicata il"), null=True)
    act_number = models.CharField(_("numero dell'atto"), max_length=60, blank=True)
    act_on = models.DateField(_("data dell'atto"), null=True)

    class Meta:
        verbose_name = _("storia")
        verbose_name_plural = _("storie")
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(title=""), name="solidarity_fund_story_words"),
            models.CheckConstraint(
                condition=Q(names_host=False) | (Q(host_agreed_on__isnull=False) & ~Q(host_agreed_by="")),
                name="solidarity_fund_story_host",
                violation_error_message=_("Per dire il nome dell'impresa serve il suo sì: chi l'ha detto e quando."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "published"]) | Q(consent__isnull=False, agreed_on__isnull=False),
                name="solidarity_fund_story_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_by__isnull=False, published_at__isnull=False),
                name="solidarity_fund_story_published",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None)
                | ~Q(act_number="")
                | ~(Q(published_by=F("created_by")) | Q(published_by=F("written_by")) | Q(published_by=F("agreed_by"))),
                name="solidarity_fund_story_two_keys",
                violation_error_message=_("Chi ha scritto la storia non può anche pubblicarla, se non con un atto."),
            ),
        ]
        indexes = [models.Index(fields=["ambito", "-id"], name="fund_story_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def authors(self) -> set[int]:
        """Whose hands these words went through: who began, who wrote them last, who recorded that the person read them."""
        return {pk for pk in (self.created_by_id, self.written_by_id, self.agreed_by_id) if pk}

    @property
    def is_public(self) -> bool:
        """Published, and the person's consent still holds."""
        return self.state == self.State.PUBLISHED and self.consent is not None and self.consent.revoked_on is None
