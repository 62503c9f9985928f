"""Forms about the papers of a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import CHOOSE, Form

from .. import selectors
from ..enums import DocumentCategory
from ..models import Beneficiary, PersonDocument
from ._fields import field


class DocumentForm(Form):
    category = forms.ChoiceField(label=gettext_lazy("Che documento è"))
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("Un PDF, oppure una foto JPEG o PNG."))
    dated_on = field(PersonDocument, "dated_on", help_text=gettext_lazy("Quella scritta sul documento."))
    expires_on = field(PersonDocument, "expires_on", help_text=gettext_lazy("Se scade, ti avvisiamo un mese prima."))
    note = forms.CharField(
        label=gettext_lazy("Due parole"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Per riconoscerlo. Non scrivere notizie sulla salute."),
    )

    def __init__(self, *args: Any, access: Access, person: Beneficiary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = selectors.may_see_area(access, person.target_area)
        kinds = [choice for choice in DocumentCategory.choices if seen or choice[0] != DocumentCategory.STATUS_ACT]
        self.fields["category"].choices = [("", CHOOSE), *kinds]  # type: ignore[attr-defined]


class WithdrawForm(Form):
    reason = forms.CharField(label=gettext_lazy("Perché lo ritiri?"), max_length=200)
