"""Places that companies offer, and what they say when they are asked."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm

from .. import forms, selectors, services
from ..models import Opening
from ._base import OfCompany, VersionedEdit


def _wanted(request: HttpRequest, ambiti: Any) -> tuple[Any, dict[str, Any]]:
    form = forms.PlacesFilter(request.GET, ambiti=ambiti)
    form.is_valid()  # a filter that cannot be read is shown with its error and left out
    return form, form.cleaned_data


class Places(Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/places.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query, today = self.request.GET, timezone.localdate()
        form, wanted = _wanted(self.request, selectors.ambiti_of(self.access))
        page = selectors.places_page(self.access, query, on=today, filters=wanted)
        return super().get_context_data(
            rows=page.rows,
            form=form,
            filtered=any(wanted.values()),
            today=today,
            asked=query.urlencode(),
            pager=page.urls(query),
            **kwargs,
        )


class PlacesFile(Guarded):
    """The list as it is filtered. The look is an export."""

    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, ending: str) -> Any:
        today = timezone.localdate()
        _form, wanted = _wanted(request, selectors.ambiti_of(self.access))
        found = selectors.places(self.access, on=today, filters=wanted).order_by("company__search_key", "id")
        rows = selectors.with_free_day(found, today)

        def cells() -> Iterator[list[Any]]:
            for row in rows:
                left = max(row.free, 0)  # type: ignore[attr-defined]
                yield [
                    row.company.name, row.site.name, str(row.site.comune), row.words, row.places, row.taken, left, row.free_from,  # type: ignore[attr-defined]
                    row.starts_on, row.ends_on,
                ]  # fmt: skip

        head = [
            _("Impresa"),
            _("Sede"),
            _("Comune"),
            _("Per che cosa"),
            _("Posti"),
            _("Occupati"),
            _("Liberi oggi"),
            _("Primo giorno libero"),
        ]
        response = table_response(ending, name=f"posti-{today:%Y-%m-%d}", head=[*head, _("Dal"), _("Al")], rows=cells())
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="hosts:places", subject_type="hosts.opening")
        return response


class NewPlaces(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/form.html"
    form_class = forms.NewPlacesForm

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sites": selectors.open_sites_of(self.access, self.company, timezone.localdate())}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Quante persone una sede può accogliere insieme. Chi c'è già si conta da solo, di qualunque Ambito sia.")
        return super().get_context_data(title=_("Posti offerti"), lead=lead, save=_("Scrivi i posti"), **kwargs)

    def act(self, form: Any) -> str:
        services.declare_places(company=self.company, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("I posti sono scritti."))
        return self.back()


class EditPlaces(VersionedEdit):
    template_name = "hosts/form.html"
    form_class = forms.EditPlacesForm

    @cached_property
    def opening(self) -> Opening:
        return selectors.opening_for(self.access, self.company, self.kwargs["opening_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.opening.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.opening, name) for name in ("places", "starts_on", "ends_on", "words")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Se l'impresa non accoglie più, scrivi l'ultimo giorno.")
        title = _("Posti offerti: %(site)s") % {"site": self.opening.site.name}
        return super().get_context_data(title=title, lead=lead, save=_("Salva"), **kwargs)

    def act(self, form: Any) -> str:
        services.change_places(opening=self.opening, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("I posti sono scritti."))
        return self.back()


class NoteInterest(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/form.html"
    form_class = forms.InterestForm

    def get_initial(self) -> dict[str, Any]:
        return {"said_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Quello che l'impresa ha risposto oggi non cancella le risposte di prima.")
        return super().get_context_data(title=_("Disponibilità"), lead=lead, save=_("Scrivi la risposta"), **kwargs)

    def act(self, form: Any) -> str:
        services.note_interest(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La risposta è scritta."))
        return self.back()


class AskAgain(OfCompany, Action):
    """Write to the company: would it welcome somebody again?"""

    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        asked = services.ask_again(company=self.company, by=self.access, now=timezone.now())
        if asked.address:
            messages.success(self.request, _("La domanda è in partenza per %(address)s.") % {"address": asked.address})
        else:
            messages.warning(self.request, _("Questa impresa non ha un indirizzo di posta: ti abbiamo segnato di chiamarla."))
        return self.back()
