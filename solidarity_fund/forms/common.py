"""What several forms of the fund share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE, Form
from impresasolidale.core.words import euro
from impresasolidale.treasury.selectors import PotBalance

Choices = Iterable[tuple[str, str]]
NOTHING_CHOSEN = ("", CHOOSE)


def pot_choices(pots: Iterable[PotBalance]) -> list[tuple[str, str]]:
    """Pots with what is free in each."""
    return [(str(p.pot.public_id), _("%(name)s (liberi %(free)s)") % {"name": p.pot.name, "free": euro(p.free)}) for p in pots]


class ReasonForm(Form):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, help_text=_("Una riga basta."))


def over_zero(amount: Any) -> Any:
    if amount <= 0:
        raise ValidationError(_("L'importo deve essere maggiore di zero."))
    return amount
