"""The home of who signs in as a donor or a partner: the own gifts with their receipts, the own projects and actions, what everybody reads.

Nobody here reaches a person: of the office's rows the database opens to a donor the own gifts, to a partner the own part of a project
and the actions it took part in, and nothing else (rule 73).
"""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Guarded, Page, serve_document
from impresasolidale.core.words import NBSP
from impresasolidale.projects import selectors as projects
from impresasolidale.reports import publishing, tables
from solidarity_fund.selectors import account, giving, receipts
from solidarity_fund.views.giving import shown_to


class Together(Page):
    """What we did together. One page for who is both donor and partner."""

    permission = P.SEE_OWN_PART
    template_name = "desk/together.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = giving.access_of_account(self.access)
        shown: dict[str, Any] = {"given": None, "how": None}
        if mine:
            with scope(mine.scope):
                shown = shown_to(mine, "together:page")
        own = projects.partners.own_part(self.access)
        given: Any = shown["given"]
        return super().get_context_data(
            **shown,
            own=own,
            names=", ".join([*(given.names if given else ()), *([own.names] if own else ())]),
            is_bound=bool(mine or own),
            account=_account_of(self.access),
            is_account=True,
            company=None,
            **kwargs,
        )


class OwnReceipt(Guarded):
    permission = P.SEE_OWN_PART

    def get(self, request: HttpRequest, public_id: UUID) -> FileResponse:
        mine = giving.access_of_account(self.access)
        if mine is None:
            raise Http404
        with scope(mine.scope):
            return serve_document(receipts.own_paper(mine, public_id), by=mine)


def _account_of(access: Access) -> dict[str, Any] | None:
    """The last approved account of the fund, as everybody reads it: its figures, and its files to take away."""
    everybody = Access.public(networks=frozenset({access.network_id}))
    with scope(everybody.scope):
        row = next(iter(account.published_accounts(everybody)), None)
    if row is None:
        return None
    content = publishing.content_of(row)
    kinds = [*([("pdf", "PDF")] if row.document_id else []), ("xlsx", "XLSX")]
    return {
        "year": row.year_name,
        "figures": [(_(f.label), tables.written(f.value, f.kind).replace(NBSP, " ")) for f in content.figures],
        "files": [(label, reverse("website:account_file", args=[row.year, kind])) for kind, label in kinds],
    }
