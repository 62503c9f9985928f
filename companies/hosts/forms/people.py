"""A tutor, an engagement, a contact."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Checks, Form, VersionedForm
from impresasolidale.territory.forms import ComuneField

from ..enums import ContactRole


class TutorFilter(Form):
    q = forms.CharField(label=gettext_lazy("Nome o impresa"), required=False, max_length=80, widget=forms.TextInput({"type": "search"}))
    ambito: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Ambito"), required=False, empty_label=gettext_lazy("Tutti, anche fuori dagli Ambiti")
    )
    comune = ComuneField(required=False)

    def __init__(self, *args: Any, ambiti: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambito"].queryset = ambiti  # type: ignore[attr-defined]


class TutorFields(forms.Form):
    first_name = forms.CharField(label=gettext_lazy("Nome"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Cognome"), max_length=80)
    email = forms.EmailField(
        label=gettext_lazy("Posta elettronica"),
        help_text=gettext_lazy(
            "Il suo indirizzo personale di lavoro: lo userà per entrare. Se è già tutor altrove, la riconosciamo da qui."
        ),
    )
    phone = forms.CharField(label=gettext_lazy("Telefono"), required=False, max_length=30)
    job_title = forms.CharField(label=gettext_lazy("Mansione"), required=False, max_length=120)


class TutorForm(TutorFields, Form):
    valid_from = forms.DateField(label=gettext_lazy("Tutor di questa impresa dal"))


class EditTutorForm(TutorFields, VersionedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Se la cambi, l'accesso di prima si chiude subito e serve un nuovo invito.")


class EndForm(Form):
    on = forms.DateField(label=gettext_lazy("Ultimo giorno come tutor di questa impresa"))


class ContactFields(forms.Form):
    first_name = forms.CharField(label=gettext_lazy("Nome"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Cognome"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("Posta elettronica"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telefono"), required=False, max_length=30, help_text=gettext_lazy("Basta uno dei due, posta o telefono.")
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Di che cosa si occupa"), required=False, choices=ContactRole.choices, widget=Checks
    )
    signs = forms.BooleanField(
        label=gettext_lazy("È il legale rappresentante"),
        required=False,
        help_text=gettext_lazy("Firma la convenzione: il suo nome va sulle carte da fare."),
    )


class ContactForm(ContactFields, Form):
    valid_from = forms.DateField(label=gettext_lazy("Dal"))


class EditContactForm(ContactFields, VersionedForm):
    pass


class EndContactForm(Form):
    on = forms.DateField(label=gettext_lazy("Ultimo giorno"))


class InviteForm(Form):
    first_name = forms.CharField(label=gettext_lazy("Nome"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Cognome"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("Posta elettronica"))
