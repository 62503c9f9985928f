"""Who is asked to sign which paper, and who may sign for a body or a company."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Message, Record, Versioned

from ..enums import WAITING, RequestState, SignatureLevel, SignerRole


class SigningPower(Record, Versioned, AmbitoOwned):
    """Who may sign for a body or a company, by which act, from when to when; a deputy names whom they stand in for."""

    body = models.ForeignKey("territory.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ente"))
    company = models.ForeignKey(
        "hosts.Company", models.PROTECT, null=True, blank=True, related_name="signing_powers", verbose_name=_("impresa")
    )
    name = models.CharField(_("nome e cognome"), max_length=120)
    title = models.CharField(_("in qualità di"), max_length=120)
    act = models.CharField(_("atto di nomina o delega"), max_length=160, blank=True)
    act_on = models.DateField(_("data dell'atto"), null=True, blank=True)
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)
    deputy_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name=_("al posto di"))
    email = models.EmailField(_("posta elettronica"), blank=True)
    phone = models.CharField(_("cellulare"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("potere di firma")
        verbose_name_plural = _("poteri di firma")
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False, company=None) | Q(body=None, company__isnull=False),
                name="agreements_power_of_one",
                violation_error_message=_("Un potere di firma è di un ente oppure di un'impresa."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="agreements_power_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(
                condition=Q(act_on=None) | ~Q(act=""),
                name="agreements_power_act",
                violation_error_message=_("Scrivi anche il numero dell'atto."),
            ),
            models.CheckConstraint(
                condition=Q(deputy_of=None) | ~Q(act=""),
                name="agreements_power_deputy_by_act",
                violation_error_message=_("Chi firma al posto di un altro ha un atto di delega: scrivilo."),
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "company", "-valid_from"], name="agreements_power_company"),
            models.Index(fields=["ambito", "body", "-valid_from"], name="agreements_power_body"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)


class SignatureRequest(Record, AmbitoOwned):
    """One party asked to sign one paper. Asked again it stays this row with a new link: the old one no longer opens.

    The link's token and the code are kept as hashes. After five wrong codes (`wrong_codes`) only the office opens the way again.
    """

    document = models.ForeignKey("core.Document", models.PROTECT, related_name="signature_requests", verbose_name=_("documento"))
    role = models.CharField(_("chi firma"), max_length=20, choices=SignerRole)
    signer = models.CharField(_("nome e cognome"), max_length=160)
    power = models.ForeignKey(
        SigningPower, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("potere di firma")
    )
    position = models.PositiveSmallIntegerField(_("ordine"))
    level = models.CharField(_("firma che serve almeno"), max_length=12, choices=SignatureLevel)
    channel = models.CharField(_("come si manda"), max_length=10, choices=Message.Channel)
    address = models.CharField(_("dove"), max_length=254)
    state = models.CharField(_("stato"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("scade il"))
    asked_at = models.DateTimeField(_("chiesta il"))
    reminded_at = models.DateTimeField(_("ricordata il"), null=True)
    opened_at = models.DateTimeField(_("aperta il"), null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    refusal = models.CharField(_("perché non firma"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("richiesta di firma")
        verbose_name_plural = _("richieste di firma")
        constraints = [
            models.UniqueConstraint(fields=["document", "role"], name="agreements_request_once"),
            models.CheckConstraint(condition=~Q(state=RequestState.REFUSED) | ~Q(refusal=""), name="agreements_request_refusal"),
            models.CheckConstraint(condition=Q(wrong_codes__lte=5), name="agreements_request_wrong_codes"),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state__in=WAITING), name="agreements_request_waiting")]

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_locked(self) -> bool:
        return self.wrong_codes >= 5
