"""Networks, Ambiti, comuni, bodies, rule books and tariffs: reference data readable by all, so without row-level security."""

import json
import uuid
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.images import asset_address
from impresasolidale.core.models import AmbitoOwned, NetworkOwned, Record, Versioned

from .enums import LOCAL_TARIFFS, BodyKind, ProposalState, StampPayer, TariffKind
from .rules import Rules


class Network(models.Model):
    """The Ambiti that share one regulation (rete)."""

    name = models.CharField(_("nome"), max_length=120)
    code = models.SlugField(_("codice"), max_length=40, db_index=False)

    class Meta:
        verbose_name = _("rete")
        verbose_name_plural = _("reti")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], name="network_code_unique", violation_error_message=_("C’è già una rete con questo codice.")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ambito(models.Model):
    """A social district: a group of comuni that run their social services together."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="ambiti", verbose_name=_("rete"))
    name = models.CharField(_("nome"), max_length=80)
    code = models.SlugField(_("codice"), max_length=40, db_index=False)

    class Meta:
        verbose_name = _("Ambito")
        verbose_name_plural = _("Ambiti")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], name="ambito_code_unique", violation_error_message=_("C’è già un Ambito con questo codice.")
            ),
            # The target of composite foreign keys that pin a row's Ambito to its network.
            models.UniqueConstraint(
                fields=["id", "network"], name="ambito_id_network_unique", violation_error_message=_("Questo Ambito è già nella rete.")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Comune(models.Model):
    """An Italian municipality, also abolished, or a foreign country as birthplace; looked up by cadastral code."""

    name = models.CharField(_("nome"), max_length=120)
    name_key = models.CharField(_("nome per la ricerca"), max_length=120, editable=False)
    cadastral_code = models.CharField(_("codice catastale"), max_length=4)
    istat_code = models.CharField(_("codice ISTAT"), max_length=6, null=True, blank=True)
    province = models.CharField(_("provincia"), max_length=2)
    ambito = models.ForeignKey(Ambito, models.PROTECT, null=True, blank=True, related_name="comuni", verbose_name=_("Ambito"))
    population_2011 = models.PositiveIntegerField(_("abitanti al censimento 2011"), null=True, blank=True)
    abolished_on = models.DateField(_("soppresso il"), null=True, blank=True)
    is_foreign = models.BooleanField(_("stato estero"), default=False)

    class Meta:
        verbose_name = _("comune")
        verbose_name_plural = _("comuni")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadastral_code"],
                name="comune_cadastral_code_unique",
                violation_error_message=_("C’è già un comune con questo codice catastale."),
            ),
            models.UniqueConstraint(
                fields=["istat_code"],
                name="comune_istat_code_unique",
                violation_error_message=_("C’è già un comune con questo codice ISTAT."),
            ),
            models.CheckConstraint(
                condition=Q(is_foreign=False) | Q(ambito=None),
                name="comune_foreign_without_ambito",
                violation_error_message=_("Uno stato estero non appartiene a un Ambito."),
            ),
        ]
        indexes = [GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="comune_name_key_trgm")]

    def __str__(self) -> str:
        return self.name if self.is_foreign else f"{self.name} ({self.province})"


class Body(models.Model):
    """A body (ente) that takes part: promoter, payer, lead of an Ambito, partner of the network."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("nome"), max_length=160)
    kind = models.CharField(_("tipo"), max_length=24, choices=BodyKind)
    is_public = models.BooleanField(_("ente pubblico"), default=True)
    tax_code = models.CharField(_("codice fiscale"), max_length=11, blank=True)
    ipa_code = models.CharField(_("codice IPA"), max_length=20, blank=True)
    pec = models.EmailField(_("PEC"), blank=True)
    address = models.CharField(_("indirizzo"), max_length=200, blank=True)
    comune = models.ForeignKey(Comune, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("comune"))
    treasurer = models.CharField(_("tesoriere"), max_length=160, blank=True)
    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="bodies", verbose_name=_("rete"))
    ambito = models.ForeignKey(Ambito, models.PROTECT, null=True, blank=True, related_name="bodies", verbose_name=_("Ambito"))
    is_lead = models.BooleanField(_("ente capofila dell’Ambito"), default=False)
    note = models.TextField(_("nota"), blank=True)

    class Meta:
        verbose_name = _("ente")
        verbose_name_plural = _("enti")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tax_code"],
                condition=~Q(tax_code=""),
                name="body_tax_code_unique",
                violation_error_message=_("C’è già un ente con questo codice fiscale."),
            ),
            models.CheckConstraint(
                condition=Q(tax_code="") | Q(tax_code__regex=r"^[0-9]{11}$"),
                name="body_tax_code_digits",
                violation_error_message=_("Il codice fiscale di un ente ha 11 cifre."),
            ),
            models.CheckConstraint(
                condition=Q(ipa_code="") | Q(ipa_code__regex=r"^[a-z0-9_]+$"),
                name="body_ipa_code_shape",
                violation_error_message=_("Il codice IPA è fatto di lettere minuscole, cifre e trattini bassi, come c_i829."),
            ),
            models.UniqueConstraint(
                fields=["ambito"],
                condition=Q(is_lead=True),
                name="body_one_lead_per_ambito",
                violation_error_message=_("Questo Ambito ha già un ente capofila."),
            ),
            models.CheckConstraint(
                condition=Q(is_lead=False) | Q(ambito__isnull=False),
                name="body_lead_has_ambito",
                violation_error_message=_("Un ente capofila deve avere il suo Ambito."),
            ),
            models.CheckConstraint(
                condition=Q(ambito=None) | Q(network__isnull=False),
                name="body_ambito_has_network",
                violation_error_message=_("Un ente di un Ambito appartiene anche alla rete dell’Ambito."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleBookVersion(models.Model):
    """The rules in force from a day (domain.md §9 rule 90): the whole effective set, not only what changed.

    One row per Ambito; the row without Ambito is the network's common rule book. Immutable: a trigger refuses
    UPDATE and DELETE, because running placements keep the version of their start.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    network = models.ForeignKey(Network, models.PROTECT, related_name="rulebook_versions", verbose_name=_("rete"))
    ambito = models.ForeignKey(Ambito, models.PROTECT, null=True, blank=True, related_name="rulebook_versions", verbose_name=_("Ambito"))
    valid_from = models.DateField(_("valido dal"))
    values = models.JSONField(_("valori"))
    act = models.CharField(_("atto"), max_length=200)
    proposed_by = models.CharField(_("proposto da"), max_length=200, blank=True)
    published_by = models.CharField(_("pubblicato da"), max_length=200)
    second_key = models.CharField(_("seconda chiave"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("pubblicato il"), default=timezone.now)

    class Meta:
        verbose_name = _("versione del regolamento")
        verbose_name_plural = _("versioni del regolamento")
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "ambito", "valid_from"],
                nulls_distinct=False,
                name="rulebookversion_day_unique",
                violation_error_message=_("C’è già una versione del regolamento valida da questo giorno."),
            ),
            models.CheckConstraint(
                condition=~Q(act=""),
                name="rulebookversion_act_given",
                violation_error_message=_("Scrivi l’atto che approva le regole."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ambito or self.network}, {self.valid_from:%d/%m/%Y}"

    @property
    def rules(self) -> Rules:
        return _rules_of(json.dumps(self.values, sort_keys=True))


@lru_cache(maxsize=256)
def _rules_of(values: str) -> Rules:
    """Read once for each text: a version never changes, and a page reads it many times."""
    return Rules.from_values(json.loads(values))


class RuleBookProposal(Record, NetworkOwned):
    """What a new version would change, from a day on, until somebody else approves it (or an outside act does).

    `changes` are the values that differ, as `services.publish_rulebook` takes them; without an Ambito it is the network's.
    """

    ambito = models.ForeignKey(Ambito, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Ambito"))
    valid_from = models.DateField(_("valido dal"))
    changes = models.JSONField(_("che cosa cambia"))
    act = models.CharField(_("atto"), max_length=200)
    state = models.CharField(_("stato"), max_length=12, choices=ProposalState, default=ProposalState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deciso da")
    )
    outside_number = models.CharField(_("numero dell'atto esterno"), max_length=60, blank=True)
    outside_on = models.DateField(_("data dell'atto esterno"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposta di regolamento")
        verbose_name_plural = _("proposte di regolamento")
        constraints = [
            models.CheckConstraint(
                condition=~Q(act=""),
                name="rulebookproposal_act_given",
                violation_error_message=_("Scrivi l’atto che approva le regole."),
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_by=None) | (~Q(state=ProposalState.OPEN) & Q(decided_by__isnull=False)),
                name="rulebookproposal_decided_by_somebody",
                violation_error_message=_("Una proposta decisa dice chi l'ha decisa."),
            ),
            # Four eyes in the database too: the second key is another person, or an act of its own.
            models.CheckConstraint(
                condition=~Q(state=ProposalState.PUBLISHED) | ~Q(decided_by=models.F("created_by")) | ~Q(outside_number=""),
                name="rulebookproposal_four_eyes",
                violation_error_message=_("Serve una seconda persona: chi ha preparato non può anche approvare."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ambito or self.network}, {self.valid_from:%d/%m/%Y}"


class Tariff(models.Model):
    """An amount set by others, by date of event; units by kind (enums.TariffKind). Those of LOCAL_TARIFFS are an Ambito's own, the rest
    everybody's.
    """

    kind = models.CharField(_("tipo"), max_length=40, choices=TariffKind)
    ambito = models.ForeignKey(Ambito, models.PROTECT, null=True, blank=True, related_name="tariffs", verbose_name=_("Ambito"))
    valid_from = models.DateField(_("valido dal"))
    value = models.DecimalField(_("valore"), max_digits=12, decimal_places=6)
    source = models.CharField(_("fonte"), max_length=300)
    is_confirmed = models.BooleanField(_("confermata"), default=False)

    class Meta:
        verbose_name = _("tariffa")
        verbose_name_plural = _("tariffe")
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "ambito", "valid_from"],
                nulls_distinct=False,
                name="tariff_kind_day_unique",
                violation_error_message=_("C’è già un valore di questa tariffa da questo giorno."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=Decimal(0)),
                name="tariff_not_negative",
                violation_error_message=_("Una tariffa non può essere negativa."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LOCAL_TARIFFS, ambito__isnull=False) | (~Q(kind__in=LOCAL_TARIFFS) & Q(ambito=None)),
                name="tariff_local_has_ambito",
                violation_error_message=_("Questa tariffa è di un Ambito, oppure di tutti: scegli l’una o l’altra cosa."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.valid_from:%d/%m/%Y}"


class PatronSaint(models.Model):
    """The local feast of a comune, the same day every year."""

    comune = models.OneToOneField(Comune, models.PROTECT, related_name="patron_saint", verbose_name=_("comune"))
    month = models.PositiveSmallIntegerField(_("mese"))
    day = models.PositiveSmallIntegerField(_("giorno"))
    name = models.CharField(_("festa"), max_length=80)

    class Meta:
        verbose_name = _("festa del patrono")
        verbose_name_plural = _("feste dei patroni")
        constraints = [
            models.CheckConstraint(
                condition=Q(month__range=(1, 12)) & Q(day__range=(1, 31)) & ~Q(month=2, day__gt=28) & ~Q(month__in=[4, 6, 9, 11], day=31),
                name="patronsaint_day_of_every_year",
                violation_error_message=_("Questo giorno non esiste tutti gli anni."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def falls_on(self, day: date) -> bool:
        return (day.month, day.day) == (self.month, self.day)


class TravelTime(models.Model):
    """Minutes by car from a comune to another, with where they were read. Of a pair that is not here nobody knows."""

    origin = models.ForeignKey(Comune, models.PROTECT, db_index=False, related_name="+", verbose_name=_("da"))
    destination = models.ForeignKey(Comune, models.PROTECT, related_name="+", verbose_name=_("a"))
    minutes = models.PositiveSmallIntegerField(_("minuti"))
    source = models.CharField(_("fonte"), max_length=80)

    class Meta:
        verbose_name = _("tempo di viaggio")
        verbose_name_plural = _("tempi di viaggio")
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "destination"],
                include=["minutes"],
                name="traveltime_pair_unique",
                violation_error_message=_("C’è già un tempo di viaggio fra questi due comuni."),
            )
        ]


class Logo(Record, NetworkOwned):
    """An image that may stand on papers: of an office or of a funder. Never replaced: papers name it by its hash."""

    stored_files = ("file_name",)

    words = models.CharField(_("parole per chi non vede l’immagine"), max_length=120)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    content_type = models.CharField(max_length=30)

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("loghi")

    def __str__(self) -> str:
        return self.words

    @property
    def address(self) -> str:
        return asset_address(self.file_name, self.file_hash)


class Letterhead(Versioned, AmbitoOwned):
    """What an office prints at the head and the foot of its papers; without it a paper bears the lead body's name alone."""

    heading = models.CharField(_("intestazione"), max_length=160)
    lines = models.TextField(_("righe sotto l’intestazione"), max_length=400, blank=True)
    official = models.CharField(_("responsabile del procedimento"), max_length=120, blank=True)
    official_title = models.CharField(_("qualifica"), max_length=120, blank=True)
    signature_block = models.TextField(_("parole in fondo alle carte"), max_length=400, blank=True)
    logo = models.ForeignKey(Logo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo"))

    class Meta:
        verbose_name = _("carta intestata")
        verbose_name_plural = _("carte intestate")
        constraints = [models.UniqueConstraint(fields=["ambito"], name="letterhead_once")]

    def __str__(self) -> str:
        return self.heading


class StampDuty(Record, NetworkOwned):
    """Whether a kind of paper bears stamp duty from a day, why, and who bears it: an Ambito's own words or the network's."""

    ambito = models.ForeignKey(Ambito, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Ambito"))
    kind = models.CharField(_("tipo di carta"), max_length=60)
    valid_from = models.DateField(_("valido dal"))
    is_exempt = models.BooleanField(_("esente"))
    text = models.CharField(_("che cosa dice la carta"), max_length=300)
    paid_by = models.CharField(_("a carico di"), max_length=10, choices=StampPayer, blank=True)

    class Meta:
        verbose_name = _("imposta di bollo")
        verbose_name_plural = _("imposte di bollo")
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "ambito", "kind", "valid_from"],
                nulls_distinct=False,
                name="stampduty_day_unique",
                violation_error_message=_("C’è già una regola del bollo per questa carta da questo giorno."),
            ),
            models.CheckConstraint(
                condition=Q(is_exempt=True, paid_by="") | (Q(is_exempt=False) & ~Q(paid_by="")),
                name="stampduty_exempt_or_paid",
                violation_error_message=_("Una carta esente non è a carico di nessuno; per le altre scegli a carico di chi è il bollo."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="stampduty_reason_said", violation_error_message=_("Scrivi la norma che lo dice.")
            ),
        ]

    def __str__(self) -> str:
        return self.text


class FundingLogo(Record, NetworkOwned):
    """The logo and the words that a funding source wants on papers from a day (domain.md §9 rule 78); without a logo, the words alone."""

    source = models.SlugField(_("codice della fonte"), max_length=40, db_index=False)
    valid_from = models.DateField(_("valido dal"))
    words = models.CharField(_("parole del finanziatore"), max_length=200, blank=True)
    logo = models.ForeignKey(Logo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo"))

    class Meta:
        verbose_name = _("logo del finanziatore")
        verbose_name_plural = _("loghi dei finanziatori")
        ordering = ["source", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "source", "valid_from"],
                name="fundinglogo_day_unique",
                violation_error_message=_("C’è già un logo di questa fonte da questo giorno."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.valid_from:%d/%m/%Y}"
