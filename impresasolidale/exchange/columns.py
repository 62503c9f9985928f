"""Columns that are chosen: for which lists, by whom, and the page where they are put in order."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.columns import COLUMNS as OF_COMPANIES
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.audit import record_fact
from impresasolidale.core.columns import Column, chosen, offered
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.views import Action, FormPage
from placements.agreements.columns import COLUMNS as OF_PLACEMENTS
from placements.beneficiaries.columns import COLUMNS as OF_PEOPLE

from .enums import SearchedList
from .models import ColumnSet
from .searches import NEEDED

LISTS: Mapping[str, Sequence[Column]] = {
    SearchedList.PEOPLE: OF_PEOPLE,
    SearchedList.PLACEMENTS: OF_PLACEMENTS,
    SearchedList.COMPANIES: OF_COMPANIES,
}


def _sets(access: Access, page: str) -> list[ColumnSet]:
    """Those that count for somebody, the one that wins first: one's own, else the latest that the office shares. One query."""
    if access.ambito_id is None or access.actor_id is None:
        return []
    rows = ColumnSet.objects.filter(Q(created_by=access.actor_id) | Q(is_shared=True), ambito=access.ambito_id, page=page)
    return sorted(rows, key=lambda row: (row.created_by_id != access.actor_id, -row.pk))


def codes_for(access: Access, page: str) -> list[str]:
    """For the lists themselves (settings.CHOSEN_COLUMNS): the codes that were chosen; none where nobody chose."""
    found = _sets(access, page)
    return list(found[0].columns) if found else []


@transaction.atomic
def save_columns(*, page: str, codes: Sequence[str], is_shared: bool, by: Access) -> ColumnSet:
    """Keep one's columns of a list, in this order. DomainError for none, and for one that is not offered."""
    by.require(NEEDED[SearchedList(page)])
    if not codes:
        raise DomainError(_("Scegli almeno una colonna."))
    if not set(codes) <= {column.code for column in offered(LISTS[page], by)} or len(set(codes)) < len(codes):
        raise DomainError(_("Una di queste colonne non c'è."))
    mine = {"ambito_id": by.ambito_id, "created_by_id": by.actor_id, "page": page}
    row = ColumnSet.objects.filter(**mine).first() or ColumnSet(**mine)
    row.columns, row.is_shared = list(codes), is_shared
    row.save()
    record_fact("exchange.columns.saved", row, by=by, page=page, columns=list(codes), shared=is_shared)
    return row


@transaction.atomic
def drop_columns(*, page: str, by: Access) -> None:
    """Back to the usual columns: away goes one's own choice; where there is none, the office's, by who keeps the office."""
    by.require(NEEDED[SearchedList(page)])
    found = _sets(by, page)
    if not found:
        raise DomainError(_("Sono già le colonne solite."))
    if found[0].created_by_id != by.actor_id:
        by.require(P.EDIT_OFFICE)
    record_fact("exchange.columns.dropped", found[0], by=by, page=page)
    found[0].delete()


class ChooseForm(Form):
    """For each column the place it has, or none. Two with one place stand in the order of the list."""

    def __init__(self, *args: Any, columns: Sequence[Column], now: Sequence[Column], is_shared: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        places = {column.code: str(n) for n, column in enumerate(now, 1)}
        choices = [("", _("non si vede")), *((str(n), _("%(n)dª") % {"n": n}) for n in range(1, len(columns) + 1))]
        for column in columns:
            words: dict[str, Any] = {"label": capfirst(str(column.label)), "initial": places.get(column.code, "")}
            self.fields[column.code] = forms.ChoiceField(choices=choices, required=False, **words)
        label = _("Le vedono anche i colleghi dell'Ambito che non ne hanno scelte")
        self.fields["is_shared"] = forms.BooleanField(label=label, required=False, initial=is_shared)

    @property
    def codes(self) -> list[str]:
        asked = ((self.cleaned_data[column.code], n, column.code) for n, column in enumerate(self.columns))
        placed = [(int(place), n, code) for place, n, code in asked if place]
        return [code for _place, _n, code in sorted(placed)]


class OfColumns:
    request: Any
    access: Any

    @cached_property
    def page(self) -> str:
        page = str(self.request.GET.get("elenco", ""))
        if page not in LISTS or self.access.ambito_id is None:
            raise Http404
        self.access.require(NEEDED[SearchedList(page)])
        return page

    def back(self) -> str:
        return reverse(self.page)


class ChooseColumns(OfColumns, FormPage):
    template_name = "exchange/choose_columns.html"
    form_class = ChooseForm
    lead = gettext_lazy("Il posto di ognuna, da sinistra. Il nome resta sempre per primo. Le stesse colonne vanno in Excel e in CSV.")
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        columns, sets = offered(LISTS[self.page], self.access), _sets(self.access, self.page)
        mine = bool(sets) and sets[0].created_by_id == self.access.actor_id
        now = chosen(self.page, LISTS[self.page], self.access).columns
        return {**super().get_form_kwargs(), "columns": columns, "now": now, "is_shared": mine and sets[0].is_shared}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Colonne dell'elenco: %(what)s") % {"what": SearchedList(self.page).label}
        sets = _sets(self.access, self.page)
        is_droppable = bool(sets) and (sets[0].created_by_id == self.access.actor_id or self.access.may(P.EDIT_OFFICE))
        return super().get_context_data(title=title, page=self.page, is_droppable=is_droppable, **kwargs)

    def act(self, form: Any) -> str:
        save_columns(page=self.page, codes=form.codes, is_shared=form.cleaned_data["is_shared"], by=self.access)
        messages.success(self.request, _("Colonne salvate."))
        return self.back()


class UsualColumns(OfColumns, Action):
    def act(self) -> str:
        drop_columns(page=self.page, by=self.access)
        messages.success(self.request, _("Sono di nuovo le colonne solite."))
        return self.back()
