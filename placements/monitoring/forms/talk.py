"""Forms of «Voglio parlare con qualcuno»."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios

from ..talk_enums import TalkAsker, TalkReason, TalkState, TalkStep, TalkWay, TalkWhen


class AskForm(Form):
    """The person's own: everything but the big button may be left out."""

    reason = forms.ChoiceField(label=_("Perché? Puoi anche non dirlo."), choices=[("", ""), *TalkReason.choices], required=False)
    words = forms.CharField(label=_("Vuoi scrivere qualcosa?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False)
    reach_when = forms.ChoiceField(label=_("Quando ti chiamiamo?"), choices=TalkWhen, widget=Radios, initial=TalkWhen.ANY)
    way = forms.ChoiceField(label=_("Come?"), choices=TalkWay, widget=Radios, initial=TalkWay.PHONE)
    number = forms.CharField(
        label=_("Il tuo numero"),
        help_text=_("Solo se è cambiato, o se vuoi che chiamiamo un’altra persona."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class NoteTalkForm(Form):
    """The office's: she asked by telephone, or by word of mouth."""

    asker = forms.ChoiceField(label=_("Chi lo chiede"), choices=TalkAsker, widget=Radios, initial=TalkAsker.PERSON)
    reason = forms.ChoiceField(
        label=_("Perché, se lo dice"), choices=[("", _("non lo dice")), *TalkReason.choices], required=False, widget=Radios
    )
    words = forms.CharField(
        label=_("Parole sue"),
        widget=forms.Textarea,
        max_length=1000,
        required=False,
        help_text=_("Le legge solo chi la segue. Nessuna diagnosi."),
    )
    reach_when = forms.ChoiceField(label=_("Quando chiamare"), choices=TalkWhen, widget=Radios, initial=TalkWhen.ANY)
    way = forms.ChoiceField(label=_("Come"), choices=TalkWay, widget=Radios, initial=TalkWay.PHONE)
    number = forms.CharField(label=_("A quale numero"), max_length=60, required=False)


class AnswerForm(Form):
    row_version = forms.IntegerField(widget=forms.HiddenInput)
    answered_on = forms.DateField(label=_("Quando vi siete sentiti"))
    agreed = forms.CharField(
        label=_("Che cosa avete deciso insieme"),
        widget=forms.Textarea,
        max_length=3000,
        help_text=_("Lo legge solo chi segue la persona. L’impresa non lo vede."),
    )
    next_step = forms.ChoiceField(label=_("E adesso"), choices=TalkStep, widget=Radios, initial=TalkStep.NONE)
    next_on = forms.DateField(label=_("Entro il"), required=False)


class TalkFilters(Form):
    stato = forms.ChoiceField(
        label=_("Stato"), required=False, choices=[("", _("Tutte")), ("open", _("senza risposta")), *TalkState.choices]
    )
    urgenti = forms.BooleanField(label=_("Solo le urgenti"), required=False)
    tardi = forms.BooleanField(label=_("Solo in ritardo"), required=False)

    def wanted(self) -> dict[str, Any]:
        d = self.cleaned_data if self.is_valid() else {}
        return {"state": d.get("stato", ""), "urgent": d.get("urgenti", False), "late": d.get("tardi", False)}
