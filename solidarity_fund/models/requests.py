"""What is asked for a person, and what is decided."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.beneficiaries.rules import masked_iban

from ..enums import BY_BANK, STANDING, UNDECIDED, Advance, BenefitKind, Missing, Need, PayWay, RequestState, kinds_in_words


class BenefitRequest(Record, Versioned, AmbitoOwned):
    """A benefit asked for a person in a placement: asked by one, looked at by the office, decided by others (rules 63–69).

    `amount` is what counts: what is asked until the decision, what is granted from then on; `asked_amount` never changes. `rulebook` is
    the one in force in the Ambito on the day of the request (adr/0025); `criteria` those of the day of the grant.
    """

    Kind = BenefitKind
    State = RequestState

    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="+", verbose_name=_("persona"))
    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="+", verbose_name=_("tirocinio"))
    rulebook = models.ForeignKey("territory.RuleBookVersion", models.PROTECT, related_name="+", verbose_name=_("versione del regolamento"))
    kind = models.CharField(_("tipo di aiuto"), max_length=20, choices=BenefitKind)
    need = models.CharField(_("perché serve"), max_length=20, choices=Need, blank=True)
    asked_amount = models.DecimalField(_("importo chiesto, in euro"), max_digits=10, decimal_places=2)
    amount = models.DecimalField(_("importo in euro"), max_digits=10, decimal_places=2)
    quote = models.CharField(_("preventivo o scontrino (riferimento)"), max_length=160, blank=True)
    isee_value = EncryptedTextField(_("valore ISEE in euro"), blank=True)
    isee_on = models.DateField(_("data dell'attestazione ISEE"), null=True, blank=True)
    is_urgent = models.BooleanField(_("urgente"), default=False)
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, null=True, related_name="+", verbose_name=_("salvadanaio"))
    criteria = models.ForeignKey(
        "solidarity_fund.FundCriteria", models.PROTECT, null=True, related_name="+", verbose_name=_("criteri del fondo")
    )
    state = models.CharField(_("stato"), max_length=10, choices=RequestState, default=RequestState.SUBMITTED)
    asked_on = models.DateField(_("chiesto il"))
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("completato da"))
    screened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("istruito da"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deciso da"))
    decided_at = models.DateTimeField(_("deciso il"), null=True)
    decision_reason = models.TextField(_("motivo della decisione"), blank=True)
    advance = models.CharField(_("anticipo urgente"), max_length=10, choices=Advance, default=Advance.NONE, blank=True)
    ratify_by = models.DateField(_("da ratificare entro il"), null=True)
    proof_due_on = models.DateField(_("prova della spesa entro il"), null=True)
    closed_on = models.DateField(_("concluso il"), null=True)

    class Meta:
        verbose_name = _("richiesta di aiuto")
        verbose_name_plural = _("richieste di aiuto")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="solidarity_fund_request_positive",
                violation_error_message=_("L'importo deve essere maggiore di zero."),
            ),
            models.CheckConstraint(
                condition=Q(amount__lte=F("asked_amount")),
                name="solidarity_fund_request_not_over",
                violation_error_message=_("Non si può concedere più di quanto è stato chiesto."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*UNDECIDED, RequestState.WITHDRAWN], decided_by=None, decided_at=None)
                | (
                    Q(state__in=[RequestState.GRANTED, RequestState.REFUSED, RequestState.PAID, RequestState.REVOKED])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="solidarity_fund_request_decided",
            ),
            models.CheckConstraint(condition=~Q(state__in=["granted", "paid"]) | Q(pot__isnull=False), name="solidarity_fund_request_pot"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(decision_reason=""), name="solidarity_fund_refusal_reason"),
            models.CheckConstraint(
                condition=Q(advance=Advance.NONE, ratify_by=None) | (~Q(advance=Advance.NONE) & Q(ratify_by__isnull=False)),
                name="solidarity_fund_request_advance",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(state__in=[RequestState.PAID, RequestState.REVOKED]), name="solidarity_fund_request_closed"
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "state", "-id"], name="fund_request_newest"),
            models.Index(fields=["proof_due_on"], condition=Q(closed_on=None, proof_due_on__isnull=False), name="fund_request_proof_due"),
        ]

    @property
    def isee(self) -> Decimal | None:
        return Decimal(self.isee_value) if self.isee_value else None

    @property
    def authors(self) -> set[int]:
        """Whose request it is: who made it, and who changed it since. They neither look at it nor decide."""
        return {pk for pk in (self.created_by_id, self.completed_by_id) if pk}

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    @property
    def code(self) -> str:
        """What minutes and lists say instead of the name (rule 71)."""
        return f"R-{self.pk:05d}"

    @property
    def short_kind(self) -> str:
        return kinds_in_words([self.kind])


class BenefitPayee(Versioned, AmbitoOwned):
    """Who is paid for a request and how; after the payment what was done stays as it was (a trigger). IBAN encrypted."""

    request = models.OneToOneField(BenefitRequest, models.PROTECT, related_name="payee", verbose_name=_("richiesta di aiuto"))
    way = models.CharField(_("a chi si versa"), max_length=10, choices=PayWay, default=PayWay.PERSON)
    name = models.CharField(_("a chi"), max_length=120, blank=True)
    tax_code = EncryptedTextField(_("codice fiscale o partita IVA"), blank=True)
    iban = EncryptedTextField(_("IBAN"), null=True, blank=True)
    invoice_number = models.CharField(_("numero della fattura"), max_length=40, blank=True)
    invoice_on = models.DateField(_("data della fattura"), null=True, blank=True)
    # Who last wrote the way, the name, the tax code or the IBAN: never who records the payment.
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("scritto da"))
    order_number = models.CharField(_("numero del mandato"), max_length=40, blank=True)
    paid_on = models.DateField(_("versato il"), null=True)

    class Meta:
        verbose_name = _("pagamento dell'aiuto")
        verbose_name_plural = _("pagamenti degli aiuti")
        constraints = [
            models.CheckConstraint(
                condition=~Q(way__in=BY_BANK) | (~Q(name="") & Q(iban__isnull=False)),
                name="solidarity_fund_payee_iban",
                violation_error_message=_("Per questo modo servono il nome e l'IBAN."),
            ),
        ]

    @property
    def short_iban(self) -> str:
        return masked_iban(self.iban or "")


class MissingPapers(Record, AmbitoOwned):
    """What the office asked for before going on; the person's term stands still meanwhile (L. 241/1990 art. 2 c. 7)."""

    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="missing", verbose_name=_("richiesta di aiuto"))
    what: Any = ArrayField(models.CharField(max_length=10, choices=Missing), verbose_name=_("che cosa manca"))
    asked_on = models.DateField(_("chiesto il"))
    due_on = models.DateField(_("entro il"))
    answered_on = models.DateField(_("arrivato il"), null=True)

    class Meta:
        verbose_name = _("integrazione chiesta")
        verbose_name_plural = _("integrazioni chieste")
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(answered_on=None), name="solidarity_fund_missing_one_open"),
            models.CheckConstraint(condition=Q(due_on__gte=F("asked_on")), name="solidarity_fund_missing_dates"),
        ]

    @property
    def words(self) -> list[str]:
        return [str(Missing(code).label) for code in self.what]
