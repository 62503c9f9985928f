"""The coordinator's page of the office: letterhead, stamp duty by kind of paper, logos by funding source."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_stored
from impresasolidale.territory import selectors, services
from impresasolidale.territory.forms import FundingLogoForm, LetterheadForm, StampDutyForm
from impresasolidale.territory.models import Ambito, Letterhead
from placements.agreements.documents import AMENDMENT, EXTENSION, FRAMEWORK_AGREEMENT, PERSONAL_PROJECT
from placements.agreements.papers import KINDS

from .selectors import kinds_issued

NAMES = {
    FRAMEWORK_AGREEMENT: gettext_lazy("Convenzione quadro"),
    PERSONAL_PROJECT: gettext_lazy("Progetto personalizzato"),
    AMENDMENT: gettext_lazy("Addendum al progetto personalizzato"),
    EXTENSION: gettext_lazy("Proroga del tirocinio"),
    **{kind.code: kind.label for kind in KINDS.values()},
}


class OfOffice(Guarded):
    permission = P.EDIT_OFFICE
    access: Any

    @property
    def ambito(self) -> Ambito:
        """The active Ambito; 404 for who acts in none."""
        if self.access.ambito is None:
            raise Http404
        found: Ambito = self.access.ambito
        return found

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of paper this office makes, by name."""
        known = dict(kinds_issued(self.access)) | {kind: str(name) for kind, name in NAMES.items()}
        return sorted(known.items(), key=lambda pair: pair[1])


class Office(OfOffice, Page):
    template_name = "desk/office.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = dict(self.kinds)
        duties: list[Any] = list(selectors.stamp_duties(self.ambito))
        for duty in duties:
            duty.name = names.get(duty.kind, duty.kind)
        return super().get_context_data(
            letterhead=selectors.letterhead_of(self.ambito.pk),
            duties=duties,
            funders=selectors.funding_logos(self.ambito.network_id),
            **kwargs,
        )


class OfficeForm(OfOffice, ServiceForm):
    template_name = "desk/office_form.html"
    title: Any = ""
    lead: Any = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title, lead=self.lead, back_url=reverse("desk:office"), **kwargs)

    def act(self, form: Any) -> str:
        self.write(form.cleaned_data)
        messages.success(self.request, _("Fatto: vale per le carte che prepari da adesso in poi."))
        return reverse("desk:office")

    def write(self, data: dict[str, Any]) -> None:
        raise NotImplementedError


class EditLetterhead(OfficeForm):
    form_class = LetterheadForm
    title = gettext_lazy("La carta intestata")
    lead = gettext_lazy("Quello che sta in testa e in fondo alle carte. Le carte già fatte restano come sono.")

    @cached_property
    def row(self) -> Letterhead:
        return selectors.letterhead_of(self.ambito.pk) or Letterhead()

    def get_initial(self) -> dict[str, Any]:
        body = selectors.lead_body(self.ambito) if not self.row.pk else None
        if body:
            return {"heading": body.name, "lines": "\n".join(filter(None, [body.address, body.pec]))}
        names = ("heading", "lines", "official", "official_title", "signature_block")
        return {name: getattr(self.row, name) for name in names}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)

    def write(self, data: dict[str, Any]) -> None:
        services.edit_letterhead(ambito=self.ambito, seen=data.pop("row_version"), by=self.access, **data)


class NewStampDuty(OfficeForm):
    form_class = StampDutyForm
    title = gettext_lazy("Imposta di bollo")
    lead = gettext_lazy("Che cosa dicono del bollo le carte di un tipo, da un giorno in poi.")

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kinds": self.kinds}

    def write(self, data: dict[str, Any]) -> None:
        services.write_stamp_duty(ambito=self.ambito, by=self.access, **data)


class NewFundingLogo(OfficeForm):
    form_class = FundingLogoForm
    title = gettext_lazy("Logo di un finanziatore")
    lead = gettext_lazy("Compare sulle carte dei tirocini finanziati da quella fonte, da un giorno in poi.")

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def write(self, data: dict[str, Any]) -> None:
        services.write_funding_logo(network_id=self.ambito.network_id, by=self.access, **data)


class LogoFile(OfOffice):
    """The image itself, for the page."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        logo = selectors.logo_for(self.access.network_id, kwargs["public_id"])
        return serve_stored(logo.file_name, logo, by=self.access, place="desk:logo", content_type=logo.content_type)
