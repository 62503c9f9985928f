"""The versions of the privacy notice of the site. Its words are in templates/website/privacy.html; a test wants a version for each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Revision:
    """`digest`: the SHA-256 of the words it is about, first twelve digits (tests/website/test_site.py)."""

    number: int
    on: date
    what: Any
    digest: str


# The newest first. What was in force before is in the history of the code.
REVISIONS = (
    Revision(2, date(2026, 11, 30), _("Le fotografie, le pagine mostrate nel sito di altri, i cookie uno per uno."), "ab3d77351eeb"),
    Revision(1, date(2026, 6, 1), _("La prima."), "7a0a1a1f6790"),
)
