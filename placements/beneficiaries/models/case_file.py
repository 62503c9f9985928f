"""The case file: the diary, the papers somebody brought, and the pairs that look alike and are two people."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import DiaryKind, DocumentCategory
from .person import Beneficiary


class DiaryEntry(Record, AmbitoOwned):
    """What happened about the placement, in a few words: a call, a meeting, a decision. No second social record.

    Append-only: a correction is a new entry that supersedes. `subject_type` and `subject_id` say which placement it is about, if any.
    A merge leaves the entries on the record they were written on; whoever reads takes those of the merged records too.
    """

    beneficiary = models.ForeignKey(Beneficiary, models.PROTECT, related_name="diary", verbose_name=_("persona"))
    kind = models.CharField(_("che cosa"), max_length=10, choices=DiaryKind)
    happened_at = models.DateTimeField(_("quando"))
    text = EncryptedTextField(_("testo"))
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by", verbose_name=_("corregge"))

    class Meta:
        verbose_name = _("nota del diario")
        verbose_name_plural = _("diario")
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_type="", subject_id=None) | (~Q(subject_type="") & Q(subject_id__isnull=False)),
                name="beneficiaries_diary_subject",
            )
        ]
        indexes = [models.Index(fields=["beneficiary", "-happened_at"], name="beneficiaries_diary_newest")]


class PersonDocument(Record, AmbitoOwned):
    """A paper of the person, by category: who brought it keeps the original. Withdrawn when it was put here by mistake, never deleted."""

    beneficiary = models.ForeignKey(Beneficiary, models.PROTECT, related_name="documents", verbose_name=_("persona"))
    category = models.CharField(_("tipo"), max_length=20, choices=DocumentCategory)
    dated_on = models.DateField(_("data del documento"))
    expires_on = models.DateField(_("vale fino al"), null=True, blank=True)
    note = EncryptedTextField(_("due parole"), blank=True)
    upload = models.OneToOneField("core.Upload", models.PROTECT, related_name="+", verbose_name=_("file"))
    withdrawn_at = models.DateTimeField(_("ritirato il"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("perché è stato ritirato"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("documento della persona")
        verbose_name_plural = _("documenti della persona")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("dated_on")),
                name="beneficiaries_document_dates",
                violation_error_message=_("La scadenza viene prima della data del documento."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="beneficiaries_document_withdrawn",
            ),
        ]
        indexes = [models.Index(fields=["beneficiary", "category"], name="beneficiaries_document_of")]


class DistinctPair(Record, AmbitoOwned):
    """Two records that look alike and are two people: somebody checked, and said why. `first` is the older record. Append-only."""

    first = models.ForeignKey(Beneficiary, models.PROTECT, related_name="+", verbose_name=_("prima persona"))
    second = models.ForeignKey(Beneficiary, models.PROTECT, related_name="+", verbose_name=_("seconda persona"))
    reason = models.CharField(_("motivo"), max_length=200)

    class Meta:
        verbose_name = _("coppia di persone diverse")
        verbose_name_plural = _("coppie di persone diverse")
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="beneficiaries_pair_once",
                violation_error_message=_("Questa coppia è già stata messa da parte."),
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="beneficiaries_pair_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="beneficiaries_pair_reason"),
        ]
