"""Messages between an office and a company."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form


class PostForm(Form):
    text = forms.CharField(
        label=gettext_lazy("Messaggio"),
        max_length=4000,
        widget=forms.Textarea({"rows": "6"}),
        help_text=gettext_lazy("Non scrivere notizie sulla salute delle persone."),
    )
    file = forms.FileField(
        label=gettext_lazy("Allegato"),
        required=False,
        help_text=gettext_lazy("PDF, oppure foto JPEG o PNG, fino a 10 MB. Resta qui: non parte per posta."),
    )


class NewThreadForm(PostForm):
    address = forms.ChoiceField(label=gettext_lazy("A chi"))
    subject = forms.CharField(label=gettext_lazy("Di che cosa si tratta"), max_length=120)
    field_order = ("address", "subject", "text", "file")

    def __init__(self, *args: Any, addresses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].choices = addresses  # type: ignore[attr-defined]


class StrayForm(Form):
    company: Any = forms.ModelChoiceField(label=gettext_lazy("Di quale impresa è"), queryset=None)

    def __init__(self, *args: Any, companies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]
        self.fields["company"].to_field_name = "public_id"  # type: ignore[attr-defined]
