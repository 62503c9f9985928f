"""Forms of the pages of the site."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, VersionedForm

from .models import Article

Choices = list[tuple[str, str]]


class ArticleFilter(Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *Article.State.choices])
    tipo = forms.ChoiceField(label=_("Che cosa"), required=False, choices=[("", _("Tutto")), *Article.Kind.choices])


class ArticleForm(VersionedForm):
    kind = forms.ChoiceField(label=_("Che cos'è"), choices=Article.Kind.choices)
    title = forms.CharField(label=_("Titolo"), max_length=100)
    summary = forms.CharField(
        label=_("In breve"), max_length=200, help_text=_("Una frase: sta nell'elenco, e nei risultati dei motori di ricerca.")
    )
    text = forms.CharField(
        label=_("Testo"),
        max_length=6000,
        widget=forms.Textarea({"rows": "14"}),
        help_text=_("Una riga vuota divide i paragrafi. «## » all'inizio della riga fa un titoletto, «- » un punto di un elenco."),
    )
    company = forms.ChoiceField(label=_("Di quale impresa parla"), required=False)
    company_agreed_by = forms.CharField(label=_("Chi dell'impresa ha detto di sì"), max_length=120, required=False)
    company_agreed_on = forms.DateField(label=_("Quando l'ha detto"), required=False)
    fieldsets: Any = (
        (_("La pagina"), ("kind", "title", "summary", "text")),
        (_("L'impresa, se c'è"), ("company", "company_agreed_by", "company_agreed_on")),
    )

    def __init__(self, *args: Any, companies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].choices = [("", _("Nessuna")), *companies]  # type: ignore[attr-defined]


class PhotoForm(Form):
    photo = forms.FileField(
        label=_("Fotografia"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("JPEG o PNG. Il luogo, l'ora e l'apparecchio che il telefono vi ha scritto vengono tolti."),
    )
    alt = forms.CharField(
        label=_("Che cosa si vede"), max_length=200, help_text=_("Lo legge chi non può guardare: «Due persone potano un melo».")
    )
    people = forms.IntegerField(
        label=_("Quante persone si riconoscono"),
        min_value=0,
        max_value=30,
        help_text=_("Zero se non si riconosce nessuno. Di ogni persona serve il consenso firmato, prima di pubblicare."),
    )


class ConsentForm(Form):
    person = forms.CharField(label=_("Chi si vede"), max_length=120, help_text=_("Nome e cognome: resta in ufficio."))
    given_by = forms.CharField(
        label=_("Chi ha firmato"), max_length=120, required=False, help_text=_("Solo se ha firmato qualcuno che la rappresenta.")
    )
    given_on = forms.DateField(label=_("Quando"))
    file = forms.FileField(label=_("Il foglio firmato"), help_text=_("PDF, oppure foto JPEG o PNG, fino a 10 MB."))


class RevokeForm(Form):
    revoked_on = forms.DateField(label=_("Da quando"))


class PublishForm(VersionedForm):
    pass


class ReturnForm(Form):
    reason = forms.CharField(label=_("Che cosa c'è da cambiare"), max_length=400, widget=forms.Textarea({"rows": "3"}))
