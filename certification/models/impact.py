"""What is told of a company: words of thanks, the public card."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record


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
