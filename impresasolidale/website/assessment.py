"""The self-assessment of accessibility, on AgID's model: each criterion of WCAG 2.1 A and AA with its state and how it was looked at.

Written by hand in data/accessibility.json; a body copies it into its own statement and adds what is only its own.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View

from impresasolidale.core.spreadsheets import table_response

from .views import PublicPage

FILE = Path(__file__).parent / "data" / "accessibility.json"
STATES = {
    "met": (gettext_lazy("soddisfatto"), "ok"),
    "not_met": (gettext_lazy("non soddisfatto"), "bad"),
    "not_applicable": (gettext_lazy("non applicabile"), "neutral"),
}
CHECKS = {
    "axe": gettext_lazy("axe su ogni tipo di pagina, a ogni modifica"),
    "keys": gettext_lazy("con la sola tastiera"),
    "narrow": gettext_lazy("a 320, 360 e 768 punti di larghezza, senza scorrere di lato"),
    "spacing": gettext_lazy("con gli spazi del testo allargati"),
    "script": gettext_lazy("senza JavaScript, con i moduli pieni di errori"),
    "code": gettext_lazy("rileggendo il codice"),
    "read": gettext_lazy("rileggendo le pagine a mano"),
}


@dataclass(frozen=True)
class Criterion:
    number: str
    level: str
    names: dict[str, str]
    state: str
    checks: tuple[str, ...]
    notes: dict[str, str]

    @property
    def name(self) -> str:
        return self.names[_language()]

    @property
    def note(self) -> str:
        return self.notes[_language()]

    @property
    def state_label(self) -> str:
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def how(self) -> str:
        return "; ".join(str(CHECKS[check]) for check in self.checks)


def _language() -> str:
    return "en" if (get_language() or "it").startswith("en") else "it"


@dataclass(frozen=True)
class SelfAssessment:
    standard: str
    looked_on: date
    criteria: tuple[Criterion, ...]

    @property
    def not_met(self) -> list[Criterion]:
        return [c for c in self.criteria if c.state == "not_met"]

    def count(self, state: str) -> int:
        return sum(c.state == state for c in self.criteria)


@cache
def assessment() -> SelfAssessment:
    found = json.loads(FILE.read_text(encoding="utf-8"))
    criteria = tuple(
        Criterion(row["number"], row["level"], row["name"], row["state"], tuple(row["checks"]), row["note"]) for row in found["criteria"]
    )
    return SelfAssessment(found["standard"], date.fromisoformat(found["looked_at"]), criteria)


class Assessment(PublicPage):
    template_name = "website/assessment.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = assessment()
        counts = [(label, found.count(state)) for state, (label, _tone) in STATES.items()]
        return super().get_context_data(found=found, counts=counts, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class AssessmentFile(View):
    """The same rows, to be filled on."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if kind not in {"csv", "xlsx"}:
            raise Http404
        head = [_("Criterio"), _("Livello"), _("Nome"), _("Stato"), _("Come lo abbiamo guardato"), _("Nota")]
        rows = [[c.number, c.level, c.name, c.state_label, c.how, c.note] for c in assessment().criteria]
        return table_response(kind, name="autovalutazione-accessibilita", head=head, rows=rows)
