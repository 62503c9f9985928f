"""Forms about papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form

from ..models import Campaign


class Award(Form):
    """Which applications are granted together."""

    campaign = forms.ChoiceField(label=_("Quali domande"), required=False)

    def __init__(self, *args: Any, campaigns: list[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaigns = {str(campaign.public_id): campaign for campaign in campaigns}
        names = [(code, campaign.name) for code, campaign in self.campaigns.items()]
        self.fields["campaign"].choices = [("", _("Tutte quelle pronte")), *names]  # type: ignore[attr-defined]

    def clean_campaign(self) -> Campaign | None:
        return self.campaigns.get(self.cleaned_data["campaign"])


class Correct(Form):
    reason = forms.CharField(
        label=_("Che cosa era sbagliato"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("Il nuovo attestato prende i dati dalla scheda dell'impresa: correggili prima lì."),
    )


class History(Form):
    """A table of the attestati of the past: a file, or rows pasted from a sheet. First it is read, then it is written."""

    file = forms.FileField(label=_("Il file (CSV o Excel)"), required=False)
    rows = forms.CharField(
        label=_("Oppure incolla le righe"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": "8", "spellcheck": "false"}),
        help_text=_("Con i nomi delle colonne nella prima riga: anno, impresa, partita IVA; oppure anno, zona, imprese."),
    )
