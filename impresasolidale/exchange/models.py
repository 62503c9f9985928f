"""Files that are brought in: the file, its rows while they are needed, and how its columns were matched the last time."""

import secrets
import time
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedJSONField, EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, ManyAmbitoOwned, Record

from .enums import CodeTable, Fault, ImportKind, ImportState, NoticeOutcome, RowOutcome, SearchedList, TakeOutState


class ImportBatch(Record, AmbitoOwned):
    """A file that an Ambito brings in. The file itself is thrown away as soon as its rows are read; the rows, encrypted, after a month.

    `columns` are the words of its first row; `mapping` says for each field of ours the column it comes from (its place, from 0), and
    `fixed` what is the same in every row. `cursor` is the last row of the pass that runs; `counts` how many rows have each outcome.
    """

    stored_files = ("file_name",)

    kind = models.CharField(_("che cosa contiene"), max_length=12, choices=ImportKind)
    state = models.CharField(_("stato"), max_length=10, choices=ImportState, default=ImportState.WAITING)
    original_name = models.CharField(_("nome del file"), max_length=150)
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64)
    columns = models.JSONField(_("colonne del file"), default=list)
    shape = models.CharField(max_length=64)  # SHA-256 of the columns, as words
    mapping = models.JSONField(_("colonne abbinate"), default=dict)
    fixed: Any = EncryptedJSONField(_("valori uguali per tutte le righe"), null=True)
    rows_total = models.PositiveIntegerField(_("righe"), default=0)
    cursor = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.CharField(_("perché non si legge"), max_length=300, blank=True)
    taken_at = models.DateTimeField(_("importato il"), null=True)
    forgotten_at = models.DateTimeField(_("righe cancellate il"), null=True)

    class Meta:
        verbose_name = _("importazione")
        verbose_name_plural = _("importazioni")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "kind", "file_hash"],
                condition=~Q(state__in=["refused", "dropped", "undone"]),
                name="exchange_importbatch_once",
                violation_error_message=_("Questo file è già stato portato qui."),
            ),
            models.CheckConstraint(condition=Q(state="refused") ^ Q(error=""), name="exchange_importbatch_refused"),
        ]

    def __str__(self) -> str:
        return self.original_name


class ImportRow(ManyAmbitoOwned):
    """A row of a file while it is needed. `number` is its line in the file, from 2: the first says what the columns are.

    `cells` are its texts in the order of the columns, `fixes` what was corrected by hand (field → text), `problems` the refusals in words
    (field, or "" for the whole row → words): all three encrypted, for they may hold anything. `key` tells who or what the row is about
    (a keyed hash), so that a file that says it twice is told. `made` lists the rows that the import wrote, table by table.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False, verbose_name=_("importazione"))
    number = models.PositiveIntegerField(_("riga del file"))
    cells: Any = EncryptedJSONField(_("celle"))
    fixes: Any = EncryptedJSONField(_("correzioni"), null=True)
    problems: Any = EncryptedJSONField(_("che cosa non va"), null=True)
    outcome = models.CharField(_("esito"), max_length=10, choices=RowOutcome, default=RowOutcome.WAITING)
    key = models.CharField(max_length=64, blank=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    made = models.JSONField(null=True)  # {model label: [ids]}

    class Meta:
        verbose_name = _("riga importata")
        verbose_name_plural = _("righe importate")
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="exchange_importrow_once")]
        indexes = [
            models.Index(fields=["batch", "outcome", "number"], name="exchange_row_outcome"),
            models.Index(fields=["batch", "key", "number"], condition=~Q(key=""), name="exchange_row_key"),
        ]

    def values(self, batch: ImportBatch) -> dict[str, str]:
        """Field → text: what was corrected, else its column, else what is the same for all of them. `batch` may be newer than ours."""
        found = {name: self.cells[place] for name, place in batch.mapping.items() if place < len(self.cells)}
        found = {**(batch.fixed or {}), **{name: text for name, text in found.items() if text}}
        return {**found, **(self.fixes or {})}


def in_turn() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562, 5.7): those made one after another lie side by side in the index that allows each once."""
    now = time.time_ns() // 1_000_000  # in milliseconds
    return uuid.UUID(int=now << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


class ImportedDay(ManyAmbitoOwned):
    """A day of attendance as a row says it, typed: the staging table of a month, read by one statement. `minutes` empty is as planned;
    `submission` makes the day one row, however often the job begins again."""

    row = models.OneToOneField(ImportRow, models.CASCADE, related_name="day", verbose_name=_("riga importata"))
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="+", db_index=False, verbose_name=_("importazione"))
    number = models.PositiveIntegerField(_("riga del file"))  # both as on the row: a piece of a file is read without it
    placement_id = models.BigIntegerField()
    day = models.DateField(_("giorno"))
    outcome = models.CharField(_("esito"), max_length=12)
    minutes = models.PositiveSmallIntegerField(_("minuti"), null=True)
    note = models.CharField(_("nota"), max_length=10, blank=True)
    submission = models.UUIDField(default=in_turn)

    class Meta:
        verbose_name = _("giornata importata")
        verbose_name_plural = _("giornate importate")
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="exchange_importedday_once")]


class ImportLayout(AmbitoOwned):
    """How the columns of a shape of file were matched the last time."""

    kind = models.CharField(max_length=12, choices=ImportKind)
    shape = models.CharField(max_length=64)
    mapping = models.JSONField(_("colonne abbinate"), default=dict)

    class Meta:
        verbose_name = _("colonne di un file da importare")
        verbose_name_plural = _("colonne dei file da importare")
        constraints = [models.UniqueConstraint(fields=["ambito", "kind", "shape"], name="exchange_importlayout_once")]


class TakeOut(Record, AmbitoOwned):
    """Everything an Ambito owns, ordered by one person, approved by another, made by a job, downloaded once by who ordered it.

    The file goes after the download, or a week after it was ready. `tables` says how many rows of each table it holds.
    """

    stored_files = ("file_name",)

    state = models.CharField(_("stato"), max_length=10, choices=TakeOutState, default=TakeOutState.ASKED)
    reason = models.CharField(_("motivo"), max_length=300)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approvata da"))
    act_number = models.CharField(_("numero dell'atto"), max_length=60, blank=True)
    act_on = models.DateField(_("data dell'atto"), null=True)
    act_file = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("copia dell'atto"))
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+", verbose_name=_("lavoro"))
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(_("impronta"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("dimensione"), default=0)
    tables = models.JSONField(_("righe per tabella"), default=dict)
    ready_at = models.DateTimeField(_("pronta il"), null=True)
    downloaded_at = models.DateTimeField(_("scaricata il"), null=True)

    class Meta:
        verbose_name = _("uscita completa dei dati")
        verbose_name_plural = _("uscite complete dei dati")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="exchange_takeout_why"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("created_by")) | ~Q(act_number=""),
                name="exchange_takeout_two_keys",
                violation_error_message=_("Chi chiede i dati non può anche approvare, se non con un atto."),
            ),
            models.CheckConstraint(
                condition=Q(act_number="", act_on=None, act_file=None)
                | (~Q(act_number="") & Q(act_on__isnull=False, act_file__isnull=False)),
                name="exchange_takeout_act",
            ),
            models.UniqueConstraint(
                fields=["ambito"],
                condition=Q(state__in=["asked", "making", "ready"]),
                name="exchange_takeout_one_open",
                violation_error_message=_("C'è già una richiesta aperta: finisci prima quella."),
            ),
        ]


class SavedSearch(Record, AmbitoOwned):
    """A list as somebody likes to see it: its filters under a name, one's own or the office's. Filters may name a person: encrypted."""

    page = models.CharField(max_length=60, choices=SearchedList)
    name = models.CharField(_("nome della ricerca"), max_length=60)
    query = EncryptedTextField(_("filtri"), blank=True)
    is_shared = models.BooleanField(_("la vedono anche i colleghi"), default=False)

    class Meta:
        verbose_name = _("ricerca salvata")
        verbose_name_plural = _("ricerche salvate")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "created_by", "page", "name"],
                name="exchange_savedsearch_once",
                violation_error_message=_("Hai già una ricerca con questo nome."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OutsideCode(AmbitoOwned):
    """What another system calls a code of ours, as the Ambito wrote it. A code without a row is to be confirmed (rule 72)."""

    table = models.CharField(_("tabella"), max_length=4, choices=CodeTable)
    ours = models.CharField(_("codice nostro"), max_length=20)
    theirs = models.CharField(_("codice dell'altro sistema"), max_length=20)

    class Meta:
        verbose_name = _("codice di un altro sistema")
        verbose_name_plural = _("codici di altri sistemi")
        constraints = [
            models.UniqueConstraint(fields=["ambito", "table", "ours"], name="exchange_outsidecode_once"),
            models.CheckConstraint(condition=~Q(theirs=""), name="exchange_outsidecode_filled"),
        ]


class ColumnSet(Record, AmbitoOwned):
    """The columns of a list as somebody wants them, in their order: one's own, or offered to the colleagues who chose none (adr/0048)."""

    page = models.CharField(max_length=60, choices=SearchedList)
    columns: Any = models.JSONField(_("colonne"), default=list)  # codes of the list's columns
    is_shared = models.BooleanField(_("le vedono anche i colleghi"), default=False)

    class Meta:
        verbose_name = _("scelta di colonne")
        verbose_name_plural = _("scelte di colonne")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "created_by", "page"],
                name="exchange_columnset_once",
                violation_error_message=_("Le hai appena scelte in un'altra pagina: guarda, e riprova."),
            )
        ]


class Hook(Record, AmbitoOwned):
    """A program of the body that is told what happens here: where, what of, and the secret it knows us by (adr/0040).

    `events` are codes of facts. The secret before the last one signs beside it for a day. `failing_since` is the first of the failures that
    nothing good followed; `quiet_until` lets a program that does not answer alone for a while.
    """

    name = models.CharField(_("programma"), max_length=80)
    url: Any = EncryptedTextField(_("indirizzo"))  # it may hold a key of theirs
    events = ArrayField(models.CharField(max_length=100), verbose_name=_("che cosa gli diciamo"))
    secret: Any = EncryptedTextField(_("segreto"))
    old_secret: Any = EncryptedTextField(_("segreto di prima"), blank=True)
    rotated_at = models.DateTimeField(_("segreto cambiato il"), null=True)
    is_on = models.BooleanField(_("acceso"), default=True)
    failures = models.PositiveIntegerField(_("tentativi andati male di fila"), default=0)
    failing_since = models.DateTimeField(_("non risponde dal"), null=True)
    quiet_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("avviso a un programma")
        verbose_name_plural = _("avvisi a programmi")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "name"],
                name="exchange_hook_once",
                violation_error_message=_("C'è già un programma con questo nome."),
            ),
            models.CheckConstraint(condition=~Q(events=[]), name="exchange_hook_events"),
            models.CheckConstraint(condition=Q(failing_since=None) ^ Q(failures__gt=0), name="exchange_hook_failing"),
        ]

    def __str__(self) -> str:
        return self.name


class HookNotice(ManyAmbitoOwned):
    """One thing told to one program. Written by a trigger in the transaction of its fact; `public_id` is the same at every attempt.

    `code` is the fact's, empty for a trial. `due_at` is when it is tried (again).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="notices", db_index=False, verbose_name=_("programma"))
    code = models.CharField(_("fatto"), max_length=100, blank=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("quando è successo"))
    outcome = models.CharField(_("esito"), max_length=10, choices=NoticeOutcome, default=NoticeOutcome.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tentativi"), default=0)
    due_at = models.DateTimeField(_("si prova il"))
    told_at = models.DateTimeField(_("ultimo tentativo"), null=True)
    fault = models.CharField(_("che cosa non è andato"), max_length=10, choices=Fault, blank=True)
    status = models.PositiveSmallIntegerField(_("risposta"), null=True)  # of HTTP

    class Meta:
        verbose_name = _("avviso mandato")
        verbose_name_plural = _("avvisi mandati")
        indexes = [models.Index(fields=["hook", "-id"], name="exchange_notice_of_hook")]
