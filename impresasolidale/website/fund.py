"""The public pages of the solidarity fund: approved years, stories, how to give, the lists of the transparency law.

A visitor reads only what was frozen and approved: no page here asks the ledger, a request or a person anything (rules 71, 73 and 88).
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from impresasolidale.core.models import Document
from impresasolidale.core.spreadsheets import XLSX, table_response, workbook
from impresasolidale.core.views import open_stored
from impresasolidale.core.words import NBSP
from impresasolidale.reports import publishing, tables
from impresasolidale.reports.views.reports import shown_table
from solidarity_fund.models import Publication
from solidarity_fund.selectors import account, stories, transparency
from solidarity_fund.selectors.donors import named_donors
from solidarity_fund.selectors.holder import how_to_give

from . import selectors
from .views import PublicPage


class Fund(PublicPage):
    """Every year's euro in and out, as approved; stories whose person agreed; donors who want to be named, never with how much."""

    template_name = "website/fund.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            published = account.published_accounts(access)
            told = stories.public_stories(access)
            how = how_to_give(access, timezone.localdate())
            named = named_donors(access)
            lists = transparency.published_lists(access)
        row = next((one for one in published if str(one.year) == self.request.GET.get("anno")), published[0] if published else None)
        return super().get_context_data(
            account=row,
            years=[one.year_name for one in published],
            **(_shown(row) if row else {}),
            stories=told,
            how=how,
            donors=named,
            lists=[(one, reverse("website:grants", args=[one.list_code])) for one in lists],
            **kwargs,
        )


class Give(PublicPage):
    """How one gives to the fund of each network, as its holder of the day has it. No card, ever."""

    template_name = "website/give.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            how = how_to_give(access, timezone.localdate())
        return super().get_context_data(how=how, **kwargs)


def _shown(row: Publication) -> dict[str, Any]:
    content = publishing.content_of(row)
    files = [("pdf", "PDF")] if row.document_id else []
    return {
        "figures": [(_(f.label), tables.written(f.value, f.kind).replace(NBSP, " ")) for f in content.figures],
        "shown": [
            {**shown_table(table), "csv_url": reverse("website:account_table", args=[row.year, table.code])} for table in content.tables
        ],
        "empty": tables.read(content.empty),
        "notes": [tables.read(note) for note in content.notes],
        "about": publishing.about_of(row),
        "files": [(label, reverse("website:account_file", args=[row.year, kind])) for kind, label in [*files, ("xlsx", "XLSX")]],
    }


def _of_year(year: str) -> Publication:
    with selectors.visitor() as access:
        row = next((one for one in account.published_accounts(access) if str(one.year) == year), None)
    if row is None:
        raise Http404
    return row


@method_decorator(login_not_required, name="dispatch")
class AccountTable(View):
    """One table of an approved account as CSV."""

    def get(self, request: HttpRequest, year: str, table: str) -> HttpResponseBase:
        row = _of_year(year)
        try:
            found = publishing.content_of(row).table(table)
        except KeyError as error:
            raise Http404 from error
        return table_response("csv", name=f"fondo-{row.year}-{table}", head=found.head, rows=tables.csv_rows(found))


@method_decorator(login_not_required, name="dispatch")
class AccountFile(View):
    """The paper or the workbook of an approved account, from the same tables."""

    def get(self, request: HttpRequest, year: str, kind: str) -> HttpResponseBase:
        row = _of_year(year)
        if kind == "xlsx":
            content = publishing.content_of(row)
            sheets = tables.sheets_of(
                content, title=_("Fondo di solidarietà, %(year)s") % {"year": row.year}, about=publishing.about_of(row)
            )
            response = HttpResponse(workbook(sheets), content_type=XLSX)
            response["Content-Disposition"] = f'attachment; filename="fondo-{row.year}.xlsx"'
            return response
        if kind == "pdf" and row.document and row.document.state == Document.State.READY:
            return FileResponse(
                open_stored(row.document.file_name, row.document), content_type="application/pdf", filename=f"fondo-{row.year}.pdf"
            )
        raise Http404


# --- Transparency


def _list(code: str) -> Publication:
    with selectors.visitor() as access:
        found = next((one for one in transparency.published_lists(access) if one.list_code == code), None)
        if found is None:
            raise Http404
        return transparency.published(access, found.public_id)


class Lists(PublicPage):
    template_name = "website/grants_lists.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with selectors.visitor() as access:
            lists = transparency.published_lists(access)
        return super().get_context_data(lists=[(one, reverse("website:grants", args=[one.list_code])) for one in lists], **kwargs)


class Grants(PublicPage):
    """One yearly list as an open table: codes, euro, title, act, office, who answers for it, how people were chosen."""

    template_name = "website/grants.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = _list(self.kwargs["code"])
        files = [(kind.upper(), reverse("website:grants_file", args=[self.kwargs["code"], kind])) for kind in ("csv", "xlsx")]
        return super().get_context_data(row=row, listed=transparency.listed(row), files=files, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class GrantsFile(View):
    def get(self, request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
        row = _list(code)
        found = transparency.listed(row)
        facts = [found.facts[name] for name in ("title", "act", "office", "official", "way")]
        head = [
            _("Codice"), _("Importo dell'anno"), _("Titolo"), _("Atto"), _("Ufficio"), _("Responsabile"), _("Come si è scelto"),
        ]  # fmt: skip
        return table_response(kind, name=f"aiuti-{code}", head=head, rows=[[line.code, line.amount, *facts] for line in found.lines])
