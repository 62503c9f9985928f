"""Who waits, the sites for a person, the people for a site, the sheets of both."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from companies.hosts.models import Site
from companies.hosts.selectors import ambiti_of, block_on, blocked, may_read_reasons, with_welcome
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.keyset import page_of, piece_of
from impresasolidale.core.spreadsheets import Cell, file_urls, table_response
from impresasolidale.core.views import Guarded, Page, ServiceForm
from placements.beneficiaries import selectors as people
from placements.beneficiaries.views import OfPerson

from .. import forms, selectors, services
from ..enums import Facility
from ..selectors import Pair, Suggestion


class Home(Page):
    permission = Permission.SEE_MATCHING
    template_name = "matching/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, today = forms.WaitingFilters(self.request.GET), timezone.localdate()
        found = form.cleaned_data if form.is_valid() else {}
        rows = selectors.waiting(self.access, text=found.get("q", ""), mine=found.get("mie", False), on=today)
        page = page_of(rows, self.request.GET, order=people.WAITING_ORDER)
        selectors.note_waiting(self.access, page.rows)
        return super().get_context_data(
            form=form,
            rows=page.rows,
            is_filtered=any(found.values()),
            may_edit=self.access.may(Permission.EDIT_SHEETS),
            **page.urls(self.request.GET),
            **kwargs,
        )


class _Sheets:
    """A sheet of somebody or something: the one that counts is the first of `sheets`."""

    access: Any
    request: Any
    sheets: Any  # each kind of page reads its own

    @property
    def sheet(self) -> Any:
        return self.sheets[0] if self.sheets else None


class ForPerson(OfPerson, _Sheets):
    @cached_property
    def sheets(self) -> list[Any]:
        return list(selectors.person_sheets(self.access, self.beneficiary))

    @cached_property
    def filters(self) -> forms.SiteFilters:
        return forms.SiteFilters(self.request.GET, ambiti=ambiti_of(self.access))

    @cached_property
    def pairs(self) -> list[Pair]:
        return (
            selectors.ranked(self.access, beneficiaries=[self.beneficiary.pk], on=timezone.localdate(), **self.filters.wanted())
            if self.sheet
            else []
        )


class PersonPage(ForPerson, Page):
    """The sites of the network for one person, each with its reasons."""

    permission = Permission.SEE_MATCHING
    template_name = "matching/person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people.note_look(self.access, self.beneficiary, place="matching:person")
        page = piece_of(self.pairs, self.request.GET, key="site_public_id")
        wanted, today = self.filters.wanted(), timezone.localdate()
        rows = selectors.with_reasons(page.rows, of=self.beneficiary, sheet=self.sheet)
        with_welcome(self.access, [row.site for row in rows], today)
        return super().get_context_data(
            person=self.beneficiary,
            sheet=self.sheet,
            form=self.filters,
            rows=rows,
            today=today,
            total=len(self.pairs),
            is_filtered=any(wanted.values()),
            blocked=list(blocked(self.access, today)),
            may_read_reasons=may_read_reasons(self.access),
            may_edit=self.access.may(Permission.EDIT_SHEETS),
            may_propose=self.access.may(Permission.PREPARE_PLACEMENTS),
            proposals=list(selectors.proposals_of(self.access, self.beneficiary)),
            **file_urls("matching:person_file", self.request.GET, self.beneficiary.public_id),
            **page.urls(self.request.GET),
            **kwargs,
        )


class PersonFile(ForPerson, Guarded):
    """The whole ranking, with the filters of the page."""

    permission = Permission.SEE_MATCHING

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> Any:
        rows = selectors.with_reasons(self.pairs)
        head = [_("Impresa"), _("Sede"), _("Comune")]
        cells = ([str(row.site.company), row.site.name, str(row.site.comune), *_result(row)] for row in rows)
        response = table_response(kind, name=f"sedi-{timezone.localdate():%Y-%m-%d}", head=[*head, *_result_head()], rows=cells)
        selectors.note_pairs(self.access, rows, place="matching:person_file", exported=True)
        return response


class ForSite(_Sheets):
    kwargs: dict[str, Any]
    place = "matching:site"

    @cached_property
    def site(self) -> Site:
        return selectors.site_for(self.access, self.kwargs["public_id"], place=self.place)

    @cached_property
    def sheets(self) -> list[Any]:
        return list(selectors.site_sheets(self.access, self.site))

    @cached_property
    def filters(self) -> forms.PeopleFilters:
        return forms.PeopleFilters(self.request.GET)

    @cached_property
    def candidates(self) -> tuple[list[int], int]:
        return selectors.candidates(self.access, on=timezone.localdate())

    @cached_property
    def pairs(self) -> list[Pair]:
        if not self.sheet:
            return []
        return selectors.ranked(
            self.access, beneficiaries=self.candidates[0], on=timezone.localdate(), sites=[self.site.pk], **self.filters.wanted()
        )


class SitePage(ForSite, Page):
    """The people who wait, for one site; those whose record the user may open, and the number of the others."""

    permission = Permission.SEE_MATCHING
    template_name = "matching/site.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = piece_of(self.pairs, self.request.GET, key="person_public_id")
        rows = selectors.with_reasons(page.rows)
        selectors.note_pairs(self.access, rows, place="matching:site")
        return super().get_context_data(
            site=self.site,
            sheet=self.sheet,
            form=self.filters,
            rows=rows,
            total=len(self.pairs),
            hidden=self.candidates[1],
            hold=block_on(self.access, self.site.company, timezone.localdate()),
            is_closed=not self.site.is_open(timezone.localdate()),
            may_read_reasons=may_read_reasons(self.access),
            is_filtered=any(self.filters.wanted().values()),
            may_edit=self.access.may(Permission.EDIT_SHEETS),
            may_propose=self.access.may(Permission.PREPARE_PLACEMENTS),
            proposed=selectors.open_at(self.access, self.site),
            **file_urls("matching:site_file", self.request.GET, self.site.public_id),
            **page.urls(self.request.GET),
            **kwargs,
        )


class SiteFile(ForSite, Guarded):
    permission = Permission.SEE_MATCHING
    place = "matching:site_file"

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> Any:
        rows = selectors.with_reasons(self.pairs)
        cells = ([str(row.person), str(row.person.residence), *_result(row)] for row in rows)
        head = [_("Persona"), _("Comune di residenza"), *_result_head()]
        response = table_response(kind, name=f"persone-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells)
        selectors.note_pairs(self.access, rows, place=self.place, exported=True)
        return response


def _result_head() -> list[str]:
    return [_("Ostacoli"), _("Adattamenti"), _("Minuti di viaggio (stima)"), _("Perché")]


def _result(row: Suggestion) -> Iterator[Cell]:
    words = [f"{f.label}: {f.reason}" + (f" → {f.adaptation}" if f.adaptation else "") for f in (*row.fit.stops, *row.fit.adapted)]
    yield from (row.pair.stops, row.pair.adaptations, row.pair.minutes, "; ".join(words))


# --- The sheets


class WriteSheet(_Sheets, ServiceForm):
    """The new sheet begins as the one that counts; whoever was slower sees what the other wrote."""

    permission = Permission.EDIT_SHEETS
    template_name = "matching/sheet.html"
    write: Any  # each sheet's own service, and its own page
    back: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sheet": self.sheet, "current_version": len(self.sheets)}

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        self.write(values=form.values, valid_from=data["valid_from"], seen=data["row_version"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La scheda è salvata."))
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=self.sheet, back_url=self.back(), **kwargs)


class WritePersonSheet(ForPerson, WriteSheet):
    form_class = forms.PersonSheetForm

    def write(self, **values: Any) -> None:
        services.write_person_sheet(beneficiary=self.beneficiary, **values)

    def back(self) -> str:
        return reverse("matching:person", args=[self.beneficiary.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Che cosa riesce a fare oggi, e con quale aiuto. Niente diagnosi: solo il lavoro. L’impresa non la vede mai.")
        return super().get_context_data(subject=self.beneficiary, lead=lead, **kwargs)


class WriteSiteSheet(ForSite, WriteSheet):
    form_class = forms.SiteSheetForm
    place = "matching:site_sheet"

    def get_initial(self) -> dict[str, Any]:
        """What the site's own page says is there is not asked again."""
        known = [code for code in self.site.facilities if code in Facility.values]
        return {**super().get_initial(), **({"offers": known} if known and not self.sheet else {})}

    def write(self, **values: Any) -> None:
        services.write_site_sheet(site=self.site, **values)

    def back(self) -> str:
        return reverse("matching:site", args=[self.site.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _(
            "Che cosa c’è in una giornata di lavoro qui. Accanto, se si può adattare, scrivi come: per esempio «carichi sotto i 5 chili»."
        )
        return super().get_context_data(subject=f"{self.site.company} · {self.site.name}", lead=lead, **kwargs)
