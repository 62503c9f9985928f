"""That a company accepted the rules of welcoming."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .companies import Company


class ConductAcceptance(Record, NetworkOwned):
    """Somebody said yes for the company to an edition of conduct.EDITIONS, whose words `fingerprint` holds fast."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("impresa"))
    edition = models.PositiveSmallIntegerField(_("edizione"))
    fingerprint = models.CharField(max_length=64, editable=False)
    accepted_on = models.DateField(_("accettate il"))
    said_by = models.CharField(_("chi ha detto di sì"), max_length=120)

    class Meta:
        verbose_name = _("regole dell’accoglienza accettate")
        verbose_name_plural = _("regole dell’accoglienza accettate")
        indexes = [models.Index(fields=["company", "-id"], name="hosts_conduct_last")]
