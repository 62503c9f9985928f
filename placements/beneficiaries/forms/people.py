"""Forms about people. Labels and lengths are the models'; choices that need a permission are left out of the page."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import validators
from impresasolidale.core.forms import CHOOSE, Folded, Form, Radios, VersionedForm
from impresasolidale.territory.forms import ComuneField

from .. import selectors
from ..enums import ReferringService, TargetArea
from ..models import Assessment, Beneficiary, Referral, Representative, TakingInCharge
from ._fields import allowed, field


class PeopleFilters(Form):
    q = forms.CharField(label=gettext_lazy("Nome"), required=False, max_length=80, widget=forms.TextInput({"type": "search"}))
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    mie = forms.BooleanField(label=gettext_lazy("Solo le mie persone"), required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = allowed(access, TargetArea.choices, _("Tutte"))  # type: ignore[attr-defined]


class PersonForm(Form):
    """What a person's record holds. `on` bounds the birth date that the code says."""

    first_name = field(Beneficiary, "first_name")
    last_name = field(Beneficiary, "last_name")
    codice_fiscale = forms.CharField(
        label=gettext_lazy("Codice fiscale"),
        max_length=25,
        help_text=gettext_lazy("Basta questo: data e luogo di nascita li ricaviamo noi."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Data di nascita"), required=False, help_text=gettext_lazy("Se la scrivi, controlliamo che torni con il codice.")
    )
    residence = ComuneField(label=gettext_lazy("Comune di residenza"), help_text=gettext_lazy("Scrivi le prime lettere e scegli."))
    in_charge_note = field(Beneficiary, "in_charge_note", help_text=gettext_lazy("Serve solo se abita fuori dal tuo Ambito."))
    address = field(Beneficiary, "address")
    is_address_protected = field(
        Beneficiary,
        "is_address_protected",
        help_text=gettext_lazy("Lo vede solo chi è autorizzato. Non finisce sui documenti per l’impresa."),
    )
    phone = field(Beneficiary, "phone")
    email = field(Beneficiary, "email")
    target_area = forms.ChoiceField(
        label=gettext_lazy("Area"), help_text=gettext_lazy("Serve alle statistiche. Nessuna diagnosi, e l’impresa non la vede.")
    )
    schooling_completed = field(Beneficiary, "schooling_completed")
    emergency_name = field(Beneficiary, "emergency_name")
    emergency_phone = field(Beneficiary, "emergency_phone")
    # Shown when a refusal asks for them.
    is_checked_elsewhere = forms.BooleanField(
        label=gettext_lazy("Ho sentito l’altro ufficio: la registriamo anche noi"), required=False, widget=forms.HiddenInput
    )
    is_other_person = forms.BooleanField(label=gettext_lazy("Ho controllato: è un’altra persona"), required=False, widget=forms.HiddenInput)
    ticks: ClassVar = ("is_checked_elsewhere", "is_other_person")

    def __init__(self, *args: Any, access: Access, on: date, **kwargs: Any) -> None:
        self.access, self.on = access, on
        super().__init__(*args, **kwargs)
        self.fields["target_area"].choices = allowed(access, TargetArea.choices, CHOOSE)  # type: ignore[attr-defined]
        if not access.may(Permission.SEE_PROTECTED_ADDRESS):
            del self.fields["is_address_protected"]
        for name in self.ticks:
            if self.is_bound and self.data.get(name):
                self.ask(name)

    def ask(self, name: str) -> None:
        """Show one of `ticks`."""
        self.fields[name].widget = forms.CheckboxInput()

    def clean_codice_fiscale(self) -> str:
        self.code = validators.codice_fiscale(self.cleaned_data["codice_fiscale"], today=self.on)
        return self.code.code

    def clean(self) -> Any:
        cleaned = super().clean()
        typed = self.cleaned_data.get("birth_date")
        if typed and "codice_fiscale" in self.cleaned_data:
            try:
                validators.check_birth_date(self.code, typed)
            except ValidationError as error:
                self.add_error("birth_date", error)
        return cleaned


class NewPersonForm(PersonForm):
    """One page from the referral to the person in charge."""

    fieldsets = (
        (
            gettext_lazy("La segnalazione"),
            ("referral_service", "referral_operator", "referral_received_on", "referral_protocol"),
        ),
        (gettext_lazy("La persona"), ("codice_fiscale", "last_name", "first_name", "birth_date", "target_area", "schooling_completed")),
        (
            gettext_lazy("Dove abita e come si contatta"),
            ("residence", "in_charge_note", "address", "is_address_protected", "phone", "email"),
        ),
        Folded((gettext_lazy("In caso di emergenza"), ("emergency_name", "emergency_phone"))),
        (
            gettext_lazy("La presa in carico"),
            ("charge_service", "charge_case_manager", "charge_valid_from"),
        ),
        Folded(
            (
                gettext_lazy("La valutazione del servizio sociale, se c’è già"),
                ("assessment_made_on", "assessment_author", "assessment_protocol"),
            )
        ),
        Folded(
            (
                gettext_lazy("Chi la rappresenta, se serve"),
                (
                    "representative_kind",
                    "representative_last_name",
                    "representative_first_name",
                    "representative_phone",
                    "representative_email",
                    "representative_decree",
                    "representative_decree_on",
                    "representative_valid_from",
                    "representative_signs_alone",
                ),
            )
        ),
        (gettext_lazy("La privacy"), ("privacy_notice_on",)),
    )
    field_order = [name for _legend, names in fieldsets for name in names]  # the summary of errors follows the page
    referral_service = forms.ChoiceField(label=gettext_lazy("Servizio che segnala"))
    referral_operator = field(Referral, "operator")
    referral_received_on = field(Referral, "received_on")
    referral_protocol = field(Referral, "protocol")
    charge_service = forms.ChoiceField(label=gettext_lazy("Servizio che ha in carico"))
    charge_case_manager = field(TakingInCharge, "case_manager")
    charge_valid_from = field(TakingInCharge, "valid_from", label=gettext_lazy("In carico dal"))
    assessment_made_on = field(Assessment, "made_on", required=False)
    assessment_author = field(Assessment, "author", required=False)
    assessment_protocol = field(Assessment, "protocol")
    representative_kind = field(Representative, "kind", required=False)
    representative_last_name = field(Representative, "last_name", required=False)
    representative_first_name = field(Representative, "first_name", required=False)
    representative_phone = field(Representative, "phone")
    representative_email = field(Representative, "email")
    representative_decree = field(Representative, "decree")
    representative_decree_on = field(Representative, "decree_on")
    representative_valid_from = field(Representative, "valid_from", required=False)
    representative_signs_alone = field(Representative, "signs_alone")
    privacy_notice_on = field(Beneficiary, "privacy_notice_on", help_text=gettext_lazy("Il giorno in cui gliel’hai consegnata e spiegata."))

    needed: ClassVar = {
        "assessment": ("made_on", "author"),
        "representative": ("kind", "last_name", "first_name", "valid_from"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("referral_service", "charge_service"):
            self.fields[name].choices = allowed(self.access, ReferringService.choices, CHOOSE)  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        for part, names in self.needed.items():
            if self.part(part):
                for name in (f"{part}_{name}" for name in names):
                    if not self.cleaned_data.get(name) and name not in self.errors:
                        self.add_error(name, _("Completa anche questo, oppure lascia vuota tutta la parte."))
        return cleaned

    def part(self, part: str) -> dict[str, Any] | None:
        """The fields of one part without its prefix; None when nothing of it was written."""
        prefix = f"{part}_"
        found = {name.removeprefix(prefix): value for name, value in self.cleaned_data.items() if name.startswith(prefix)}
        return found if any(found.values()) else None

    def values(self) -> dict[str, Any]:
        """The arguments of services.register_beneficiary."""
        parts = ("referral", "charge", "assessment", "representative")
        own = {name: value for name, value in self.cleaned_data.items() if name.split("_")[0] not in parts}
        return own | {part: self.part(part) for part in parts}


class EditPersonForm(VersionedForm, PersonForm):
    """Fields the user may not see are not in the form, and stay as they are."""

    fieldsets = (
        (gettext_lazy("La persona"), ("last_name", "first_name", "codice_fiscale", "birth_date", "target_area", "schooling_completed")),
        (
            gettext_lazy("Dove abita e come si contatta"),
            ("residence", "in_charge_note", "address", "is_address_protected", "phone", "email"),
        ),
        Folded((gettext_lazy("In caso di emergenza"), ("emergency_name", "emergency_phone"))),
    )
    field_order = [name for _legend, names in fieldsets for name in names]

    def __init__(self, *args: Any, beneficiary: Beneficiary, access: Access, **kwargs: Any) -> None:
        initial = {name: getattr(beneficiary, name) for name in self.base_fields if hasattr(beneficiary, name)}
        super().__init__(*args, access=access, current_version=beneficiary.row_version, initial=initial, **kwargs)
        if not selectors.may_see_area(access, beneficiary.target_area):
            del self.fields["target_area"]
        if not selectors.may_see_address(access, beneficiary):
            del self.fields["address"]
        del self.fields["is_other_person"]

    def values(self) -> dict[str, Any]:
        """The arguments of services.update_beneficiary; the birth date was only compared with the code."""
        return {name: value for name, value in self.cleaned_data.items() if name != "birth_date"}


class PrivacyNoticeForm(Form):
    given_on = forms.DateField(
        label=gettext_lazy("Consegnata il"), help_text=gettext_lazy("Il giorno in cui gliel’hai consegnata e spiegata.")
    )


class ReasonForm(Form):
    """Why a record outside one's own cases is opened; "other" asks for words."""

    OTHER = "other"
    REASONS = (
        ("stand_in", gettext_lazy("Sostituisco la persona che la segue")),
        ("asked", gettext_lazy("Me lo chiede la persona o chi la rappresenta")),
        ("referral", gettext_lazy("Arriva una segnalazione o una richiesta di un servizio")),
        ("check", gettext_lazy("È un controllo d’ufficio")),
        (OTHER, gettext_lazy("Un altro motivo")),
    )
    why = forms.ChoiceField(label=gettext_lazy("Motivo"), choices=REASONS, widget=Radios)
    reason = forms.CharField(
        label=gettext_lazy("Due parole in più"), max_length=300, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Servono se hai scelto un altro motivo. Non scrivere notizie sulla salute."),
    )  # fmt: skip

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.cleaned_data.get("why") == self.OTHER and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Scrivi il motivo: resta nel registro degli accessi."))
        return cleaned

    def words(self) -> str:
        """The reason as the register keeps it: the code chosen, then the words."""
        return ": ".join(filter(None, [str(dict(self.REASONS)[self.cleaned_data["why"]]), self.cleaned_data["reason"]]))
