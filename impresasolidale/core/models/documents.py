"""Papers and files: frozen context, number, hash, seal; uploads; the public verification code."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..fields import EncryptedJSONField
from ..scope import OwnedManager
from .base import Record


class NumberSeries(models.Model):
    """The last number given in a series of one owner, kind and year. Gap-free: taken in the transaction that uses it."""

    owner = models.CharField(max_length=30)  # "ambito:3", "network:1"
    kind = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("serie di numeri")
        verbose_name_plural = _("serie di numeri")
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "year"], name="core_numberseries_once")]


class Document(Record):
    """A paper that was issued. Never changed: a correction is a new document that supersedes this one.

    `context` is what the paper says, frozen; `context_hash` (printed on it) is SHA-256 of its canonical text;
    `file_hash` is SHA-256 of the final, sealed bytes.
    """

    stored_files = ("file_name",)

    class State(models.TextChoices):
        PENDING = "pending", _("in preparazione")
        READY = "ready", _("pronto")
        FAILED = "failed", _("non riuscito")
        DISCARDED = "discarded", _("scartato")  # what it said and its file are gone; number, day and hash stay

    class Direction(models.TextChoices):
        OUT = "out", _("in uscita")
        IN = "in", _("in entrata")

    class RegisterState(models.TextChoices):
        """How far the paper is on its way to the body's register."""

        TO_SEND = "to_send", _("da protocollare")
        QUEUED = "queued", _("in partenza")
        SENT = "sent", _("inviato al protocollo")
        REGISTERED = "registered", _("protocollato")
        FAILED = "failed", _("non inviato")

    ambito = models.ForeignKey(  # its own indexes begin with it
        "territory.Ambito", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("Ambito")
    )
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+", verbose_name=_("rete"))
    kind = models.CharField(_("tipo"), max_length=60)  # "agreements.framework_agreement"
    kind_label = models.CharField(_("documento"), max_length=120)
    number = models.CharField(_("numero"), max_length=20)  # "2026/000123"
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    template = models.CharField(max_length=120)
    context: Any = EncryptedJSONField()
    context_hash = models.CharField(max_length=64)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.PENDING)
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    issued_on = models.DateField(_("emesso il"))
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by", verbose_name=_("sostituisce"))
    # The body's own register (DPR 445/2000 art. 53); our number is not that number.
    protocol_direction = models.CharField(_("direzione"), max_length=3, choices=Direction, blank=True)
    protocol_number = models.CharField(_("numero di protocollo"), max_length=30, blank=True)
    protocol_on = models.DateField(_("data di protocollo"), null=True, blank=True)
    protocol_class = models.CharField(_("classificazione"), max_length=60, blank=True)
    protocol_file = models.CharField(_("fascicolo"), max_length=120, blank=True)
    register_state = models.CharField(_("protocollo"), max_length=10, choices=RegisterState, default=RegisterState.TO_SEND)
    register_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("documento")
        verbose_name_plural = _("documenti")
        constraints = [
            models.UniqueConstraint(fields=["ambito", "kind", "number"], name="core_document_number_ambito"),
            models.UniqueConstraint(fields=["network", "kind", "number"], name="core_document_number_network", condition=Q(ambito=None)),
            models.CheckConstraint(
                condition=Q(ambito__isnull=False, network=None) | Q(ambito=None, network__isnull=False), name="core_document_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(state="ready", file_hash__regex="^[0-9a-f]{64}$", size__gt=0)
                | Q(state="discarded", file_name="")
                | (~Q(state__in=["ready", "discarded"]) & Q(file_hash="")),
                name="core_document_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(protocol_number="", protocol_on=None) | (~Q(protocol_number="") & Q(protocol_on__isnull=False)),
                name="core_document_protocol_dated",
                violation_error_message=_("Numero e data di protocollo vanno insieme."),
            ),
            models.CheckConstraint(
                condition=Q(protocol_number="") ^ Q(register_state="registered"), name="core_document_registered_has_number"
            ),
            models.CheckConstraint(condition=~Q(register_state="failed") | ~Q(register_error=""), name="core_document_register_error"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="core_document_subject"),
            models.Index(fields=["ambito", "id"], name="core_document_to_register", condition=Q(protocol_number="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} {self.number}"

    @property
    def label(self) -> str:
        """What kind of paper, in the reader's language: the paper itself says it in Italian."""
        return gettext(self.kind_label)


class Verification(models.Model):
    """A public code and whose paper it is. No personal data and no owner filter: the page enters the owner's scope to answer."""

    code = models.CharField(max_length=26, primary_key=True)
    ambito_id = models.BigIntegerField(null=True)
    network_id = models.BigIntegerField(null=True)
    document_id = models.BigIntegerField(unique=True)

    class Meta:
        verbose_name = _("codice di verifica")
        verbose_name_plural = _("codici di verifica")


class Upload(Record):
    """A file somebody handed in (a scan, a certificate), owned by an Ambito, or by the network when all its offices are to reach it.

    Private; served only through the page of its subject.
    """

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("Ambito"))
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("rete"))

    stored_files = ("file_name",)

    kind = models.CharField(_("tipo"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    original_name = models.CharField(_("nome del file"), max_length=150)
    content_type = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    objects = OwnedManager()

    class Meta:
        verbose_name = _("file ricevuto")
        verbose_name_plural = _("file ricevuti")
        constraints = [
            models.CheckConstraint(
                condition=Q(ambito__isnull=False, network=None) | Q(ambito=None, network__isnull=False), name="core_upload_one_owner"
            )
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="core_upload_subject")]
