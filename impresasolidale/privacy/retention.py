"""How long each kind of record is kept, as a proposal, and which tables it is made of.

No term here is law: each body has its plan of conservation (DPR 445/2000, art. 68), and what it says is written by the office with its act.
Nothing of a public archive is discarded without the authority's yes (D.Lgs. 42/2004, art. 21.1.d).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from . import kin
from .enums import RetentionKind as K

PROPOSAL = _("proposta, da confermare con il piano di conservazione dell'ente")


@dataclass(frozen=True)
class Shipped:
    """One kind: from which event its months run, how many are proposed (None: for ever), whence ("U": to be confirmed)."""

    kind: K
    event: Any
    months: int | None
    source: Any
    tag: str = "U"


SHIPPED: Mapping[str, Shipped] = {
    row.kind.value: row
    for row in (
        Shipped(
            K.CASE_FILE, _("l'ultimo fatto della persona, quando non è più in carico"), None, _("uso degli archivi: a lungo o per sempre")
        ),
        Shipped(K.ATTENDANCE, _("la fine dell'ultimo tirocinio"), 120, _("uso degli enti: fra 5 e 10 anni")),
        Shipped(K.PAYMENTS, _("l'ultimo versamento, o la fine dell'ultimo tirocinio se è dopo"), 120, _("carte contabili: 10 anni")),
        Shipped(K.HELP, _("l'ultimo fatto dell'ultima richiesta, quando sono tutte concluse"), 120, _("carte contabili: 10 anni")),
    )
}
# A room's tables are of one kind, but those named below.
ROOMS: Mapping[str, K] = {
    "beneficiaries": K.CASE_FILE,
    "matching": K.CASE_FILE,
    "agreements": K.CASE_FILE,
    "monitoring": K.CASE_FILE,
    "attendance": K.ATTENDANCE,
    "solidarity_fund": K.HELP,
}
TABLES: Mapping[str, K] = {
    "attendance.MonthAllowance": K.PAYMENTS,
    "attendance.AllowanceShare": K.PAYMENTS,
    "attendance.Adjustment": K.PAYMENTS,
    "attendance.PlacementCommitment": K.PAYMENTS,
    "beneficiaries.PaymentWay": K.PAYMENTS,
}
# Rooms whose tables no list counts, with the reason.
KEPT: Mapping[str, str] = {"privacy": "how data were protected is shown by these registers"}


def kind_of(model: type[models.Model]) -> K | None:
    return TABLES.get(model._meta.label) or ROOMS.get(model._meta.app_label)


def tables_of(kind: str) -> list[tuple[type[models.Model], str]]:
    """(a table of this kind, its way to the person): "placement__beneficiary". The person's own record is its case file's."""
    return [(model, way) for model, way in _ways().items() if kind_of(model) == kind]


def _ways() -> dict[type[models.Model], str]:
    """The first way of every table that hangs on a person (kin.closure: parents come before)."""
    found: dict[type[models.Model], str] = {}
    for model, keys in kin.closure():
        if not keys:
            found[model] = "pk"
            continue
        name, parent = next((key for key in keys if key[1] in found), keys[0])
        found[model] = name if found.get(parent) == "pk" else f"{name}__{found[parent]}"
    return found
