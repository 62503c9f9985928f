"""Contributi motivazionali by who pays them, and the sources as the ledger knows them."""

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.selectors import budget_lines

from ..queries import money as queries
from ..tables import Column, Content, Figure, Kind, Picture, table
from ..wanted import Wanted


def by_source(access: Access, wanted: Wanted) -> Content:
    """Confirmed months of the period by source; the year's lines of the ledger beside them, as they stand when the report is made."""
    rows = queries.recognised(access, wanted.first, wanted.last)
    lines = [line for line in budget_lines(access, year=wanted.last.year, beside=(Pot.Use.GRANT,)) if line.allocated or line.paid]
    recognised = table(
        "riconosciuti",
        _("Contributi riconosciuti nel periodo"),
        (
            Column(_("Da dove vengono i soldi")),
            Column(_("Ente")),
            Column(_("Mesi"), Kind.INT),
            Column(_("Persone"), Kind.INT, is_summed=False),
            Column(_("Importo"), Kind.EURO),
        ),
        [(r.pot, r.body, r.months, r.people, r.amount) for r in rows],
        total=_("Totale"),
        note=_("Sono i mesi confermati dall'ufficio, anche se non ancora liquidati. Chi ha più fonti compare in ognuna."),
    )
    sources = table(
        "fonti",
        _("Le fonti nell'anno"),
        (
            Column(_("Da dove vengono i soldi")),
            Column(_("Assegnati"), Kind.EURO),
            Column(_("Impegnati"), Kind.EURO),
            Column(_("Spesi"), Kind.EURO),
            Column(_("Liberi"), Kind.EURO),
        ),
        [(line.name, line.allocated, line.committed, line.paid, line.free) for line in lines],
        total=_("Totale"),
        note=_("Sono i saldi del registro di gestione nel momento in cui il rapporto è stato fatto."),
    )
    total = recognised.totals[4] if recognised.totals else queries.ZERO
    drawn = rows[:6]
    return Content(
        tables=(recognised, sources),
        figures=(
            Figure(_("Contributi riconosciuti"), total, Kind.EURO),
            Figure(_("Spesi nell'anno"), sources.totals[3] if sources.totals else queries.ZERO, Kind.EURO),
            Figure(_("Liberi"), sources.totals[4] if sources.totals else queries.ZERO, Kind.EURO),
        ),
        pictures=(
            Picture("share_bar", _("Chi li versa"), tuple(r.pot for r in drawn), ((_("Importo"), tuple(r.amount for r in drawn)),), "€"),
        )
        if 1 < len(rows) < 7
        else (),
        notes=(_("Gli importi sono quelli calcolati alla conferma dei mesi: qui si sommano soltanto."),),
        empty="" if rows or lines else _("Nel periodo non c'è nessun mese confermato e nessuna fonte."),
    )
