"""Hosts and capacity of an Ambito."""

from typing import Any

from django.utils.translation import gettext as _

from companies.hosts.ateco import label
from companies.hosts.enums import HostKind, SizeClass
from impresasolidale.accounts.access import Access

from ..queries import hosts as queries
from ..tables import Column, Content, Figure, Kind, Picture, Table, table
from ..wanted import Wanted

SIZES = [*SizeClass.values, ""]  # from the smallest; the last did not say


def capacity(access: Access, wanted: Wanted) -> Content:
    """Who hosts, how many places there are at the end of the period, who comes back. Blocks are counted and never told apart."""
    found = queries.hosts(access, wanted.first, wanted.last)
    held = queries.capacity(access, wanted.last)
    blocked = queries.blocks(access, wanted.first, wanted.last)

    def grouped(code: str, title: str, first: str, rows: list[tuple[Any, ...]]) -> Table:
        columns = (
            Column(first, Kind.WORD),
            Column(_("Imprese"), Kind.INT),
            Column(_("Ospitano nel periodo"), Kind.INT),
            Column(_("Tirocini"), Kind.INT),
        )
        return table(code, title, columns, rows, total=_("Totale"))

    unknown = _("non indicato")
    kinds = [(str(HostKind(k).label), *rest) for k, *rest in queries.grouped(found, lambda h: h.kind)]
    sectors = [(label(k) if k else unknown, *rest) for k, *rest in queries.grouped(found, lambda h: h.ateco[:2])]
    size_words = [*map(str, SizeClass.labels), unknown]
    sizes = [(size_words[k], *rest) for k, *rest in queries.grouped(found, lambda h: SIZES.index(h.size))]
    hosting = [h for h in found if h.hosted]
    returning = [h for h in hosting if h.before > 1]
    places = table(
        "posti",
        _("Posti offerti, occupati e liberi"),
        (
            Column(_("Comune della sede")),
            Column(_("Sedi"), Kind.INT),
            Column(_("Posti offerti"), Kind.INT),
            Column(_("Occupati"), Kind.INT),
            Column(_("Liberi"), Kind.INT),
        ),
        [(c.comune, c.sites, c.offered, c.taken, c.free) for c in held],
        total=_("Totale"),
        note=_("Come sono l'ultimo giorno del periodo. Una sede che accoglie più persone di quelle dette non ha posti liberi."),
    )
    back = table(
        "ritorni",
        _("Chi torna a ospitare"),
        (Column(_("Imprese"), Kind.WORD), Column(_("Numero"), Kind.INT)),
        [
            (_("al primo tirocinio"), len(hosting) - len(returning)),
            (_("al secondo o terzo"), sum(h.before in (2, 3) for h in returning)),
            (_("con quattro o più"), sum(h.before > 3 for h in returning)),
        ],
        total=_("Totale"),
        note=_("Si contano i tirocini iniziati in questo Ambito, da sempre, dalle imprese che ospitano nel periodo."),
    )
    totals = places.totals or ()
    return Content(
        tables=(
            places,
            grouped("tipi", _("Che imprese sono"), _("Tipo"), kinds),
            grouped("settori", _("In che settori"), _("Attività (ATECO)"), sectors),
            grouped("dimensioni", _("Quanto sono grandi"), _("Addetti"), sizes),
            back,
        ),
        figures=(
            Figure(_("Imprese"), len(found)),
            Figure(_("Ospitano nel periodo"), len(hosting)),
            Figure(_("Posti offerti"), totals[2]),
            Figure(_("Liberi"), totals[4]),
            Figure(_("Blocchi in vigore"), blocked),
        ),
        pictures=(Picture("donut", _("Posti"), (_("Occupati"), _("Liberi")), ((_("Posti"), (totals[3], totals[4])),)),) if held else (),
        notes=(
            _("Sono le imprese con una sede aperta in un Comune dell'Ambito, o che nel periodo ospitano qualcuno dell'Ambito."),
            _("Dei blocchi si dice solo quanti sono stati in vigore nel periodo."),
        ),
        empty="" if found else _("Nessuna impresa ha una sede in questo Ambito."),
    )
