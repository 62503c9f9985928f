"""Forms of what comes before a start: the one page of a new placement, templates, groups, papers that ran before, hand-overs."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.forms import Checks, Form, HoursField, MoneyField, Radios
from impresasolidale.territory.forms import ComuneField
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.rules import Rules, add_months
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.selectors import choices_for, possible_members

from . import caps, rules
from .enums import AllowanceModel, SignerRole, TaxTreatment
from .forms import TAX_MOTIVE, PlanForm, RowChoice, written
from .models import Placement, ProjectTemplate
from .rules import Period
from .selectors import current_project, default_payer
from .services.inherited import Papers, Used
from .timetable_forms import DAYS, GOALS, numbered_fields

Week = Mapping[int, tuple[time, int]]  # weekday → from, minutes; 0 is Monday
MORNING = time(9)
PATTERNS: Mapping[str, tuple[Any, Week]] = MappingProxyType(
    {
        "mornings": (_("cinque mattine di 4 ore, da lunedì a venerdì"), {n: (MORNING, 240) for n in range(5)}),
        "three": (_("tre mattine di 4 ore: lunedì, mercoledì, venerdì"), {n: (MORNING, 240) for n in (0, 2, 4)}),
        "two": (_("due mattine di 4 ore: martedì e giovedì"), {n: (MORNING, 240) for n in (1, 3)}),
        "afternoons": (_("tre pomeriggi di 3 ore: lunedì, mercoledì, venerdì"), {n: (time(14), 180) for n in (0, 2, 4)}),
    }
)
MONTHS = (3, 6, 9, 12)


class StartForm(PlanForm):
    """The plan on one page, with what shortens it: how many months, a week that is often used. What is written by hand wins."""

    months = forms.ChoiceField(
        label=_("Quanto dura"),
        required=False,
        choices=[("", _("Scrivo io la fine")), *((n, ngettext_lazy("%d mese", "%d mesi", n) % n) for n in MONTHS)],
        help_text=_("La fine la calcoliamo noi."),
    )
    pattern = forms.ChoiceField(
        label=_("Settimana tipo"),
        required=False,
        choices=[("", _("Scrivo io i giorni")), *((code, words) for code, (words, _week) in PATTERNS.items())],
        help_text=_("Vale se qui sotto non scrivi nessun giorno."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not any(cleaned.get(f"{part}_{n}") or f"{part}_{n}" in self.errors for n in DAYS for part in ("from", "hours")):
            for n, (start, minutes) in _week_of(cleaned.get("pattern")).items():
                cleaned[f"from_{n}"], cleaned[f"hours_{n}"] = start, minutes
        if not cleaned.get("ends_on") and "ends_on" not in self.errors:
            if cleaned.get("months") and cleaned.get("starts_on"):
                cleaned["ends_on"] = last_day(cleaned["starts_on"], int(cleaned["months"]))
            else:
                self.add_error("ends_on", _("Scrivi la fine, oppure scegli quanto dura."))
        return super().clean()

    def sums(self) -> dict[str, Any]:
        """What is known already of a page that is still being written: end, hours a week, hours in all. What is wrong counts nothing."""
        values = {name: self._now(name) for name in ("starts_on", "ends_on", "months", "pattern")}
        week = {n: minutes for n in DAYS if (minutes := self._now(f"hours_{n}"))}
        week = week or {n: minutes for n, (_start, minutes) in _week_of(values["pattern"]).items()}
        begin, end = values["starts_on"], values["ends_on"]
        if begin and not end and values["months"]:
            end = last_day(begin, int(values["months"]))
        period = Period(start=begin, to=end) if begin and end and begin <= end and end.year - begin.year <= 10 else None
        return {
            "period": period,
            "weekly_minutes": rules.weekly_minutes(week.items()),
            "total_minutes": caps.planned_minutes(week, period) if period and week else 0,
        }

    def _now(self, name: str) -> Any:
        try:
            return self.fields[name].clean(self[name].value())
        except forms.ValidationError:
            return None


class StartByProgram(StartForm):
    """The same plan as another program sends it, with the person it is for; what the page has there already may be left out."""

    person = RowChoice(Beneficiary._base_manager.none(), label=_("Per chi è il tirocinio"))
    ends_on = forms.DateField(label=_("Fine"), required=False)
    payer = RowChoice(Body.objects.none(), label=_("Chi versa il contributo"), required=False)
    tax_treatment = forms.ChoiceField(label=_("Trattamento fiscale"), choices=TaxTreatment, initial=TaxTreatment.EXEMPT)
    tax_motive = forms.CharField(label=_("Perché"), max_length=200, required=False, initial=TAX_MOTIVE)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        self.fields["person"].queryset = choices_for(access)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("payer") and "payer" not in self.errors:
            self.cleaned_data["payer"] = default_payer(self.access)
            if self.cleaned_data["payer"] is None:
                self.add_error("payer", _("Scegli chi versa il contributo."))
        return super().clean()

    @classmethod
    def drawn(cls) -> Form:
        """Its fields as nobody in particular has them, without choices of rows."""
        form = Form()
        form.fields = {**deepcopy(cls.base_fields), **numbered_fields()}
        return form


def _week_of(pattern: str | None) -> Week:
    return PATTERNS[pattern][1] if pattern and pattern in PATTERNS else {}


def last_day(starts_on: date, months: int) -> date:
    """The last day of a period of whole months."""
    return add_months(starts_on, months) - timedelta(days=1)


# --- What a new plan begins with


def proposed(book: Rules, today: date) -> dict[str, Any]:
    """The rule book's defaults, and a first day that leaves time for the papers: a Monday, two weeks away or more."""
    first = today + timedelta(days=14)
    return {
        "starts_on": first + timedelta(days=(7 - first.weekday()) % 7),
        "months": 6,
        "allowance_model": caps.PROPOSED.get(book.allowance_model, AllowanceModel.MONTHLY_THRESHOLD),
    }


OWN = frozenset({"starts_on", "ends_on", "funding_source", "is_additional", "day_centre_alternative", "hours_confirmed"})  # never copied
OF_HOST = frozenset({"company", "site", "company_tutor"})


def copied(placement: Placement) -> dict[str, Any]:
    """Another placement as the beginning of a new one: all but its days and the answers for the study."""
    return {name: value for name, value in written(placement, current_project(placement)).items() if name not in OWN}


def from_template(template: ProjectTemplate) -> dict[str, Any]:
    return {
        "tasks": template.tasks,
        "adaptations": template.adaptations,
        "allowance_model": template.allowance_model,
        "allowance_amount": template.allowance_amount or None,
        **{f"goal_{n}": text for n, text in enumerate(template.goals, 1)},
        **{f"from_{n}": time.fromisoformat(at) for n, at, _minutes in template.week},
        **{f"hours_{n}": minutes for n, _at, minutes in template.week},
    }


class TemplateForm(PlanForm):
    """A template is the part of a plan that repeats: its fields are the plan's."""

    KEPT = ("tasks", "adaptations", "allowance_model", "allowance_amount")
    name = forms.CharField(label=_("Nome del modello"), max_length=80, help_text=_("Per esempio «Laboratorio, mattina»."))
    is_retired = forms.BooleanField(label=_("Non si usa più"), required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, access: Access, today: date, **kwargs: Any) -> None:
        super().__init__(*args, access=access, today=today, **kwargs)
        wanted = {"name", "is_retired", "row_version", *self.KEPT}
        for name in list(self.fields):
            if (name not in wanted and not name.startswith(("goal_", "from_", "hours_"))) or name == "hours_confirmed":
                del self.fields[name]
        for n in GOALS:
            self.fields[f"goal_{n}"].required = False
        self.order_fields(["name", "tasks"])

    def content(self) -> dict[str, Any]:
        """What was written, for the service."""
        d = self.cleaned_data
        return {
            "name": d["name"],
            "is_retired": d["is_retired"],
            "tasks": d["tasks"],
            "adaptations": d["adaptations"],
            "allowance_model": d["allowance_model"],
            "allowance_amount": d["allowance_amount"] or Decimal(0),
            "goals": [d[f"goal_{n}"] for n in GOALS if d[f"goal_{n}"]],
            "week": [[n, f"{d[f'from_{n}']:%H:%M}", d[f"hours_{n}"]] for n in DAYS if d[f"from_{n}"]],
        }


class GroupForm(StartForm):
    """One plan for several people."""

    people = forms.ModelMultipleChoiceField(
        Beneficiary._base_manager.none(),
        to_field_name="public_id",
        widget=Checks,
        label=_("Per chi"),
        help_text=_("Al massimo trenta persone. Qui trovi quelle che segui."),
        error_messages={"required": _("Scegli almeno una persona.")},
    )
    all_or_none = forms.ChoiceField(
        label=_("Se qualcuno non si può preparare"),
        widget=Radios,
        initial="good",
        choices=[("good", _("prepara gli altri")), ("all", _("non preparare nessuno"))],
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        self.fields["people"].queryset = choices_for(access)  # type: ignore[attr-defined]


class InheritedForm(PlanForm):
    """A plan that runs already, with the papers that were signed."""

    file = forms.FileField(label=_("Le carte firmate"), help_text=_("Una sola scansione: PDF, oppure foto JPEG o PNG, fino a 10 MB."))
    signed_on = forms.DateField(label=_("Firmate il"))
    protocol = forms.CharField(label=_("Protocollo"), max_length=60)
    signed_by = forms.MultipleChoiceField(label=_("Chi ha firmato"), choices=SignerRole, widget=Checks)
    note = forms.CharField(label=_("Nota"), max_length=300, required=False)
    used_months = forms.IntegerField(label=_("Mesi già usati in altri tirocini"), min_value=0, max_value=240, required=False)
    used_minutes = HoursField(label=_("Ore già fatte in questo"), required=False)
    paid_amount = MoneyField(label=_("Contributi già versati quest'anno, in euro"), required=False, max_digits=8)
    source = forms.CharField(
        label=_("Da dove lo sappiamo"), max_length=200, required=False, help_text=_("Per esempio «fogli presenze da gennaio a ottobre».")
    )

    def papers(self) -> Papers:
        d = self.cleaned_data
        return Papers(scan=d["file"], signed_on=d["signed_on"], protocol=d["protocol"], signed_by=tuple(d["signed_by"]), note=d["note"])

    def used(self) -> Used:
        d = self.cleaned_data
        return Used(months=d["used_months"] or 0, minutes=d["used_minutes"] or 0, amount=d["paid_amount"] or Decimal(0), source=d["source"])


class PapersForm(Form):
    """The scan of papers that were signed before their placement came in."""

    file = forms.FileField(label=_("Le carte firmate"), help_text=_("Una sola scansione: PDF, oppure foto JPEG o PNG, fino a 10 MB."))
    signed_by = forms.MultipleChoiceField(
        label=_("Chi ha firmato"),
        choices=SignerRole,
        widget=Checks,
        initial=[SignerRole.PROMOTER, SignerRole.HOST, SignerRole.PERSON],
    )


class HandOverForm(Form):
    """To whom, why, until when, and since when the person knows."""

    to = forms.ModelChoiceField(Ambito.objects.none(), label=_("A quale Ambito"), empty_label=_("Scegli…"))
    reason = forms.CharField(label=_("Perché passa"), max_length=300)
    informed_on = forms.DateField(label=_("La persona lo sa ed è d'accordo dal"), help_text=_("Il giorno in cui ne avete parlato con lei."))
    last_day = forms.DateField(
        label=_("Ultimo giorno qui"), help_text=_("Se ha un tirocinio in corso, finisce quel giorno, quando l'altro Ambito accetta.")
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Ambito.objects.filter(network_id=access.network_id).exclude(pk=access.ambito_id).order_by("name")
        self.fields["to"].queryset = rows  # type: ignore[attr-defined]


class AcceptForm(Form):
    """Who follows the person here, and where they live now."""

    referent = RowChoice(User.objects.none(), label=_("Chi segue il caso qui"))
    residence = ComuneField(
        label=_("Comune di residenza"), required=False, help_text=_("Se è cambiato. Vuoto: quello scritto nella scheda.")
    )
    with_draft = forms.BooleanField(label=_("Prepara la bozza del tirocinio, uguale a quello di là"), required=False, initial=True)

    def __init__(self, *args: Any, access: Access, today: date, has_placement: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referent"].queryset = possible_members(access, on=today)  # type: ignore[attr-defined]
        if not has_placement:
            del self.fields["with_draft"]
