"""What the office does with an application before it is decided, and with a recognition once a year."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import InterviewKind, StillHost
from .applications import Application, Campaign
from .certificates import Certificate


class Invitation(Record, NetworkOwned):
    """A company was told that a campaign is open; who did not answer is told once more before it closes."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="invitations", verbose_name=_("campagna"))
    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="invitations", verbose_name=_("impresa"))
    sent_on = models.DateField(_("mandato il"))
    reminded_on = models.DateField(_("ricordato il"), null=True)

    class Meta:
        verbose_name = _("invito a una campagna")
        verbose_name_plural = _("inviti a una campagna")
        constraints = [models.UniqueConstraint(fields=["campaign", "company"], name="certification_invitation_once")]


class Interview(Record, NetworkOwned):
    """A meeting with the company or a visit, planned or held; what was seen, in short."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="interviews", verbose_name=_("domanda di riconoscimento"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=InterviewKind)
    planned_on = models.DateField(_("in programma il"))
    place = models.CharField(_("dove"), max_length=120, blank=True)
    held_on = models.DateField(_("fatto il"), null=True)
    minutes = models.TextField(_("che cosa si è visto"), blank=True)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("fatto da"))

    class Meta:
        verbose_name = _("incontro con l'impresa")
        verbose_name_plural = _("incontri con l'impresa")
        constraints = [
            models.CheckConstraint(
                condition=Q(held_on=None, held_by=None, minutes="") | Q(held_on__isnull=False, held_by__isnull=False) & ~Q(minutes=""),
                name="certification_interview_held",
            )
        ]


class Validation(Record, NetworkOwned):
    """Somebody from outside, of another firm, says what they think of a company that asks for the top level (rule 82)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="validations", verbose_name=_("domanda di riconoscimento"))
    person = models.CharField(_("chi"), max_length=120)
    body = models.CharField(_("di quale ente o impresa"), max_length=160)
    partita_iva = models.CharField(_("partita IVA dell'ente"), max_length=11)
    email = models.EmailField(_("posta elettronica"))
    is_favourable = models.BooleanField(_("favorevole"))
    words = models.TextField(_("che cosa dice"))
    given_on = models.DateField(_("data"))
    upload = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("il suo foglio"))

    class Meta:
        verbose_name = _("conferma da fuori")
        verbose_name_plural = _("conferme da fuori")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "partita_iva"],
                name="certification_validation_once",
                violation_error_message=_("Di questo ente c'è già una conferma."),
            )
        ]


class YearCheck(Record, Versioned, NetworkOwned):
    """The light check of a recognition, twelve and twenty-four months after it: one tap of the company, one look of the office."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="checks", verbose_name=_("riconoscimento"))
    due_on = models.DateField(_("entro il"))
    asked_on = models.DateField(_("chiesto il"))
    reminded_on = models.DateField(_("ricordato il"), null=True)
    answered_on = models.DateField(_("risposto il"), null=True)
    still = models.CharField(_("accogliete ancora?"), max_length=10, choices=StillHost, blank=True)
    signed_by = models.CharField(_("chi dichiara, per l'impresa"), max_length=120, blank=True)
    facts = models.JSONField(_("fatti"), default=dict)
    looked_on = models.DateField(_("guardata il"), null=True)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("guardata da"))
    note = models.CharField(_("nota"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("verifica dell'anno")
        verbose_name_plural = _("verifiche dell'anno")
        constraints = [
            models.UniqueConstraint(fields=["certificate", "due_on"], name="certification_yearcheck_once"),
            models.CheckConstraint(
                condition=Q(answered_on=None, still="", signed_by="") | Q(answered_on__isnull=False) & ~Q(still="") & ~Q(signed_by=""),
                name="certification_yearcheck_answered",
            ),
            models.CheckConstraint(
                condition=Q(looked_on=None, looked_by=None)
                | Q(looked_on__isnull=False, looked_by__isnull=False, answered_on__isnull=False, looked_on__gte=F("answered_on")),
                name="certification_yearcheck_looked",
            ),
        ]
        indexes = [models.Index(fields=["network", "due_on"], condition=Q(looked_on=None), name="certification_checks_open")]


class ValidatorAsk(Record, NetworkOwned):
    """Somebody from outside was asked for their word by a personal link: it opens the file without an account and answers once.

    Open until it is answered, taken back by the office (`closed_at`), or its time is over. The link's token is kept as a hash.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="validator_asks", verbose_name=_("domanda di riconoscimento"))
    person = models.CharField(_("chi"), max_length=120)
    body = models.CharField(_("di quale ente o impresa"), max_length=160)
    partita_iva = models.CharField(_("partita IVA dell'ente"), max_length=11)
    email = models.EmailField(_("posta elettronica"))
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(_("chiesta il"))
    expires_at = models.DateTimeField(_("vale fino al"))
    closed_at = models.DateTimeField(null=True)
    validation = models.OneToOneField(Validation, models.PROTECT, null=True, related_name="asked", verbose_name=_("conferma da fuori"))

    class Meta:
        verbose_name = _("richiesta a chi conferma da fuori")
        verbose_name_plural = _("richieste a chi conferma da fuori")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="certification_validatorask_term"),
            models.CheckConstraint(condition=Q(validation=None) | Q(closed_at__isnull=False), name="certification_validatorask_answered"),
            models.UniqueConstraint(
                fields=["application", "partita_iva"],
                condition=Q(closed_at=None),
                name="certification_validatorask_one_open",
                violation_error_message=_("A questo ente lo avete già chiesto."),
            ),
        ]
