"""What moved in the Ambito's budgets and in the grants: the list and its file."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Guarded, Page

from .. import forms, selectors
from ..models import Entry


class _Asked(Guarded):
    """The movements that the address asks for."""

    permission = P.SEE_MONEY

    def asked(self) -> tuple[forms.MovementFilter, QuerySet[Entry], dict[str, Any]]:
        pots = {str(pot.public_id): pot for pot in selectors.allowance_pots(self.access)}
        form = forms.MovementFilter(self.request.GET or None, pots=[(key, pot.name) for key, pot in pots.items()])
        wanted = form.cleaned_data if form.is_valid() else {}
        entries = selectors.our_entries(self.access)
        if wanted.get("salvadanaio"):
            entries = entries.filter(pk__in=selectors.entries_of_pot(pots[wanted["salvadanaio"]]).values("pk"))
        return form, entries, wanted


class Movements(_Asked, Page):
    template_name = "treasury/movements.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, entries, wanted = self.asked()
        page = selectors.movements_page(entries, self.request.GET, until=wanted.get("fino_al"))
        return super().get_context_data(
            filter=form,
            is_filtered=any(wanted.values()),
            movements=[{"row": movement, "url": "", "words": movement.entry.words} for movement in page.rows],
            pager=page.urls(self.request.GET),
            **file_urls("treasury:movements_file", self.request.GET),
            **kwargs,
        )


class MovementsFile(_Asked):
    def get(self, request: HttpRequest, kind: str) -> Any:
        _form, entries, wanted = self.asked()

        def cells() -> Iterator[list[Any]]:
            for movement in selectors.all_movements(entries, until=wanted.get("fino_al")):
                values = (movement.received, movement.committed, movement.paid)
                yield [movement.entry.posted_on, movement.pots, movement.entry.words, *values]

        head = [_("Data"), _("Da dove vengono i soldi"), _("Movimento"), _("Entrato"), _("Messo da parte"), _("Speso")]
        rows = list(cells()) if kind == "csv" else cells()  # a streamed answer outlives the request's scope
        return table_response(kind, name=f"movimenti-{timezone.localdate():%Y-%m-%d}", head=head, rows=rows)
