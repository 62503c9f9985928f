"""Forms of what is published: the account, the list of grants, the stories."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.forms import Form, VersionedForm
from impresasolidale.territory.models import Body

from ..models import Story
from .common import NOTHING_CHOSEN, Choices


class YearFilter(forms.Form):
    anno = forms.TypedChoiceField(label=_("Anno"), required=False, coerce=int)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anno"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]


class RowsFilter(YearFilter):
    voce = forms.ChoiceField(
        label=_("Che cosa"),
        required=False,
        choices=[
            ("", _("Tutto")), ("ricevuto", _("Ricevuti")), ("rientrato", _("Rientrati")), ("versato", _("Versati")),
            ("impegnato", _("Promessi e liberati")),
        ],
    )  # fmt: skip
    salvadanaio = forms.ChoiceField(label=_("Salvadanaio"), required=False)

    def __init__(self, *args: Any, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["salvadanaio"].choices = [("", _("Tutti")), *pots]  # type: ignore[attr-defined]


class ListForm(Form):
    year = forms.TypedChoiceField(label=_("Anno"), coerce=int)
    body = forms.ChoiceField(label=_("Ente"), help_text=_("Gli aiuti del fondo contano nell'elenco dell'ente capofila."))
    official = forms.CharField(label=_("Responsabile del procedimento"), max_length=120)
    act = forms.CharField(
        label=_("Atto con i criteri"), max_length=200, help_text=_("Il regolamento o la delibera: vale per tutte le righe.")
    )

    def __init__(self, *args: Any, years: Iterable[int], bodies: Iterable[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]
        self.fields["body"].choices = [(str(body.public_id), body.name) for body in bodies]  # type: ignore[attr-defined]


class PublishForm(VersionedForm):
    """An act, where there is one: it stands for the second person, and is told with what it approves. Both or none."""

    act_number = forms.CharField(label=_("Numero dell'atto"), max_length=60, required=False)
    act_on = forms.DateField(label=_("Data dell'atto"), required=False)

    def __init__(self, *args: Any, today: date, needs_act: bool = False, **kwargs: Any) -> None:
        self.today, self.needs_act = today, needs_act
        super().__init__(*args, **kwargs)
        for name in ("act_number", "act_on") if needs_act else ():
            self.fields[name].required = True

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        number, on = data.get("act_number"), data.get("act_on")
        if bool(number) != bool(on) and not self.needs_act and not self.errors:
            self.add_error("act_on" if number else "act_number", _("Dell'atto servono il numero e la data."))
        if on and on > self.today:
            self.add_error("act_on", _("La data dell'atto è nel futuro."))
        return {**data, "act": OutsideAct(number, on) if number and on else None}


class StoryForm(VersionedForm):
    placement = forms.ChoiceField(label=_("Di chi è la storia"), help_text=_("Resta in ufficio: nella pagina pubblica non c'è."))
    title = forms.CharField(label=_("Titolo"), max_length=80)
    text = forms.CharField(
        label=_("Racconto"),
        max_length=1500,
        widget=forms.Textarea,
        help_text=_("Senza nomi, Comuni, numeri di telefono: se una parola fa riconoscere qualcuno, il programma la ferma."),
    )
    names_host = forms.BooleanField(label=_("L'impresa è d'accordo a essere nominata"), required=False)
    host_agreed_by = forms.CharField(label=_("Chi dell'impresa ha detto di sì"), max_length=120, required=False)
    host_agreed_on = forms.DateField(label=_("Quando l'ha detto"), required=False)
    fieldsets: Any = (
        (_("La storia"), ("placement", "title", "text")),
        (_("Il nome dell'impresa"), ("names_host", "host_agreed_by", "host_agreed_on")),
    )

    def __init__(self, *args: Any, placements: Choices | None = None, story: Story | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if story:
            del self.fields["placement"]
            self.fieldsets = ((_("La storia"), ("title", "text")), self.fieldsets[1])
        else:
            self.fields["placement"].choices = [NOTHING_CHOSEN, *(placements or ())]  # type: ignore[attr-defined]


class ReadForm(Form):
    read_on = forms.DateField(label=_("L'ha letta il"), help_text=_("Il giorno in cui la persona ha letto queste parole e ha detto di sì."))
