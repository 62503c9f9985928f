"""The person: one master record reused by every placement, and who represents them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, ManyAmbitoOwned, Record, Versioned

from ..enums import Power, RepresentativeKind, Sex, TargetArea
from .base import WithFile


class Beneficiary(Record, Versioned, ManyAmbitoOwned):
    """A person in (or before) a placement, in the record of one Ambito. Unique per Ambito and codice fiscale.

    The codice fiscale is encrypted; its keyed hash (omocodia resolved) finds it by exact match only. No diagnosis anywhere.
    """

    first_name = models.CharField(_("nome"), max_length=80)
    last_name = models.CharField(_("cognome"), max_length=80)
    search_key = models.CharField(max_length=170, editable=False)  # "rossi maria": lower case, without accents
    codice_fiscale = EncryptedTextField(_("codice fiscale"))
    codice_fiscale_hash = models.CharField(max_length=64, editable=False)
    birth_date = models.DateField(_("data di nascita"))
    sex = models.CharField(_("sesso"), max_length=1, choices=Sex)
    birthplace = models.ForeignKey("territory.Comune", models.PROTECT, related_name="+", verbose_name=_("luogo di nascita"))
    residence = models.ForeignKey("territory.Comune", models.PROTECT, related_name="+", verbose_name=_("comune di residenza"))
    residence_ambito = models.ForeignKey(
        "territory.Ambito", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("Ambito di residenza")
    )
    in_charge_note = models.CharField(_("perché lo segue questo Ambito"), max_length=200, blank=True)
    address = models.CharField(_("indirizzo"), max_length=160, blank=True)
    is_address_protected = models.BooleanField(_("indirizzo protetto"), default=False)
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    email = models.EmailField(_("posta elettronica"), blank=True)
    target_area = models.CharField(_("area"), max_length=20, choices=TargetArea)
    schooling_completed = models.BooleanField(_("ha concluso l'obbligo scolastico"), default=True)  # rule 5
    emergency_name = models.CharField(_("chi avvisare"), max_length=120, blank=True)
    emergency_phone = models.CharField(_("telefono di chi avvisare"), max_length=30, blank=True)
    privacy_notice_on = models.DateField(_("informativa sulla privacy consegnata il"), null=True, blank=True)  # rule 56
    # Her records were discarded: no name stands here any more, and only statistics count her (privacy.discard).
    discarded_on = models.DateField(_("scartata il"), null=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")

    # The diary is append-only and is read through the merged records; a checked pair speaks of the two records it names, and a list to
    # discard is frozen.
    merge_exempt = frozenset(
        {
            "beneficiaries.Beneficiary.merged_into",
            "beneficiaries.DiaryEntry.beneficiary",
            "beneficiaries.DistinctPair.first",
            "beneficiaries.DistinctPair.second",
            "privacy.DiscardItem.beneficiary",
        }
    )

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("persone")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "codice_fiscale_hash"],
                condition=Q(merged_into=None),
                name="beneficiaries_beneficiary_once",
                violation_error_message=_("Questa persona è già registrata."),
            )
        ]
        indexes = [
            models.Index(fields=["ambito", "search_key", "id"], name="beneficiaries_by_name"),
            models.Index(fields=["ambito", "-id"], name="beneficiaries_by_newest"),
            models.Index(fields=["codice_fiscale_hash"], name="beneficiaries_by_code"),
            models.Index(fields=["ambito", "birth_date", "id"], name="beneficiaries_by_birth"),  # look-alikes
            GinIndex(F("ambito"), OpClass(F("search_key"), name="gin_trgm_ops"), name="beneficiaries_search"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}"


class Representative(WithFile, Record, Versioned, AmbitoOwned):
    """Who acts for the person: parent, guardian, curator, support administrator; with decree, powers and expiry (rule 6).

    The codice fiscale, encrypted like the person's, is what a digital identity (SPID, CIE) is recognised by; it may be missing.
    """

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="representatives", verbose_name=_("persona"))
    kind = models.CharField(_("tipo"), max_length=30, choices=RepresentativeKind)
    first_name = models.CharField(_("nome"), max_length=80)
    last_name = models.CharField(_("cognome"), max_length=80)
    codice_fiscale = EncryptedTextField(_("codice fiscale"), blank=True, default="", db_default="")
    codice_fiscale_hash = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    email = models.EmailField(_("posta elettronica"), blank=True)
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    decree = models.CharField(_("decreto (numero e tribunale)"), max_length=160, blank=True)
    decree_on = models.DateField(_("data del decreto"), null=True, blank=True)
    powers = ArrayField(models.CharField(max_length=10, choices=Power), default=list, blank=True, verbose_name=_("poteri"))
    powers_note = models.CharField(_("limiti o altri poteri"), max_length=200, blank=True)
    signs_alone = models.BooleanField(_("firma al posto della persona"), default=False)
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)

    class Meta:
        verbose_name = _("rappresentante")
        verbose_name_plural = _("rappresentanti")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="beneficiaries_representative_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(
                condition=Q(codice_fiscale_hash="") | Q(codice_fiscale_hash__regex="^[0-9a-f]{64}$"),
                name="beneficiaries_representative_code",
            ),
        ]
        indexes = [models.Index(fields=["codice_fiscale_hash"], condition=~Q(codice_fiscale_hash=""), name="beneficiaries_representing")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def power_labels(self) -> list[str]:
        return [str(Power(code).label) for code in self.powers]
