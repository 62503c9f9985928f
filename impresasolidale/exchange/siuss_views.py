"""The page of paid benefits, its file of a year, and the Ambito's codes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import FormPage, Guarded, Page, SeeOther
from impresasolidale.territory.enums import Severity
from placements.attendance.views.allowances import OfYear
from placements.beneficiaries.enums import TargetArea

from . import siuss
from .enums import SiussArea
from .models import OutsideCode


class Benefits(OfYear, Page):
    template_name = "exchange/benefits.html"
    permission = P.EXPORT_BENEFITS
    file_name = "exchange:benefits_file"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows, codes = siuss.paid_in(self.access, self.year), siuss.codes_of(self.access)
        says_missing = siuss.severity(self.access, timezone.localdate()) != Severity.OFF
        kinds = []
        for kind, label in siuss.KINDS.items():
            mine = [row for row in rows if row.kind == kind]
            if mine:
                total = sum((row.amount for row in mine), Decimal(0))
                kinds.append({"label": label, "code": codes.kinds.get(kind, ""), "records": len(mine), "total": total})
        return super().get_context_data(
            year=str(self.year),
            kinds=kinds,
            records=len(rows),
            total=sum((row.amount for row in rows), Decimal(0)),
            missing=codes.missing(rows) if says_missing else [],
            **self.links(),
            **kwargs,
        )


class BenefitsFile(OfYear, Guarded):
    permission = P.EXPORT_BENEFITS

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        try:
            head, rows = siuss.file_of(self.access, self.year, on=timezone.localdate())
        except DomainError as error:
            messages.error(request, str(error.words))
            return SeeOther(f"{reverse('exchange:benefits')}?anno={self.year}")
        return table_response(kind, name=f"prestazioni-{self.year}", head=head, rows=rows)


class CodesForm(Form):
    """One field for each of our codes: `kind_…` takes the other system's code, `area_…` one of its areas."""

    def __init__(self, *args: Any, codes: siuss.Codes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        size = OutsideCode._meta.get_field("theirs").max_length
        for code, label in siuss.KINDS.items():
            words: dict[str, Any] = {"label": capfirst(str(label)), "initial": codes.kinds.get(code, "")}
            self.fields[f"kind_{code}"] = forms.CharField(required=False, max_length=size, **words)
        choices = [("", _("da confermare")), *SiussArea.choices]
        for code, label in TargetArea.choices:
            look: dict[str, Any] = {"label": capfirst(str(label)), "initial": codes.areas.get(code, "")}
            self.fields[f"area_{code}"] = forms.ChoiceField(required=False, choices=choices, **look)
        self.fieldsets = (
            (_("Codice di ogni prestazione"), [f"kind_{code}" for code in siuss.KINDS]),
            (_("Area di ogni persona"), [f"area_{code}" for code in TargetArea.values]),
        )

    def table(self, name: str) -> dict[str, str]:
        return {key.removeprefix(f"{name}_"): value for key, value in self.cleaned_data.items() if key.startswith(f"{name}_")}


class EditCodes(FormPage):
    permission = P.EXPORT_BENEFITS
    form_class = CodesForm
    title = gettext_lazy("Codici delle prestazioni")
    lead = gettext_lazy("Quelli che usa il tuo ente per il SIUSS. Lascia vuoto quello che non sai: nel file resta «da confermare».")
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "codes": siuss.codes_of(self.access)}

    def back(self) -> str:
        return reverse("exchange:benefits")

    def act(self, form: Any) -> str:
        siuss.save_codes(kinds=form.table("kind"), areas=form.table("area"), by=self.access)
        messages.success(self.request, _("Codici salvati."))
        return self.back()
