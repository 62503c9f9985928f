"""The account of a year as it stands: every figure opens the movements it is made of."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Guarded, Page
from impresasolidale.territory.selectors import rules_for
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..forms import publications as forms
from ..models import BenefitRequest, Donor
from ..rules import PotYear, fold_small
from ..selectors import account as selectors
from ..selectors.account import YearAccount
from ..selectors.requests import requests_behind, sits_only
from .common import movement_rows

LEAST = 5  # where no rule book of an Ambito says it: the network's other offices are in these figures too (rule 88)


class _OfYear(Guarded):
    permission = Permission.SEE_FUND

    def filter(self, kind: type[forms.YearFilter] = forms.YearFilter, **choices: Any) -> tuple[Any, int]:
        """The filter, and the year it asks for: the last one that is over, or the running one when the fund is new."""
        this = timezone.localdate().year
        known = selectors.years(self.access) or [this]
        usual = next((year for year in known if year < this), known[0])
        form = kind(self.request.GET or None, years=known, initial={"anno": usual}, **choices)
        wanted = form.cleaned_data.get("anno") if form.is_valid() else None
        return form, wanted or usual


def _columns() -> list[str]:
    return [
        _("Salvadanaio"), _("All'inizio"), _("Ricevuti"), _("Rientrati"), _("Versati"), _("Alla fine"), _("di cui promessi"),
        _("di cui liberi"),
    ]  # fmt: skip


class AccountPage(_OfYear, Page):
    template_name = "solidarity_fund/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, year = self.filter()
        account = selectors.year_account(self.access, year)
        ambito = self.access.ambito
        least = rules_for(ambito, timezone.localdate())[1].small_number_threshold if ambito else LEAST
        donors, kinds = dict(Donor.Kind.choices), dict(BenefitRequest.Kind.choices)
        return super().get_context_data(
            filter=form,
            year=str(year),
            total=account.total,
            total_cells=self.cells(account.total, year),
            columns=_columns(),
            pots=[(pot, self.cells(pot, year)) for pot in account.pots],
            donors=[(donors.get(row.kind) or _("altre entrate"), row) for row in account.donors],
            kinds=[(kinds.get(row.kind) or _("altri aiuti"), row) for row in fold_small(account.kinds, minimum=least)],
            open=selectors.open_commitments(self.access, year),
            urls={name: self.behind(year, name) for name in selectors.BEHIND},
            publications_url=reverse("solidarity_fund:publications") if self.access.may(Permission.PUBLISH_FUND) else "",
            **file_urls("solidarity_fund:account_file", self.request.GET),
            **kwargs,
        )

    def behind(self, year: int, figure: str, pot: PotYear | None = None) -> str:
        """The address of the movements of a figure; none for who only sits in the commission."""
        if sits_only(self.access):
            return ""
        asked = {"anno": year, "voce": figure, **({"salvadanaio": pot.public_id} if pot and pot.public_id else {})}
        return f"{reverse('solidarity_fund:account_rows')}?{urlencode(asked)}"

    def cells(self, pot: PotYear, year: int) -> list[tuple[str, Any, str]]:
        """(head, euro, address of its rows) of one line; what stands at a day has no rows of its own."""
        figures = ("", "ricevuto", "rientrato", "versato", "", "impegnato", "")
        heads = _columns()[1:]
        return [
            (head, value, self.behind(year, figure, pot) if figure else "")
            for head, value, figure in zip(heads, pot.sums, figures, strict=True)
        ]


class AccountFile(_OfYear):
    """The pots of the year as a table to keep, with their total."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        _form, year = self.filter()
        account: YearAccount = selectors.year_account(self.access, year)
        audit.look(Look.Kind.EXPORT, by=self.access, place="solidarity_fund:account_file", subject_type=audit.type_of(Pot))  # type: ignore[arg-type]
        rows: list[list[Any]] = [[pot.name, *pot.sums] for pot in account.pots]
        return table_response(kind, name=f"fondo-{year}", head=_columns(), rows=[*rows, [_("Totale"), *account.total.sums]])


class AccountRows(_OfYear, Page):
    """The movements behind a figure."""

    template_name = "solidarity_fund/account_rows.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if sits_only(self.access):
            raise PermissionDenied(_("Chi siede in commissione legge il rendiconto, non i singoli movimenti."))
        pots = list(treasury.pots(self.access, use=Pot.Use.FUND))
        form, year = self.filter(forms.RowsFilter, pots=[(str(pot.public_id), pot.name) for pot in pots])
        wanted = form.cleaned_data if form.is_valid() else {}
        pot = next((pot for pot in pots if str(pot.public_id) == wanted.get("salvadanaio")), None)
        query = self.request.GET
        page = selectors.movements_behind(self.access, query, year=year, figure=wanted.get("voce", ""), pot=pot)
        behind = requests_behind(self.access, [m.entry for m in page.rows])
        return super().get_context_data(
            filter=form, year=str(year), movements=movement_rows(page.rows, behind), pager=page.urls(query), **kwargs
        )
