"""The table of kinds: one row a paper. The service issues from it, the page draws its buttons from it, the office sets stamp duty on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission

from ..enums import HOSTED, LIVE, OVER, PlacementState
from ..models import Placement
from . import closing, easy, letters

S = PlacementState
AGREED = (S.PROPOSED, S.TO_SIGN, S.SIGNED, *LIVE)
OUT = (S.TO_SIGN, S.SIGNED, *HOSTED, S.VALIDATED)  # the project has been issued


@dataclass(frozen=True)
class PaperKind:
    """`label` is printed, so it stays Italian. `context(placement, details)` gives what the paper says; `asks` names the details that
    somebody has to write, `states` those of a placement the paper makes sense in."""

    code: str
    label: str
    template: str
    context: Callable[[Placement, dict[str, Any]], dict[str, Any]]
    states: tuple[str, ...]
    permission: Permission = Permission.PREPARE_PLACEMENTS
    asks: tuple[str, ...] = ()
    page: str = ""  # the address of a room above that makes it, with what this room does not know

    @property
    def slug(self) -> str:
        return self.code.rpartition(".")[2]

    @property
    def in_bulk(self) -> bool:
        """Nothing has to be written for one placement alone."""
        return not self.asks


_ROWS = (
    PaperKind("agreements.pact", "Il mio patto", "agreements/pdf/pact_v1.html", easy.pact, AGREED),
    PaperKind("agreements.easy_week", "La mia settimana", "agreements/pdf/easy_week_v1.html", easy.week, AGREED),
    PaperKind(
        "agreements.suspension", "Sospensione del tirocinio", "agreements/pdf/suspension_v1.html", closing.suspension, (S.SUSPENDED,)
    ),
    PaperKind("agreements.early_end", "Chiusura anticipata del tirocinio", "agreements/pdf/early_end_v1.html", closing.early_end, OVER),
    PaperKind(
        "agreements.final_attestation",
        "Attestazione finale",
        "agreements/pdf/final_attestation_v1.html",
        closing.attestation,
        OVER,
        asks=("activities", "shown"),
        page="monitoring:attestation",
    ),
    PaperKind(
        "agreements.letter_host", "Lettera all'impresa", "agreements/pdf/letter_v1.html", letters.to_host, OUT, Permission.RECORD_PROTOCOL
    ),
    PaperKind(
        "agreements.letter_person",
        "Lettera alla persona",
        "agreements/pdf/letter_v1.html",
        letters.to_person,
        OUT,
        Permission.RECORD_PROTOCOL,
    ),
    PaperKind(
        "agreements.letter_inail",
        "Lettera all'INAIL",
        "agreements/pdf/letter_v1.html",
        letters.to_inail,
        OUT,
        Permission.RECORD_PROTOCOL,
        asks=("pec",),
    ),
)
KINDS: dict[str, PaperKind] = {kind.slug: kind for kind in _ROWS}


def available(placement: Placement, access: Access) -> list[PaperKind]:
    """What may be made now, by this person."""
    return [kind for kind in KINDS.values() if placement.state in kind.states and access.may(kind.permission)]
