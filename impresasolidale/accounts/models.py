"""Users and what they may reach: dated memberships, invitations, API tokens; and what a sign-in leaves: sessions, second factors."""

import secrets
import uuid
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.periods import in_force

from .permissions import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """One human, one sign-in, however many hats.

    `key_version` grows with each change of role or factor: sessions of an older one are over at their next request. `asked_on`: the day
    a second factor was first asked for; `warned_on`: the day it was written that an unused access will be closed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("posta elettronica"), unique=True)
    first_name = models.CharField(_("nome"), max_length=80)
    last_name = models.CharField(_("cognome"), max_length=80)
    language = models.CharField(_("lingua"), max_length=2, default="it")
    is_active = models.BooleanField(_("attivo"), default=True)
    has_search_key = models.BooleanField(_("cerca con il tasto «/»"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    key_version = models.PositiveIntegerField(default=1)
    asked_on = models.DateField(null=True)
    warned_on = models.DateField(null=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("utente")
        verbose_name_plural = _("utenti")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="accounts_user_email_once", violation_error_message=_("C'è già un accesso con questo indirizzo.")
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        return str(salted_hmac("accounts.session", f"{self.password}:{self.key_version}", secret=secret, algorithm="sha256").hexdigest())


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, today: date) -> "MembershipQuerySet":
        return self.filter(in_force(today))


class Membership(models.Model):
    """A role held from a day to a day: in a whole network, in one Ambito, for the residents of one comune, or in a company; of a
    donor or a partner, for what is their own.

    A deputy holds the role of `deputy_of` for the dates of the membership: the second key in August.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("utente"))
    role = models.CharField(_("ruolo"), max_length=30, choices=Role)
    network = models.ForeignKey("territory.Network", models.PROTECT, related_name="+", verbose_name=_("rete"))
    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Ambito"))
    comune = models.ForeignKey(
        "territory.Comune", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("solo residenti a")
    )
    company = models.ForeignKey("hosts.Company", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("impresa"))
    donor = models.ForeignKey("solidarity_fund.Donor", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("donatore"))
    partner = models.ForeignKey("projects.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("partner"))
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)
    deputy_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sostituisce"))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenenza")
        verbose_name_plural = _("appartenenze")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="accounts_membership_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(condition=Q(comune=None) | Q(ambito__isnull=False), name="accounts_membership_comune_in_ambito"),
            models.CheckConstraint(
                condition=Q(role__in=["company_tutor", "company_contact"], company__isnull=False)
                | (~Q(role__in=["company_tutor", "company_contact"]) & Q(company=None)),
                name="accounts_membership_company_roles",
            ),
            models.CheckConstraint(
                condition=(Q(donor=None) | Q(role="donor")) & (Q(partner=None) | Q(role="partner")), name="accounts_membership_givers"
            ),
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="accounts_membership_user")]

    def __str__(self) -> str:
        return self.get_role_display()


class Entrusted(models.Model):
    """The people entrusted to a company tutor: a view that placements.agreements creates (docs/adr/0005)."""

    placement_id = models.BigIntegerField(primary_key=True)
    user_id = models.BigIntegerField(null=True)  # of the tutor, who may have no sign-in yet
    network_id = models.BigIntegerField()
    ambito_id = models.BigIntegerField()
    beneficiary_id = models.BigIntegerField()
    company_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "entrusted"
        verbose_name = _("affidamento")
        verbose_name_plural = _("affidamenti")


class Invitation(models.Model):
    """A personal link to choose a password: a first invitation, or a forgotten one. Only its hash is kept; it works once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("invito")
        verbose_name_plural = _("inviti")


class ApiToken(models.Model):
    """A key for another program, for one Ambito, for some scopes (scopes.py), with an expiry. Only its hash is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("utente"))
    name = models.CharField(_("nome"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, related_name="+", verbose_name=_("Ambito"))
    scopes = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("che cosa può fare"))
    expires_at = models.DateTimeField(_("scade il"))
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(_("usata l'ultima volta il"), null=True)  # to the minute
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("chiave per programmi")
        verbose_name_plural = _("chiavi per programmi")

    def lives(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now


class CalendarFeed(models.Model):
    """The secret address of somebody's calendar. Only its hash is kept; a new one, or none, ends the one before."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("utente"))
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("indirizzo del calendario")
        verbose_name_plural = _("indirizzi dei calendari")
        constraints = [models.UniqueConstraint(fields=["user"], condition=models.Q(revoked_at=None), name="accounts_calendarfeed_once")]


class Session(AbstractBaseSession):
    """A browser's session, and of one where somebody signed in: who, since when, last when, on what device."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", verbose_name=_("utente"))
    started_at = models.DateTimeField(_("entrato il"), null=True)
    seen_at = models.DateTimeField(_("usato il"), null=True)
    device = models.CharField(_("dispositivo"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("sessione")
        verbose_name_plural = _("sessioni")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from .sessions import SessionStore

        return SessionStore


class Factor(models.Model):
    """What somebody has beside the password: an app that makes codes (TOTP, RFC 6238) or a passkey (WebAuthn).

    `secret`: of an app, in base32. `credential`: of a passkey, its public half as the library writes it; `credential_id` finds it.
    `last_step`: the last half minute whose code was accepted, so that none is accepted twice; `sign_count`: the passkey's own counter.
    """

    class Kind(models.TextChoices):
        APP = "app", _("app dei codici")
        PASSKEY = "passkey", _("passkey")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="factors", verbose_name=_("utente"))
    kind = models.CharField(_("tipo"), max_length=10, choices=Kind)
    name = models.CharField(_("nome"), max_length=60)
    secret = EncryptedTextField(blank=True)
    last_step = models.BigIntegerField(default=0)
    credential_id = models.CharField(max_length=700, null=True, unique=True)
    credential = models.TextField(blank=True)
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("secondo fattore")
        verbose_name_plural = _("secondi fattori")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="app", credential_id=None) | Q(kind="passkey", credential_id__isnull=False),
                name="accounts_factor_whole",
            )
        ]


class RecoveryCode(models.Model):
    """A code on paper that stands for the second factor once. Only its keyed hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("utente"))
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("codice di riserva")
        verbose_name_plural = _("codici di riserva")
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="accounts_recoverycode_once")]


class TrustedDevice(models.Model):
    """A browser where the second factor is not asked again until a day. Only the hash of its secret is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("utente"))
    token_hash = models.CharField(max_length=64, unique=True)
    device = models.CharField(_("dispositivo"), max_length=80, blank=True)
    expires_at = models.DateTimeField(_("fino al"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("dispositivo ricordato")
        verbose_name_plural = _("dispositivi ricordati")


class OutsideIdentity(models.Model):
    """Who somebody is for the body's own sign-in (OpenID Connect): bound at the first time, by issuer and subject ever after."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+", verbose_name=_("utente"))
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("identità dell’ente")
        verbose_name_plural = _("identità dell’ente")
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_outsideidentity_once")]


class SupportVisit(models.Model):
    """A technician reads what one Ambito sees, for a reason, for an hour at most; it ends by itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("utente"))
    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, related_name="+", verbose_name=_("Ambito"))
    reason = models.TextField(_("motivo"))
    began_at = models.DateTimeField(_("dalle"))
    ends_at = models.DateTimeField(_("alle"))

    class Meta:
        verbose_name = _("assistenza")
        verbose_name_plural = _("assistenze")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("began_at")) & Q(ends_at__lte=F("began_at") + timedelta(hours=1)),
                name="accounts_supportvisit_an_hour",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_supportvisit_why"),
        ]
        indexes = [models.Index(fields=["user", "-ends_at"], name="accounts_supportvisit_user")]


def new_token() -> str:
    return secrets.token_urlsafe(32)
