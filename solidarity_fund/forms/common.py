"""What several forms of the fund share."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE
from impresasolidale.core.words import euro
from impresasolidale.treasury.selectors import PotBalance

from ..enums import kinds_in_words
from ..models import Donor, PotPurpose

Choices = Iterable[tuple[str, str]]
NOTHING_CHOSEN = ("", CHOOSE)
# A pot that does not pay the kind of help is not among the choices.
OTHER_POT = {"invalid_choice": _("Questo salvadanaio non dà questo aiuto: scegline un altro.")}


def pot_choices(pots: Iterable[PotBalance], purposes: Mapping[int, PotPurpose], *, kind: str = "") -> list[tuple[str, str]]:
    """Pots with what is free in each and what it may pay; with a `kind`, without those that do not pay it."""
    found = []
    for p in pots:
        only = purposes.get(p.pot.pk)
        if only and kind and not only.allows(kind):
            continue
        words = _("%(name)s (liberi %(free)s)") % {"name": p.pot.name, "free": euro(p.free)}
        if only and only.kinds:
            words = _("%(pot)s (solo: %(kinds)s)") % {"pot": words, "kinds": kinds_in_words(only.kinds)}
        found.append((str(p.pot.public_id), words))
    return found


def donor_labels(donors: Iterable[Donor]) -> list[tuple[str, str]]:
    """Donors, each with what it is: two may have one name."""
    return [(str(d.public_id), f"{d.name} ({d.get_kind_display()})") for d in donors]


def over_zero(amount: Any) -> Any:
    if amount <= 0:
        raise ValidationError(_("L'importo deve essere maggiore di zero."))
    return amount
