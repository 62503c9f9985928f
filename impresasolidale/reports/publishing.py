"""The approved account of the fund: the report's own tables, frozen by one person and published by another with the act that approves it.

Page, PDF, spreadsheet and CSV of a published account are written from these tables alone; the site reads nothing else of the fund.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.words import moment
from impresasolidale.territory.selectors import common_rules
from impresasolidale.treasury.selectors import first_open_day
from solidarity_fund.models import Publication
from solidarity_fund.services import publications

from . import tables
from .definitions import BY_CODE
from .services import paper_tables
from .wanted import Wanted

CODE = "fund_account"
KIND = "reports.fund_account_approved"  # of the paper


@transaction.atomic
def prepare_account(*, year: int, by: Access, today: date) -> Publication:
    """Freeze the account of a year whose books are closed, to be approved. Raises DomainError for one that may still change."""
    by.require(Permission.PUBLISH_FUND)
    first, last = date(year, 1, 1), date(year, 12, 31)
    if last >= first_open_day(by.network_id):
        raise DomainError(_("Il registro di quest'anno è ancora aperto: prima si chiude fino al 31 dicembre."), field="year")
    definition = BY_CODE[CODE]
    least = common_rules(by.network_id, today).small_number_threshold
    with translation.override(settings.LANGUAGE_CODE):
        values = tables.as_values(definition.content(by, Wanted(first, last, today, least=least)))
    return publications.prepare(
        kind=Publication.Kind.ACCOUNT,
        year=year,
        values=values,
        definition=definition.version,
        data_until=timezone.now(),
        by=by,
    )


@transaction.atomic
def approve_account(*, publication: Publication, seen: int, act: OutsideAct, by: Access, today: date) -> Publication:
    """Published, with its paper. The act that approves the account is always asked: it stands on the paper and on the page.

    Raises FourEyesRequired, Conflict, TransitionNotAllowed, DomainError for an account of books that were opened again.
    """
    if date(publication.year, 12, 31) >= first_open_day(by.network_id):
        raise DomainError(_("Il registro di quest'anno è stato riaperto: prepara di nuovo il rendiconto."))
    row = publications.publish(publication=publication, seen=seen, by=by, act=act)
    row.document = issue(
        kind=KIND,
        kind_label=str(BY_CODE[CODE].title),
        template="reports/pdf/tables_v1.html",
        subject=row,
        context=_context(row),
        today=today,
        by=by,
        network_id=row.network_id,
    )
    row.row_version += 1
    row.save(update_fields=["document", "row_version"])
    return row


def content_of(row: Publication) -> tables.Content:
    """What a published account says."""
    return tables.from_values(row.values)


def about_of(row: Publication) -> list[tuple[str, str]]:
    """What is said of it beside its tables: the same on page, paper and spreadsheet."""
    act = _("n. %(number)s del %(day)s") % {"number": row.act_number, "day": f"{row.act_on:%d/%m/%Y}"} if row.act_on else ""
    return [
        (_("Rendiconto"), str(row.year)),
        (_("Approvato con atto"), act),
        (_("Dati registrati fino al"), moment(row.data_until)),
        (_("Versione della definizione"), str(row.definition)),
        (_("Impronta delle tabelle"), row.values_hash),
    ]


def _context(row: Publication) -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):
        content, network = content_of(row), row.network
        approved = dict(about_of(row))[_("Approvato con atto")]
        return {
            "body_name": str(network),
            "title": _("Fondo di solidarietà, %(year)s") % {"year": row.year},
            "data_until": timezone.localtime(row.data_until).isoformat(timespec="minutes"),
            "landscape": BY_CODE[CODE].landscape,
            "figures": [[f.label, tables.written(f.value, f.kind)] for f in content.figures],
            "tables": paper_tables(content),
            "charts": [{"title": chart.title, "svg": str(chart.svg)} for chart in (picture.draw() for picture in content.pictures)],
            "notes": [*content.notes, *([_("Approvato con atto %(act)s.") % {"act": approved}] if approved else [])],
            "empty": content.empty,
            "rows_hash": row.values_hash,
            "definition": row.definition,
        }
