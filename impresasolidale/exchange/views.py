"""Pages of imports: the list, a new file, its columns, its rows, one row, the undoing."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, FormPage, Guarded, Page, SeeOther, ServiceForm

from . import selectors, services
from .enums import ImportState, RowOutcome
from .forms import ColumnsForm, FileForm, ReasonForm, RowForm
from .kinds import KINDS, RowKind, guess
from .models import ImportBatch, ImportRow
from .outgoing import tabs
from .services._common import as_office

# What a batch's page says of each outcome, in the order of what there is to do.
OUTCOMES = [RowOutcome.WRONG, RowOutcome.PERHAPS, RowOutcome.GOOD, RowOutcome.KNOWN, RowOutcome.TAKEN, RowOutcome.KEPT, RowOutcome.UNDONE]
TONES = {
    RowOutcome.GOOD: "ok", RowOutcome.TAKEN: "ok", RowOutcome.WRONG: "bad", RowOutcome.PERHAPS: "warn", RowOutcome.KEPT: "warn",
    RowOutcome.KNOWN: "info", RowOutcome.UNDONE: "neutral", RowOutcome.WAITING: "neutral",
}  # fmt: skip


class Home(Page):
    template_name = "exchange/home.html"
    permission = Permission.IMPORT_ATTENDANCE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"imports": selectors.latest_imports(self.access), "kinds": selectors.kinds_for(self.access)}
        return super().get_context_data(tabs=tabs(self.request), **shown, **kwargs)


class NewImport(ServiceForm):
    template_name = "exchange/new.html"
    form_class = FileForm
    permission = Permission.IMPORT_ATTENDANCE

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kinds": selectors.kinds_for(self.access)}

    def get_initial(self) -> dict[str, Any]:
        return {"kind": self.request.GET.get("tipo", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kinds=selectors.kinds_for(self.access), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        batch = services.hand_in(file=data["file"], kind=data["kind"], by=self.access, today=timezone.localdate())
        return page_of(batch)


class Template(Guarded):
    """An empty table with our names for the columns, to be filled."""

    permission = Permission.IMPORT_ATTENDANCE

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        found = KINDS.get(kind)
        if found is None or found not in selectors.kinds_for(self.access):
            raise Http404
        fields = found.fields(by=as_office(self.access), today=timezone.localdate())
        return table_response("xlsx", name=f"modello-{found.code}", head=[words.label for words in fields.values()], rows=[])


def page_of(batch: ImportBatch) -> str:
    return reverse("exchange:import", args=[batch.public_id])


class OfBatch:
    """What the pages of one file share."""

    kwargs: dict[str, Any]
    access: Any
    permission: str | None = Permission.IMPORT_ATTENDANCE

    @cached_property
    def batch(self) -> ImportBatch:
        return selectors.import_for(self.access, self.kwargs["public_id"])

    @cached_property
    def kind(self) -> RowKind:
        return KINDS[self.batch.kind]

    @cached_property
    def fields(self) -> dict[str, Any]:
        return self.kind.fields(by=as_office(self.access), today=timezone.localdate())

    @property
    def labels(self) -> dict[str, str]:
        return {name: words.label for name, words in self.fields.items()}

    def back(self) -> str:
        return page_of(self.batch)


class ImportPage(OfBatch, Page):
    """How far it is; what every row is; what there is to do."""

    template_name = "exchange/import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.batch
        has_rows = (
            batch.state in (ImportState.CHECKED, ImportState.TAKEN, ImportState.UNDONE, ImportState.TAKING) and not batch.forgotten_at
        )
        rows, pager = selectors.rows_page(batch, self.request.GET, labels=self.labels) if has_rows else ([], {})
        wanted = self.request.GET.get("esito", "")
        counts = [
            {
                "label": str(outcome.label),
                "number": batch.counts.get(outcome, 0),
                "url": f"?esito={outcome}" if has_rows else "",
                "active": wanted == outcome,
                "tone": TONES[outcome],
            }
            for outcome in OUTCOMES
            if batch.counts.get(outcome)
        ]
        heads = [self.labels[name] for name in selectors.shown_columns(batch, self.labels)]
        if rows:
            audit.look(Look.Kind.LIST, batch, by=self.access, place="exchange:import")
        shown = [
            {
                "row": each.row,
                "cells": list(zip(heads, each.values, strict=True)),
                "problems": each.problems,
                "tone": TONES[RowOutcome(each.row.outcome)],
                "label": each.row.get_outcome_display(),
                "url": self._row_url(each.row),
            }
            for each in rows
        ]
        return super().get_context_data(
            batch=batch,
            kind=self.kind,
            waits=batch.state in selectors.PENDING,
            done=batch.cursor,
            counts=counts,
            rows=shown,
            heads=heads,
            good=batch.counts.get(RowOutcome.GOOD, 0),
            not_taken=sum(batch.counts.get(outcome, 0) for outcome in selectors.NOT_TAKEN),
            wanted=wanted,
            steps=steps_of(batch),
            **pager,
            **kwargs,
        )

    def _row_url(self, row: ImportRow) -> str:
        if self.batch.state == ImportState.CHECKED and row.outcome != RowOutcome.KNOWN:
            return reverse("exchange:row", args=[self.batch.public_id, row.number])
        if row.subject_id and row.outcome in (RowOutcome.KNOWN, RowOutcome.TAKEN, RowOutcome.KEPT):
            return reverse("exchange:subject", args=[self.batch.public_id, row.number])
        return ""


def steps_of(batch: ImportBatch, *, columns: bool = False) -> list[dict[str, str]]:
    """The steps of a file, for the line above its page; `columns` on the page where they are matched."""
    order = [ImportState.WAITING, ImportState.READ, ImportState.CHECKED, ImportState.TAKEN]
    words = [_("File"), _("Colonne"), _("Righe"), _("Importato")]
    place = {ImportState.CHECKING: 2, ImportState.TAKING: 3, ImportState.UNDOING: 3, ImportState.UNDONE: 3}.get(
        batch.state,  # type: ignore[call-overload]
        order.index(batch.state) if batch.state in order else 0,  # type: ignore[arg-type]
    )
    place = 1 if columns else place
    states = ["done" if n < place or batch.state == ImportState.TAKEN else "current" if n == place else "todo" for n in range(4)]
    return [{"label": label, "state": state} for label, state in zip(words, states, strict=True)]


class Columns(OfBatch, ServiceForm):
    template_name = "exchange/columns.html"
    form_class = ColumnsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        batch = self.batch
        remembered = selectors.layout_for(batch)
        self.is_remembered = remembered is not None and not batch.mapping
        found = batch.mapping or remembered or guess(batch.columns, self.fields)
        return {
            **super().get_form_kwargs(),
            "fields": self.fields,
            "columns": batch.columns,
            "examples": selectors.examples(batch),
            "found": found,
        }

    def get_initial(self) -> dict[str, Any]:
        return {f"fix_{name}": text for name, text in (self.batch.fixed or {}).items()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            batch=self.batch, kind=self.kind, steps=steps_of(self.batch, columns=True), back_url=self.back(), **kwargs
        )
        return {**context, "is_remembered": self.is_remembered}

    def act(self, form: Any) -> str:
        services.match_columns(batch=self.batch, mapping=form.mapping, fixed=form.fixed, by=self.access, today=timezone.localdate())
        return self.back()


class CorrectRow(OfBatch, ServiceForm):
    """One row, with what is wrong beside its field."""

    template_name = "exchange/row.html"
    form_class = RowForm

    @cached_property
    def row(self) -> ImportRow:
        return selectors.row_for(self.batch, self.kwargs["number"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "fields": self.fields,
            "ticks": self.kind.ticks,
            "values": self.row.values(self.batch),
            "problems": self.row.problems or {},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = self.labels
        problems = [(labels.get(name, ""), words) for name, words in (self.row.problems or {}).items()]
        audit.look(Look.Kind.DETAIL, self.batch, by=self.access, place="exchange:row")
        return super().get_context_data(batch=self.batch, row=self.row, problems=problems, back_url=self.list_url, **kwargs)

    @property
    def list_url(self) -> str:
        return f"{self.back()}?esito={self.row.outcome}"

    def act(self, form: Any) -> str:
        row = services.correct_row(row=self.row, fixes=form.texts(), by=self.access, today=timezone.localdate())
        if row.outcome in (RowOutcome.GOOD, RowOutcome.KNOWN):
            messages.success(self.request, _("La riga %(n)d adesso va bene.") % {"n": row.number})
            return f"{self.back()}?esito={RowOutcome.WRONG}" if self.batch.counts.get(RowOutcome.WRONG, 0) > 1 else self.back()
        messages.warning(self.request, _("La riga %(n)d non va ancora: guarda che cosa manca.") % {"n": row.number})
        return reverse("exchange:row", args=[self.batch.public_id, row.number])


class Subject(OfBatch, Guarded):
    """From a row to the record that it made, or that was there already."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = selectors.row_for(self.batch, self.kwargs["number"])
        url = selectors.address_of(self.kind, row)
        if url is None:
            raise Http404
        return SeeOther(url)


class Confirm(OfBatch, Action):
    def act(self) -> str:
        services.confirm(batch=self.batch, by=self.access)
        return self.back()


class Drop(OfBatch, Action):
    def act(self) -> str:
        services.drop(batch=self.batch, by=self.access)
        messages.success(self.request, _("Il file è lasciato perdere: niente è stato scritto e le sue righe non ci sono più."))
        return reverse("exchange:home")


class Undo(OfBatch, FormPage):
    form_class = ReasonForm
    title = gettext_lazy("Annulla l'importazione")
    button = gettext_lazy("Annulla l'importazione")
    button_kind = "danger"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.kind.undo_words} {_('Quello che resta, e perché, si legge nella pagina del file.')}"
        return super().get_context_data(lead=lead, **kwargs)

    def crumb(self) -> Any:
        return self.batch.original_name

    def act(self, form: Any) -> str:
        services.undo(batch=self.batch, reason=form.cleaned_data["reason"], by=self.access)
        return self.back()


class NotTaken(OfBatch, Guarded):
    """The rows that were not imported, with the reasons, to be put right and brought again."""

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> HttpResponseBase:
        batch = self.batch
        audit.look(Look.Kind.EXPORT, batch, by=self.access, place="exchange:not_taken")
        head = [_("Riga"), _("Perché non è stata importata"), *batch.columns]
        return table_response(kind, name="righe-non-importate", head=head, rows=selectors.not_taken(batch))
