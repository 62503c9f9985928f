"""Who signed which paper, and how."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import SignatureMethod, SignerRole


class Signature(Record, AmbitoOwned):
    """One party signed one paper. Append-only; bound to the paper's version by its hash."""

    document = models.ForeignKey("core.Document", models.PROTECT, related_name="signatures", verbose_name=_("documento"))
    role = models.CharField(_("chi firma"), max_length=20, choices=SignerRole)
    signer = models.CharField(_("nome e cognome di chi ha firmato"), max_length=120)
    method = models.CharField(_("come"), max_length=10, choices=SignatureMethod)
    signed_on = models.DateField(_("firmato il"))
    scan = models.ForeignKey("core.Upload", models.PROTECT, related_name="+", verbose_name=_("scansione"))
    context_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("firma")
        verbose_name_plural = _("firme")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "role"], name="agreements_signature_once", violation_error_message=_("Questa firma è già registrata.")
            )
        ]
