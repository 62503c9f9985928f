"""Forms of the desk."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import GIVER_ROLES, Role
from impresasolidale.core.forms import Checks, Form, Radios
from impresasolidale.core.messages import next_states
from impresasolidale.core.models import Document, Message


class MuteForm(Form):
    until = forms.DateField(label=_("Fino al"), help_text=_("Dal giorno dopo i promemoria arrivano di nuovo, da soli."))
    reason = forms.CharField(
        label=_("Motivo"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In breve, senza dati sulla salute: per esempio «fuori casa fino a settembre»."),
    )


class DeliveryForm(Form):
    """Only what may follow from the message's state is offered."""

    state = forms.ChoiceField(label=_("Che cosa è successo"), widget=Radios)
    words = forms.CharField(label=_("Perché è tornato indietro"), max_length=200, required=False)

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(s.value, s.label.capitalize()) for s in next_states(message)]  # type: ignore[attr-defined]


class ClosingForm(Form):
    text = forms.CharField(
        label=_("Parole in fondo alle mail"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Per esempio il nome dell’ufficio, gli orari, il telefono. Solo parole: niente codice."),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if "{{" in text or "{%" in text:
            raise forms.ValidationError(_("Solo parole: niente parentesi graffe."))
        return text


class AnnouncementForm(Form):
    """A notice to who works with the program."""

    fieldsets = (
        (_("Che cosa vuoi dire"), ("title", "text")),
        (_("Quando e a chi"), ("starts_on", "ends_on", "roles", "everywhere")),
    )
    title = forms.CharField(label=_("Titolo"), max_length=80)
    text = forms.CharField(
        label=_("Testo"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In breve, e senza nomi di persone: lo leggono tutti quelli che scegli."),
    )
    starts_on = forms.DateField(label=_("Dal"))
    ends_on = forms.DateField(label=_("Fino al"), help_text=_("Dal giorno dopo non si vede più, da solo."))
    roles = forms.MultipleChoiceField(
        label=_("Chi lo legge"), required=False, widget=Checks, help_text=_("Se non scegli nessuno, lo leggono tutti.")
    )
    everywhere = forms.BooleanField(label=_("Anche negli altri Ambiti della rete"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, capfirst(role.label)) for role in Role if role not in GIVER_ROLES]  # type: ignore[attr-defined]


class LetterAddressForm(Form):
    address = forms.CharField(
        label=_("Indirizzo sulla busta"),
        max_length=254,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Nome, via, CAP e città: una riga ciascuno."),
    )


class LettersForm(Form):
    """The letters ticked in the list."""

    lettera = forms.TypedMultipleChoiceField(coerce=UUID, required=False)

    def __init__(self, *args: Any, rows: Iterable[Message], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lettera"].choices = [(str(row.public_id), row.address) for row in rows]  # type: ignore[attr-defined]


class RegisterFilters(Form):
    """Which papers that wait for a number; the names in the address are Italian."""

    tipo = forms.ChoiceField(label=_("Documento"), required=False)
    stato = forms.ChoiceField(
        label=_("Stato"),
        required=False,
        choices=lambda: [  # asked at each look: in the reader's language
            ("", _("Tutti")),
            *((s.value, s.label.capitalize()) for s in Document.RegisterState if s != Document.RegisterState.REGISTERED),
        ],
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tipo"].choices = [("", _("Tutti")), *kinds]  # type: ignore[attr-defined]


class SendForm(Form):
    """The papers ticked in the list."""

    carta = forms.TypedMultipleChoiceField(coerce=UUID, required=False)

    def __init__(self, *args: Any, rows: Iterable[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carta"].choices = [(str(row.public_id), str(row)) for row in rows]  # type: ignore[attr-defined]


class NumbersForm(Form):
    text = forms.CharField(
        label=_("Numeri del protocollo"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Una riga per carta: il nostro numero, una freccia (o un punto e virgola), il numero di protocollo e, se vuoi, la data."
        ),
    )
    on = forms.DateField(label=_("Data di protocollo"), help_text=_("Vale per le righe che non ne hanno una."))
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)


class AnswerForm(Form):
    """The office's answer to a correction."""

    answer = forms.ChoiceField(
        label=_("Che cosa rispondi?"),
        choices=[("accept", _("Va bene: correggi i dati")), ("refuse", _("No, per questo motivo"))],
        widget=Radios,
        error_messages={"required": _("Scegli che cosa rispondi.")},
    )
    reason = forms.CharField(label=_("Perché no"), required=False, max_length=300, help_text=_("L'impresa lo legge sulla sua pagina."))
