"""Searches that are kept: under which lists, by whom, and their two pages."""

from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.views import Action, FormPage

from .enums import SearchedList
from .models import SavedSearch

NEEDED = {SearchedList.PEOPLE: P.SEE_PEOPLE, SearchedList.PLACEMENTS: P.SEE_PLACEMENTS, SearchedList.COMPANIES: P.SEE_COMPANIES}
PLACES = ("prima", "dopo")  # where a page begins: no part of a search
MOST_SHOWN, MOST_QUERY = 20, 1000


def kept(access: Access, page: str) -> list[SavedSearch]:
    """The searches of this list: one's own and those the office shares, by name."""
    rows = SavedSearch.objects.filter(Q(created_by_id=access.actor_id) | Q(is_shared=True), ambito_id=access.ambito_id, page=page)
    return list(rows.order_by("name", "id")[:MOST_SHOWN])


def shown_on(request: HttpRequest) -> dict[str, Any]:
    """For the lists' own template (settings.SAVED_SEARCHES): the searches of this list with their addresses, and how to keep this one."""
    access: Any = request.access  # type: ignore[attr-defined]
    page = request.resolver_match.view_name if request.resolver_match else ""
    if page not in SearchedList.values or access.ambito_id is None or access.actor_id is None:
        return {}
    here = cleaned(request.GET.urlencode())
    rows = [{"row": row, "url": _address(row), "is_here": row.query == here} for row in kept(access, page)]
    new = f"{reverse('exchange:save_search')}?{urlencode({'elenco': page, 'filtri': here})}"
    return {"rows": rows, "new_url": new if here and not any(row["is_here"] for row in rows) else ""}


def cleaned(query: str) -> str:
    """The filters of an address, without empty ones and without the place of the page."""
    pairs = [(name, value) for name, value in parse_qsl(query[:MOST_QUERY]) if value and name not in PLACES]
    return urlencode(sorted(pairs))


def _address(row: SavedSearch) -> str:
    return f"{reverse(row.page)}?{row.query}"


@transaction.atomic
def save_search(*, page: str, query: str, name: str, is_shared: bool, by: Access) -> SavedSearch:
    """Keep a list's filters under a name; the same name again is refused. DomainError without a filter."""
    by.require(NEEDED[SearchedList(page)])
    filters = cleaned(query)
    if not filters:
        raise DomainError(_("Prima scegli almeno un filtro: poi salvi la ricerca."))
    row = SavedSearch.objects.create(
        ambito_id=by.ambito_id, created_by_id=by.actor_id, page=page, name=name.strip(), query=filters, is_shared=is_shared
    )
    record_fact("exchange.search.saved", row, by=by, page=page, shared=is_shared)
    return row


@transaction.atomic
def drop_search(*, row: SavedSearch, by: Access) -> None:
    """One's own; of the office's, who keeps the office may too."""
    if row.created_by_id != by.actor_id:
        by.require(P.EDIT_OFFICE)
    record_fact("exchange.search.dropped", row, by=by)
    row.delete()


def search_for(access: Access, public_id: UUID) -> SavedSearch:
    rows = SavedSearch.objects.filter(Q(created_by_id=access.actor_id) | Q(is_shared=True), ambito_id=access.ambito_id)
    return get_object_or_404(rows, public_id=public_id)


class SearchForm(Form):
    name = forms.CharField(label=gettext_lazy("Come si chiama"), max_length=60)
    is_shared = forms.BooleanField(label=gettext_lazy("La vedono anche i colleghi dell'Ambito"), required=False)


class SaveSearch(FormPage):
    form_class = SearchForm

    @cached_property
    def page(self) -> str:
        page = self.request.GET.get("elenco", "")
        if page not in SearchedList.values or self.access.ambito_id is None:
            raise Http404
        self.access.require(NEEDED[SearchedList(page)])
        return page

    @property
    def query(self) -> str:
        return cleaned(self.request.GET.get("filtri", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": _("Salva la ricerca"), "button": _("Salva"), "lead": _("La ritrovi sopra l'elenco, con questi filtri.")}
        return super().get_context_data(**words, **kwargs)

    def back(self) -> str:
        return f"{reverse(self.page)}?{self.query}"

    def act(self, form: Any) -> str:
        save_search(page=self.page, query=self.query, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Salvata: la trovi sopra l'elenco."))
        return self.back()


class DropSearch(Action):
    @cached_property
    def row(self) -> SavedSearch:
        return search_for(self.access, self.kwargs["public_id"])

    def act(self) -> str:
        page = self.back()
        drop_search(row=self.row, by=self.access)
        messages.success(self.request, _("La ricerca salvata è stata tolta."))
        return page

    def back(self) -> str:
        return reverse(self.row.page)
