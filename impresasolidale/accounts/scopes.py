"""What a key for another program may be given: scopes, each a part of the permission table. A key opens what its scopes and its owner's
roles open together, and nothing more."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from .permissions import Permission as P

_REPORTS = frozenset({P.SEE_REPORTS, P.ORDER_REPORTS, P.ORDER_AGGREGATES, P.ORDER_COMUNE_SHEETS})  # each kind is read by its own right
# scope → (what it is called, the permissions it carries). A scope that writes carries what is read to write it.
SCOPES: dict[str, tuple[object, frozenset[P]]] = {
    "read:companies": (_("Imprese, sedi, tutor e posti: leggere"), frozenset({P.SEE_COMPANIES})),
    "write:companies": (_("Imprese e richieste di adesione: scrivere"), frozenset({P.SEE_COMPANIES, P.EDIT_COMPANIES})),
    "read:people": (_("Persone: leggere"), frozenset({P.SEE_PEOPLE})),
    "write:people": (_("Persone: registrare"), frozenset({P.SEE_PEOPLE, P.EDIT_PEOPLE})),
    "read:reserved": (_("Persone: anche indirizzi protetti e area giudiziaria"), frozenset({P.SEE_PROTECTED_ADDRESS, P.SEE_JUDICIAL})),
    "read:placements": (_("Tirocini e convenzioni: leggere"), frozenset({P.SEE_PLACEMENTS})),
    "write:placements": (_("Tirocini: preparare bozze"), frozenset({P.SEE_PLACEMENTS, P.PREPARE_PLACEMENTS})),
    "read:attendance": (_("Presenze e fogli del mese: leggere"), frozenset({P.SEE_PLACEMENTS})),
    "write:attendance": (_("Presenze: segnare e confermare"), frozenset({P.SEE_PLACEMENTS, P.RECORD_ATTENDANCE, P.CONFIRM_MONTHS})),
    "read:allowances": (_("Contributi del mese: leggere"), frozenset({P.SEE_ALLOWANCES})),
    "read:monitoring": (_("Visite e valutazioni: leggere"), frozenset({P.FOLLOW_VISITS, P.KEEP_EVALUATIONS})),
    "read:training": (_("Formazione: leggere"), frozenset({P.SEE_TRAINING})),
    "read:money": (_("Liquidazioni e capitoli: leggere"), frozenset({P.SEE_MONEY, P.PREPARE_LIQUIDATIONS})),
    "write:money": (_("Esiti dei pagamenti: scrivere"), frozenset({P.SEE_MONEY, P.PREPARE_LIQUIDATIONS, P.RECORD_PAYMENTS})),
    "read:fund": (_("Fondo: leggere"), frozenset({P.SEE_FUND})),
    "read:contributions": (_("Contributi dei donatori: leggere"), frozenset({P.RECORD_CONTRIBUTIONS})),
    "read:certification": (_("Riconoscimenti: leggere"), frozenset({P.SEE_CERTIFICATES})),
    "read:projects": (_("Progetti: leggere"), frozenset({P.SEE_PROJECTS})),
    "read:reports": (_("Rapporti: leggere"), _REPORTS),
    "write:reports": (_("Rapporti: chiedere"), _REPORTS | {P.ORDER_REPORTS}),
    "read:papers": (_("Carte da protocollare: leggere"), frozenset({P.RECORD_PROTOCOL})),
    "write:papers": (_("Numeri di protocollo: scrivere"), frozenset({P.RECORD_PROTOCOL})),
    "read:todos": (_("Cose da fare: leggere"), frozenset()),
}


def opened_by(granted: Collection[str]) -> frozenset[P]:
    """The permissions of these scopes; a scope that is no more opens nothing."""
    return frozenset().union(*(SCOPES[name][1] for name in granted if name in SCOPES))


def offered_to(permissions: frozenset[P]) -> list[tuple[str, object]]:
    """(scope, its words) that make sense for somebody with these permissions: each carries at least one of them, a write its own."""
    found = []
    for name, (words, carried) in SCOPES.items():
        own = carried - SCOPES.get(name.replace("write:", "read:"), (None, frozenset()))[1] if name.startswith("write:") else carried
        if (own or carried) & permissions or not carried:
            found.append((name, words))
    return found
