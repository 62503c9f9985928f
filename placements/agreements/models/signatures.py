"""Who signed which paper, and how."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedJSONField
from impresasolidale.core.models import AmbitoOwned, ManyAmbitoOwned, Record

from ..enums import SignatureMethod, SignerRole
from .signing import SignatureRequest, SigningPower


class Signature(Record, ManyAmbitoOwned):
    """One party signed one paper. Append-only; bound to the paper's version by its hash.

    What was seen of the act stands beside it, in Evidence. A signature `kept_from` an earlier version carries that version's hash:
    the part of who signed has not changed since.
    """

    document = models.ForeignKey("core.Document", models.PROTECT, related_name="signatures", verbose_name=_("documento"))
    role = models.CharField(_("chi firma"), max_length=20, choices=SignerRole)
    signer = models.CharField(_("nome e cognome di chi ha firmato"), max_length=120)
    method = models.CharField(_("come"), max_length=10, choices=SignatureMethod)
    signed_on = models.DateField(_("firmato il"))
    signed_at = models.DateTimeField(_("firmato alle"), null=True)
    scan = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    context_hash = models.CharField(max_length=64)
    request = models.ForeignKey(SignatureRequest, models.PROTECT, null=True, related_name="signatures", verbose_name=_("richiesta"))
    power = models.ForeignKey(SigningPower, models.PROTECT, null=True, related_name="signatures", verbose_name=_("potere di firma"))
    kept_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("firma che resta"))

    class Meta:
        verbose_name = _("firma")
        verbose_name_plural = _("firme")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "role"], name="agreements_signature_once", violation_error_message=_("Questa firma è già registrata.")
            ),
            models.CheckConstraint(condition=Q(method=SignatureMethod.LINK) | Q(scan__isnull=False), name="agreements_signature_file"),
        ]


class Evidence(AmbitoOwned):
    """What was seen of one act of signing: channel, masked address, visitor's address, certificate, witness, as a JSON value.

    Beside the signature and not in it, because its key may be changed and the signature may not; no service writes it twice.
    """

    signature = models.OneToOneField(Signature, models.PROTECT, related_name="evidence", verbose_name=_("firma"))
    data: Any = EncryptedJSONField()

    class Meta:
        verbose_name = _("prova della firma")
        verbose_name_plural = _("prove delle firme")
