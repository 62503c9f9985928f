"""Passwords that somebody guesses: lists of leaked words and what people make of them, words of the place, and a list of the operator's
own."""

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from impresasolidale.core.context import PRODUCT_NAME

from .models import Membership

READ = 72  # characters that are judged: the work grows with their square, and what follows only adds
ENOUGH = 10**12  # guesses, each a tenth of a second of argon2; at zxcvbn's own highest score, 10**10, one made word in nine passed
OWN_WORDS = (
    "tirocinio",
    "tirocini",
    "tirocinante",
    "ufficio",
    "piano",
    "ambito",
    "sociale",
    "solidale",
    "impresa",
    "password",
    "benvenuto",
)


def words_about(user: Any) -> list[str]:
    """What somebody tries first of this user and this place; `docs/operations/sign-in.md` says which."""
    texts = [*OWN_WORDS, PRODUCT_NAME, urlsplit(settings.BASE_URL).hostname or ""]
    if user is not None:
        texts += [user.first_name, user.last_name, user.email]
        held = Membership.objects.filter(user_id=user.pk).select_related("network", "ambito", "company") if user.pk else ()
        texts += [place.name for row in held for place in (row.network, row.ambito, row.company) if place]
    found = {word.lower() for text in texts for word in re.split(r"[\W_]+", text) if len(word) > 2}
    return sorted(found | {"".join(re.split(r"[\W_]+", text.lower())) for text in texts})


class GuessedValidator:
    """Refuses what is found with a list of leaked words and patience: doubled, counted on, with a year behind, on neighbouring keys."""

    def validate(self, password: str, user: Any = None) -> None:
        from zxcvbn import zxcvbn  # its lists take a moment to load, and few requests need them

        if zxcvbn(password[:READ], user_inputs=words_about(user))["guesses"] < ENOUGH:
            raise ValidationError(
                _(
                    "Questa password si indovina: è fatta di parole molto usate, di un nome, di numeri in fila o di tasti vicini. "
                    "Quattro o cinque parole senza legame fra loro vanno bene."
                ),
                code="password_guessed",
            )

    def get_help_text(self) -> str:
        return _("Quattro o cinque parole senza legame fra loro vanno bene.")


class ListedValidator:
    """Refuses what stands in the operator's own list of stolen passwords, whatever its capitals."""

    def __init__(self, path: str) -> None:
        self.path = path

    def validate(self, password: str, user: Any = None) -> None:
        if password.casefold().strip() in _listed(self.path):
            raise ValidationError(_("Questa password è in un elenco di password rubate: scegline un’altra."), code="password_listed")

    def get_help_text(self) -> str:
        return ""


@lru_cache(maxsize=1)
def _listed(path: str) -> frozenset[str]:
    """Only those as long as ours must be: the others are refused anyhow."""
    opened = cast("IO[str]", gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else Path(path).open(encoding="utf-8"))
    with opened as file:
        return frozenset(word for line in file if len(word := line.rstrip("\r\n").casefold().strip()) >= 15)
