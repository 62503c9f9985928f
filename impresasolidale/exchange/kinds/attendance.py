"""Days of attendance: read into a typed staging table, judged and written many at a time by the room's own statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.forms import Form, HoursField
from impresasolidale.core.validators import codice_fiscale
from placements.agreements.models import Placement
from placements.attendance.enums import Note, Outcome
from placements.attendance.services import NotWritten, SaidDays, look_at_many, record_many

from ..enums import ImportKind, RowOutcome
from ..models import ImportBatch, ImportedDay, ImportRow
from .base import Column, RowKind, Tried, as_typed

OUTCOMES = [(code, label) for code, label in Outcome.choices if code != Outcome.WITHDRAWN]
# How offices write it in their own sheets, beside our words.
SAID = {
    "p": Outcome.PRESENT, "si": Outcome.PRESENT, "presente": Outcome.PRESENT, "x": Outcome.PRESENT, "1": Outcome.PRESENT,
    "m": Outcome.SICK, "malattia": Outcome.SICK, "malato": Outcome.SICK, "malata": Outcome.SICK,
    "a": Outcome.UNJUSTIFIED, "assente": Outcome.UNJUSTIFIED, "ai": Outcome.UNJUSTIFIED, "assenza ingiustificata": Outcome.UNJUSTIFIED,
    "ag": Outcome.JUSTIFIED, "giustificata": Outcome.JUSTIFIED, "giustificato": Outcome.JUSTIFIED,
    "assenza giustificata": Outcome.JUSTIFIED,
    "chiuso": Outcome.CLOSED, "chiusura": Outcome.CLOSED, "c": Outcome.CLOSED,
}  # fmt: skip


class DayForm(Form):
    """A row, as somebody would type it."""

    codice_fiscale = forms.CharField(label=gettext_lazy("Codice fiscale"), max_length=25)
    day = forms.DateField(label=gettext_lazy("Giorno"))
    outcome = forms.ChoiceField(label=gettext_lazy("Esito"), choices=OUTCOMES, required=False, initial=Outcome.PRESENT)
    hours = HoursField(label=gettext_lazy("Ore"), required=False)
    note = forms.ChoiceField(label=gettext_lazy("Nota"), choices=[("", "—"), *Note.choices], required=False)
    company_code = forms.CharField(label=gettext_lazy("Partita IVA dell'impresa"), max_length=20, required=False)


# The staged days of a file between two of its lines, as the statement of the room reads them: as they are said, or taken back.
STAGED = """
SELECT d.number::bigint AS n, d.placement_id, d.day, {said}
FROM exchange_importedday d WHERE d.batch_id = %(said_batch)s AND d.number BETWEEN %(said_first)s AND %(said_last)s"""
AS_SAID = "d.outcome, d.minutes::int AS minutes, d.note, d.submission, NULL::uuid AS over"
TAKEN_BACK = "'withdrawn' AS outcome, NULL::int AS minutes, '' AS note, gen_random_uuid() AS submission, d.submission AS over"


@dataclass(frozen=True)
class Candidate:
    """A placement a day may belong to."""

    pk: int
    first: date
    last: date
    codes: frozenset[str]


class Attendance(RowKind):
    code = ImportKind.ATTENDANCE
    label = ImportKind.ATTENDANCE.label
    permission = Permission.IMPORT_ATTENDANCE
    lead = gettext_lazy(
        "Una riga per persona e giorno. Senza esito vuol dire presente, senza ore vuol dire come previsto. Si scrive solo nei mesi aperti."
    )
    columns = (
        Column("codice_fiscale", ("cod fiscale", "cf", "c f", "codice fisc")),
        Column("day", ("data", "giorno presenza", "data presenza")),
        Column("outcome", ("presenza", "stato", "assenza", "causale", "tipo"), same=True),
        Column("hours", ("ore", "ore svolte", "n ore", "ore fatte", "totale ore")),
        Column("note", ("nota", "note", "annotazioni")),
        Column("company_code", ("partita iva", "p iva", "piva")),
    )
    key_fields = ()
    undo_words: ClassVar[Any] = gettext_lazy(
        "Ogni giorno importato viene annullato, se nel frattempo nessuno ha scritto altro e il mese è ancora aperto."
    )

    def form(self, data: Mapping[str, Any] | None, *, by: Access, today: date) -> DayForm:
        return DayForm(data)

    def write(self, form: Any, *, by: Access, today: date) -> list[models.Model]:
        raise NotImplementedError  # many at a time

    def address(self, subject_id: int) -> str | None:
        found = Placement.objects.filter(pk=subject_id).values_list("public_id", flat=True).first()
        return reverse("attendance:month", args=[found]) if found else None

    # --- Many at a time

    def stage(
        self, batch: ImportBatch, rows: Sequence[tuple[ImportRow, Mapping[str, str]]], *, by: Access, today: date
    ) -> dict[int, Tried]:
        """Read the rows into the staging table, and try what they say: only good days stay there. By the row's id."""
        blank = self.form(None, by=by, today=today)
        tried: dict[int, Tried] = {}
        codes: dict[str, str] = {}
        read: list[tuple[ImportRow, dict[str, Any], str]] = []
        for row, values in rows:
            try:
                found = self._read(blank, values)
                read.append((row, found, _code_hash(found["codice_fiscale"], codes, today)))
            except forms.ValidationError as error:
                tried[row.pk] = Tried(RowOutcome.WRONG, {name: " ".join(words) for name, words in error.message_dict.items()})
        candidates = _candidates({code for _row, _found, code in read}, by)
        days: list[tuple[ImportRow, ImportedDay]] = []
        for row, found, code in read:
            try:
                placement = _placement_of(candidates.get(code), found["day"], found["company_code"])
            except DomainError as error:
                tried[row.pk] = Tried(RowOutcome.WRONG, {error.field or "": str(error)})
                continue
            minutes = found["hours"] if found["outcome"] == Outcome.PRESENT or found["hours"] else None
            days.append(
                (
                    row,
                    ImportedDay(
                        ambito_id=batch.ambito_id,
                        row=row,
                        batch=batch,
                        number=row.number,
                        placement_id=placement,
                        day=found["day"],
                        outcome=found["outcome"],
                        minutes=minutes,
                        note=found["note"],
                    ),
                )
            )
        ImportedDay.objects.filter(row__in=[row.pk for row, _values in rows]).delete()
        ImportedDay.objects.bulk_create([day for _row, day in days])
        refused = look_at_many(days=staged(batch, [row for row, _values in rows]), by=by, today=today) if days else {}
        for row, day in days:
            tried[row.pk] = _as_tried(refused.get(row.number), day.placement_id)
        ImportedDay.objects.filter(batch=batch, number__in=refused).delete()
        return tried

    def _read(self, blank: forms.Form, values: Mapping[str, str]) -> dict[str, Any]:
        """What a row says, by the form's own fields: a form for each of a hundred thousand rows would cost more than all the rest."""
        found: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        for name, field in blank.fields.items():
            text = values.get(name, "").strip()
            try:
                if name == "outcome":
                    found[name] = field.clean(SAID.get(text.lower()) or as_typed(field, text) or Outcome.PRESENT)
                else:
                    found[name] = field.clean(as_typed(field, text) if text else "")
            except forms.ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise forms.ValidationError(errors)
        return found

    def take(self, batch: ImportBatch, rows: Sequence[ImportRow], *, by: Access, today: date) -> dict[int, Tried]:
        """Write the staged days of these good rows, in one statement; returns what became of those that were not, by the row's id."""
        refused = record_many(days=staged(batch, rows), by=by, today=today) if rows else {}
        return {row.pk: _as_tried(refused[row.number], row.subject_id) for row in rows if row.number in refused}

    def take_back(self, batch: ImportBatch, rows: Sequence[ImportRow], *, by: Access, today: date) -> dict[int, str]:
        """Annul the days of these rows that were taken; returns why some stay, by the row's id ("" for those that are gone)."""
        refused = record_many(days=staged(batch, rows, TAKEN_BACK), by=by, today=today) if rows else {}
        return {row.pk: refused[row.number].words if row.number in refused else "" for row in rows}


def staged(batch: ImportBatch, rows: Sequence[ImportRow], said: str = AS_SAID) -> SaidDays:
    """The staged days of these rows, which stand together in the file. By the line of the file."""
    values = {"said_batch": batch.pk, "said_first": min(r.number for r in rows), "said_last": max(r.number for r in rows)}
    return SaidDays(STAGED.format(said=said), values)


def _code_hash(text: str, known: dict[str, str], today: date) -> str:
    """The hash that finds the person; each code is looked at once. Raises ValidationError."""
    if text not in known:
        try:
            known[text] = lookup_hash(codice_fiscale(text, today=today).plain)
        except forms.ValidationError as error:
            raise forms.ValidationError({"codice_fiscale": error.messages}) from error
    return known[text]


def _as_tried(refused: NotWritten | None, placement_id: int | None) -> Tried:
    tried = Tried(RowOutcome.GOOD)
    if refused:
        tried.outcome = RowOutcome.KNOWN if refused.is_known else RowOutcome.WRONG
        tried.problems = {} if refused.is_known else {refused.field or "": refused.words}
    tried.subject_id = placement_id
    return tried


def _candidates(codes: set[str], by: Access) -> dict[str, list[Candidate]]:
    """The placements of the people with these codes, by the hash of the code. One query."""
    rows = Placement.objects.filter(ambito_id=by.ambito_id, beneficiary__codice_fiscale_hash__in=codes, beneficiary__merged_into=None)
    names = (
        "beneficiary__codice_fiscale_hash",
        "pk",
        "entered_on",
        "starts_on",
        "ended_on",
        "ends_on",
        "company__partita_iva",
        "company__tax_code",
    )
    found: dict[str, list[Candidate]] = {code: [] for code in codes}
    for code, pk, entered, starts, ended, ends, vat, tax in rows.order_by("starts_on", "id").values_list(*names):
        found[code].append(Candidate(pk, entered or starts, ended or ends, frozenset({vat, tax} - {""})))
    return found


def _placement_of(candidates: list[Candidate] | None, day: date, company_code: str) -> int:
    """The placement a day belongs to. Raises DomainError."""
    if not candidates:
        raise DomainError(_("Nessun tirocinio di questa persona nel tuo Ambito: controlla il codice fiscale."), field="codice_fiscale")
    wanted = "".join(company_code.split()).upper().removeprefix("IT")
    if wanted:
        candidates = [c for c in candidates if wanted in c.codes]
        if not candidates:
            raise DomainError(_("Questa persona non ha un tirocinio in un'impresa con questo codice."), field="company_code")
    there = [c for c in candidates if c.first <= day <= c.last]
    if len(there) > 1:
        raise DomainError(_("Quel giorno ha due tirocini: aggiungi una colonna con la partita IVA dell'impresa."), field="company_code")
    return (there or candidates[-1:])[0].pk
