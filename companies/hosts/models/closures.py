"""When a company is closed for everybody."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .companies import Company, Site


class Closure(Record, NetworkOwned):
    """The company, or one site of it, is closed for everybody from a day to a day: nobody is expected there. `words` say why, in short."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="closures", verbose_name=_("impresa"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sede"), help_text=_("Vuoto: tutte le sedi.")
    )
    starts_on = models.DateField(_("primo giorno"))
    ends_on = models.DateField(_("ultimo giorno"))
    words = models.CharField(_("motivo"), max_length=60)

    class Meta:
        verbose_name = _("chiusura dell'impresa")
        verbose_name_plural = _("chiusure dell'impresa")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="hosts_closure_dates",
                violation_error_message=_("L'ultimo giorno viene prima del primo."),
            )
        ]
        indexes = [models.Index(fields=["company", "starts_on"], name="hosts_closure_of")]

    def __str__(self) -> str:
        return self.words

    def holds(self, day: date, site_id: int | None = None) -> bool:
        """Whether the company (or this site of it) is closed on a day."""
        return self.starts_on <= day <= self.ends_on and (self.site_id is None or site_id is None or site_id == self.site_id)

    @property
    def days(self) -> int:
        """By the calendar, both ends counted: what rule 52 counts."""
        return (self.ends_on - self.starts_on).days + 1
