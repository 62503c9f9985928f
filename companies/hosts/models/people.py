"""Whom to ask at a company; who follows the people placed, and for whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import ContactRole
from .companies import Company


class Contact(Record, Versioned, NetworkOwned):
    """Somebody the office talks to at a company, from a day to a day. Who signs for it is the company's `representative`: here are the ways
    to reach them. It gives no access: who enters has a membership of the same address."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="contacts", verbose_name=_("impresa"))
    first_name = models.CharField(_("nome"), max_length=80)
    last_name = models.CharField(_("cognome"), max_length=80)
    email = models.EmailField(_("posta elettronica"), blank=True)
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    roles = ArrayField(
        models.CharField(max_length=14, choices=ContactRole), default=list, blank=True, verbose_name=_("di che cosa si occupa")
    )
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)

    class Meta:
        verbose_name = _("recapito dell'impresa")
        verbose_name_plural = _("recapiti dell'impresa")
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="hosts_contact_reachable",
                violation_error_message=_("Serve almeno un modo per sentirla: posta o telefono."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="hosts_contact_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
        ]
        indexes = [models.Index(fields=["company", "last_name"], name="hosts_contact_of")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def role_words(self) -> str:
        return ", ".join(str(ContactRole(code).label) for code in self.roles)


class CompanyTutor(Record, Versioned, NetworkOwned):
    """The person of the company who follows the people placed. Belongs to nobody: engagements say where, and when."""

    first_name = models.CharField(_("nome"), max_length=80)
    last_name = models.CharField(_("cognome"), max_length=80)
    email = models.EmailField(_("posta elettronica"))
    phone = models.CharField(_("telefono"), max_length=30, blank=True)
    job_title = models.CharField(_("mansione"), max_length=120, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("accesso"))

    class Meta:
        verbose_name = _("tutor aziendale")
        verbose_name_plural = _("tutor aziendali")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "email"],
                name="hosts_companytutor_email_once",
                violation_error_message=_("C'è già un tutor con questo indirizzo."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Engagement(NetworkOwned):
    """A tutor works at a company, from a day to a day."""

    tutor = models.ForeignKey(CompanyTutor, models.CASCADE, related_name="engagements", verbose_name=_("tutor"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="engagements", verbose_name=_("impresa"))
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)

    class Meta:
        verbose_name = _("incarico di tutor")
        verbose_name_plural = _("incarichi di tutor")
        constraints = [
            models.UniqueConstraint(fields=["tutor", "company"], condition=Q(valid_to=None), name="hosts_engagement_open_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="hosts_engagement_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
        ]
