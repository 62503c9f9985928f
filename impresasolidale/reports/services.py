"""Ordering a report, making it, stopping it; the calendar that orders by itself."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import jobs, replica, todos
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.fields import canonical
from impresasolidale.core.kept import store
from impresasolidale.core.models import Fact, Job
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from impresasolidale.core.spreadsheets import csv_pieces, workbook
from impresasolidale.core.words import moment
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import common_rules, lead_body
from placements.agreements.issuing_selectors import funding_words

from . import open_data, tables
from .definitions import BY_CODE, DEFINITIONS, Definition, is_open_to
from .enums import Basis, Scope
from .models import OpenDataRelease, ReportCalendar, ReportRun, SplitKey
from .selectors import reaches
from .units import Unit, end_of, last_ended, month_end, start_of
from .wanted import Wanted

ORDERED_AGAIN, MOST_AGAIN = "reports.report.ordered_again", 5
DUE_DAYS = 6  # after the end of a period the calendar orders its report: on the 6th of the next month
READY = "reports.ready_"
PAPER_ROWS = 1000  # of a table: a paper of more is nobody's reading, and too much for a worker; the spreadsheet has them all


# --- Ordering


def check_period(definition: Definition, first: date, last: date, today: date) -> None:
    """Raises DomainError, beside the field, for a period that has not begun, is reversed, or is not one of this kind."""
    field = "period" if definition.unit != Unit.FREE else "period_to"
    if definition.scope == Scope.NETWORK and last >= today >= first:
        # Of two made a day apart the difference would say who began in between, and where (rule 88).
        raise DomainError(_("Della rete si chiede un periodo che è già finito."), field=field)
    if last < first:
        raise DomainError(_("L'ultimo giorno viene prima del primo."), field=field)
    if first > today:
        raise DomainError(_("Questo periodo non è ancora iniziato."), field="period" if definition.unit != Unit.FREE else "period_from")
    if definition.unit == Unit.FREE:
        if (last - first).days > 366 * 5:
            raise DomainError(_("Un rapporto arriva al massimo a cinque anni."), field=field)
        if last > today:
            raise DomainError(_("L'ultimo giorno deve ancora venire."), field=field)


@transaction.atomic
def order_report(
    *,
    definition: Definition,
    first: date,
    by: Access,
    today: date,
    last: date | None = None,
    comune: Comune | None = None,
    source: str = "",
    is_scheduled: bool = False,
) -> ReportRun:
    """Order a report of the period that begins on `first`; a worker makes it. Without `last`, the kind's own period.

    Raises PermissionDenied for a kind or a comune that is not open to who orders, DomainError for a period that cannot be, Conflict
    for one that the calendar has ordered already.
    """
    by.require(definition.permission)
    if not is_open_to(definition, by) or not reaches(by, comune.pk if comune else None):
        raise PermissionDenied(_("Il tuo ruolo non comprende questo rapporto."))
    if last is None:
        last = end_of(definition.unit, first) if definition.unit != Unit.FREE else first
    check_period(definition, first, last, today)
    if (definition.scope == Scope.COMUNE) != (comune is not None):
        raise DomainError(_("Scegli il Comune."), field="comune")
    if (definition.scope == Scope.SOURCE) != bool(source):
        raise DomainError(_("Scegli il finanziatore."), field="source")
    if comune and comune.ambito_id != by.ambito_id:
        raise DomainError(_("Questo Comune è di un altro Ambito."), field="comune")
    owner = {"network_id": by.network_id} if definition.scope == Scope.NETWORK else {"ambito_id": by.ambito_id}
    values: dict[str, Any] = {
        "kind": definition.code, "definition": definition.version, "unit": definition.unit, "period_from": first, "period_to": last,
        "comune": comune, "source": source, "is_scheduled": is_scheduled, "created_by_id": by.actor_id, **owner,
    }  # fmt: skip
    try:
        with transaction.atomic():
            run = ReportRun.objects.create(**values)
    except IntegrityError as error:
        if "reports_run_scheduled_once" not in str(error):
            raise
        raise Conflict(_("Il calendario ha già chiesto questo rapporto.")) from error
    _give_to_worker(run, definition, by)
    record_fact("reports.report.ordered", run, by=by, kind=definition.code, first=first.isoformat(), last=last.isoformat())
    return run


def _give_to_worker(run: ReportRun, definition: Definition, by: Access) -> None:
    # The job of a network's report works over all its Ambiti.
    works = replace(by, ambito_id=None, ambito=None) if definition.scope == Scope.NETWORK else by
    with translation.override("it"):
        label = f"{definition.title}, {run.period}"
    run.job = jobs.enqueue("reports.make", by=works, label=label[:160], report_id=run.pk)
    run.save(update_fields=["job"])


@transaction.atomic
def cancel_report(*, report: ReportRun, by: Access) -> None:
    """Ask the worker to stop; what it had begun is undone. Somebody else's, or the calendar's (which does not order twice), stops who
    orders reports for the office. Raises Conflict when the report is made already."""
    by.require(BY_CODE[report.kind].permission)
    if not may_cancel(report, by):
        raise PermissionDenied(_("Il tuo ruolo non comprende questa operazione."))
    run = ReportRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=report.pk)
    if not run.is_going or run.job is None:
        raise Conflict(_("Questo rapporto non è più in preparazione."))
    jobs.ask_cancel(run.job)
    record_fact("reports.report.cancelled", run, by=by)


def may_cancel(report: ReportRun, by: Access) -> bool:
    return by.may(Permission.ORDER_REPORTS) or (by.actor_id is not None and report.created_by_id == by.actor_id)


# --- Making


def make_report(run: jobs.Run, *, report_id: int, today: date) -> dict[str, Any]:
    """Freeze the tables of a report and make its files from them. Does nothing when it is made already: the worker may be asked twice.

    Everything is in the job's transaction: stopped, or out of disk, no row is left half written and the files are taken away.
    """
    report = ReportRun.objects.select_for_update(of=("self",)).select_related("ambito", "network", "comune").get(pk=report_id)
    run.result_url = reverse("reports:detail", args=[report.public_id])
    if report.is_ready:
        return {}
    definition = BY_CODE[report.kind]
    access: Access = run.access  # type: ignore[assignment]
    with translation.override("it"):
        run.progress(1, 10, _("Leggo i dati del periodo"))
        wanted = _wanted(report, access, today)
        content = replica.read(lambda: definition.content(access, wanted), access.scope)
        values = tables.as_values(content)
        content = tables.from_values(values)  # from here on everybody reads what was frozen
        report.tables, report.data_until = values, timezone.now()
        report.rows_hash = hashlib.sha256(canonical(values).encode()).hexdigest()
        run.progress(4, 10, _("Scrivo il foglio di calcolo"))
        title, about = title_of(report, access), about_of(report, definition, access)
        book = workbook(tables.sheets_of(content, title=title, about=about))
        report.xlsx_hash = hashlib.sha256(book).hexdigest()
        report.xlsx_name = store(f"reports/{report.kind}/{report.period_from.year}/{report.public_id}.xlsx", ContentFile(book))
        report.csv_hashes = {table.code: csv_hash(table) for table in content.tables}
        run.progress(6, 10, _("Impagino il documento"))
        report.document = issue(
            kind=f"reports.{report.kind}",
            kind_label=str(definition.title),
            template="reports/pdf/tables_v1.html",
            subject=report,
            context=_context(report, definition, content, title),
            today=today,
            by=access,
            ambito_id=report.ambito_id,
            network_id=report.network_id,
            funding_source=report.source,
        )
        report.save(
            update_fields=["tables", "data_until", "rows_hash", "xlsx_name", "xlsx_hash", "csv_hashes", "document"],
        )
        render_document(report.document.pk)
        report.document.refresh_from_db()
        run.progress(9, 10, _("Quasi pronto"))
        if report.is_scheduled:
            _tell(report, definition, access)
        return {"tables": len(content.tables), "rows": sum(len(table.rows) for table in content.tables)}


def _wanted(report: ReportRun, access: Access, today: date) -> Wanted:
    network_id = report.network_id or report.ambito.network_id  # type: ignore[union-attr]
    least = common_rules(network_id, today).small_number_threshold
    return Wanted(report.period_from, report.period_to, today, report.comune, report.source, least)


def csv_hash(table: tables.Table) -> str:
    """SHA-256 of the CSV of a table, which is written anew each time it is asked for."""
    found = hashlib.sha256()
    for line in csv_pieces(table.head, tables.csv_rows(table)):
        found.update(line.encode())
    return found.hexdigest()


def owner_of(report: ReportRun) -> str:
    return str(report.ambito or report.network)


def _whose(report: ReportRun, access: Access) -> list[str]:
    found = [owner_of(report), report.comune.name if report.comune else "", funding_words(access, report.source)]
    return list(dict.fromkeys(words for words in found if words))  # a Comune may bear its Ambito's name


def title_of(report: ReportRun, access: Access) -> str:
    """Whom and when it is about."""
    return " — ".join([*_whose(report, access), report.period])


def about_of(report: ReportRun, definition: Definition, access: Access) -> list[tuple[str, str]]:
    """What is said of a report beside its tables: the same on page, paper and spreadsheet."""
    return [
        (_("Rapporto"), str(definition.title)),
        (_("Di chi"), " — ".join(_whose(report, access))),
        (_("Periodo"), report.period),
        (_("Dati registrati fino al"), moment(report.data_until)),
        (_("Versione della definizione"), str(report.definition)),
        (_("Impronta delle tabelle"), report.rows_hash),
    ]


def _context(report: ReportRun, definition: Definition, content: tables.Content, title: str) -> dict[str, Any]:
    """What the paper says: every cell in words. Minutes and euro as the page writes them."""
    body = lead_body(report.ambito) if report.ambito else None
    return {
        "body_name": str(body) if body else owner_of(report),
        "title": title,
        "data_until": timezone.localtime(report.data_until).isoformat(timespec="minutes"),
        "landscape": definition.landscape,
        "figures": [[f.label, tables.written(f.value, f.kind)] for f in content.figures],
        "tables": paper_tables(content),
        "charts": [{"title": chart.title, "svg": str(chart.svg)} for chart in (picture.draw() for picture in content.pictures)],
        "notes": list(content.notes),
        "empty": content.empty,
        "rows_hash": report.rows_hash,
        "definition": report.definition,
    }


def paper_tables(content: tables.Content) -> list[dict[str, Any]]:
    """The tables as the paper's template takes them: every cell in words."""
    return [_paper_table(table) for table in content.tables]


def _paper_table(table: tables.Table) -> dict[str, Any]:
    kinds = [column.kind for column in table.columns]
    rows = table.rows if len(table.rows) <= PAPER_ROWS else ()
    return {
        "title": table.title,
        "head": [{"label": c.label, "num": c.is_numeric} for c in table.columns],
        "rows": [[tables.written(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in rows],
        "totals": None if table.totals is None else [_total(*pair) for pair in zip(table.totals, ("text", *kinds[1:]), strict=True)],
        "note": table.note,
        "left_out": len(table.rows) - len(rows),
    }


def _total(cell: Any, kind: str) -> str:
    """Nothing where a column has no sum."""
    return "" if cell is None else tables.written(cell, kind)


def _tell(report: ReportRun, definition: Definition, access: Access) -> None:
    """A to-do for each role that waits for the report. No name and no number in it: it goes into mails too."""
    calendar = _calendar_of(report)
    roles = calendar.recipients if calendar else definition.readers
    for role in roles:
        todos.ask(
            kind=f"{READY}{role}",
            subject=report,
            title=_("Il rapporto è pronto: %(title)s, %(period)s") % {"title": definition.title, "period": report.period},
            url=reverse("reports:detail", args=[report.public_id]),
            role=role,
            by=access,
            everywhere=report.ambito_id is None,
        )


def _calendar_of(report: ReportRun) -> ReportCalendar | None:
    if report.ambito_id is None:
        return None
    rows = ReportCalendar.objects.filter(ambito_id=report.ambito_id, kind=report.kind, ended_on=None)
    return rows.filter(comune=report.comune_id, source=report.source).first()


@transaction.atomic
def note_read(*, report: ReportRun, by: Access) -> None:
    """Somebody opened it: who waited in that role is told no more."""
    for role in by.roles:
        todos.done(kind=f"{READY}{role}", subject=report, by=by)


# --- The calendar


def order_due(*, by: Access, today: date) -> int:
    """Order what the Ambito's calendars want of the last period that has ended, once, and once more what failed; returns how many. Safe
    to repeat the same day and later."""
    due = [*_automatic(Scope.AMBITO, today), *_of_calendar(by.ambito_id, today)]
    return sum(_order_once(definition, values, by, today) for definition, values in due)


def order_network_due(*, by: Access, today: date) -> int:
    """The same of what is of the whole network."""
    return sum(_order_once(definition, values, by, today) for definition, values in _automatic(Scope.NETWORK, today))


def _automatic(of: Scope, today: date) -> Iterator[tuple[Definition, dict[str, Any]]]:
    for definition in DEFINITIONS:
        if definition.is_automatic and definition.scope == of:
            if first := _ended(definition.unit, start_of(definition.unit, date(today.year - 2, 1, 1)), today):
                yield definition, {"first": first}


def _of_calendar(ambito_id: int, today: date) -> Iterator[tuple[Definition, dict[str, Any]]]:
    for row in ReportCalendar.objects.filter(ambito_id=ambito_id, ended_on=None).select_related("comune").order_by("pk"):
        if first := _ended(row.unit, row.first_period, today):
            values = {"first": first, "last": end_of(row.unit, first), "comune": row.comune, "source": row.source}
            yield BY_CODE[row.kind], values


def _ended(unit: str, first: date, today: date) -> date | None:
    """The last period that ended at least DUE_DAYS − 1 whole days before today."""
    return last_ended(unit, first, today - timedelta(days=DUE_DAYS - 1))


def _order_once(definition: Definition, values: dict[str, Any], access: Access, today: date) -> int:
    first = values["first"]
    last = values.get("last") or end_of(definition.unit, first)
    asked = ReportRun.objects.filter(kind=definition.code, is_scheduled=True, period_from=first, period_to=last)
    asked = asked.filter(network_id=access.network_id) if definition.scope == Scope.NETWORK else asked.filter(ambito_id=access.ambito_id)
    asked = asked.filter(comune=values.get("comune"), source=values.get("source", ""))
    if before := asked.select_related("job").first():
        return _order_again(before, definition, access)
    try:
        with transaction.atomic():
            order_report(definition=definition, by=access, today=today, is_scheduled=True, **{**values, "last": last})
    except Conflict:  # somebody was faster
        return 0
    return 1


@transaction.atomic
def _order_again(report: ReportRun, definition: Definition, access: Access) -> int:
    """A report of the calendar that failed is given to the worker anew, some mornings; one that somebody stopped stays stopped."""
    run = ReportRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=report.pk)
    if run.state != Job.State.FAILED:
        return 0
    asked = Fact.objects.filter(code=ORDERED_AGAIN, subject_type=type_of(run), subject_id=run.pk).count()
    if asked >= MOST_AGAIN:
        return 0
    _give_to_worker(run, definition, access)
    record_fact(ORDERED_AGAIN, run, by=access, time=asked + 1)
    return 1


@transaction.atomic
def keep_calendar(*, row: ReportCalendar, by: Access) -> ReportCalendar:
    """Write a new entry of the calendar, or what was changed of one (its form has checked the version). Raises DomainError."""
    by.require(Permission.ORDER_REPORTS)
    definition = BY_CODE.get(row.kind)
    if definition is None or not is_open_to(definition, by) or definition.scope == Scope.NETWORK:
        raise DomainError(_("Questo rapporto non si può mettere nel calendario."), field="kind")
    if definition.unit not in (Unit.FREE, row.unit):
        raise DomainError(_("Questo rapporto si fa %(unit)s.") % {"unit": Unit(definition.unit).label}, field="unit")
    if definition.unit != Unit.FREE and row.first_period != start_of(row.unit, row.first_period):
        raise DomainError(
            _("Questo rapporto comincia il primo giorno di un periodo: %(day)s.")
            % {"day": f"{start_of(row.unit, row.first_period):%d/%m/%Y}"},
            field="first_period",
        )
    if (definition.scope == Scope.COMUNE) != (row.comune is not None):
        raise DomainError(_("Il Comune serve solo, e sempre, per la sua scheda."), field="comune")
    if (definition.scope == Scope.SOURCE) != bool(row.source):
        raise DomainError(_("Il finanziatore serve solo, e sempre, per la sua relazione."), field="source")
    is_new = row.pk is None
    row.ambito_id = by.ambito_id
    if is_new:
        row.created_by_id = by.actor_id
    else:
        row.row_version += 1
    row.save()
    record_fact(f"reports.calendar.{'added' if is_new else 'changed'}", row, by=by, kind=row.kind)
    return row


@transaction.atomic
def end_calendar(*, row: ReportCalendar, by: Access, today: date) -> None:
    """From today on nothing comes of it; what came stays."""
    by.require(Permission.ORDER_REPORTS)
    row.ended_on = today
    row.save(update_fields=["ended_on"])
    record_fact("reports.calendar.ended", row, by=by)


@transaction.atomic
def add_split_key(*, valid_from: date, basis: str, act: str, by: Access) -> SplitKey:
    """A key of cost sharing from a day on. Reports of periods that end before that day keep the one before."""
    by.require(Permission.EDIT_BUDGETS)
    key = SplitKey.objects.create(ambito_id=by.ambito_id, valid_from=valid_from, basis=Basis(basis), act=act, created_by_id=by.actor_id)
    record_fact("reports.split_key.added", key, by=by, basis=basis)
    return key


@transaction.atomic
def publish_open_data(*, network_id: int, today: date) -> OpenDataRelease:
    """The release of the last settled month, made once: asked again, it is the same row."""
    month = open_data.last_settled(today)
    access = Access.system(network_id=network_id, ambito_id=None, reason="open data")
    with scope(access.scope):
        ours = OpenDataRelease.objects.filter(network_id=network_id)
        if found := ours.filter(period_from=month).first():
            return found
        before = ours.filter(period_from__lt=month, definition=open_data.DEFINITION).order_by("-period_from").first()
        with translation.override(settings.LANGUAGE_CODE):
            made = open_data.make(access, month, today, before=before)
        release, is_new = OpenDataRelease.objects.get_or_create(
            network_id=network_id,
            period_from=month,
            defaults={
                "definition": open_data.DEFINITION,
                "cut_off": month_end(month),
                "threshold": made.threshold,
                "rows": made.rows,
                "figures": made.figures,
                "rows_hash": hashlib.sha256(canonical(made.rows).encode()).hexdigest(),
                "files": open_data.fingerprints(made.rows),
            },
        )
        if is_new:
            record_fact("reports.open_data.published", release, by=access, month=release.code)
        return release
