"""The monthly monitoring of an Ambito: a row a placement."""

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from placements.attendance.enums import MonthState

from ..queries import monitoring as queries
from ..tables import Column, Content, Figure, Kind, table
from ..wanted import Wanted


def monthly(access: Access, wanted: Wanted) -> Content:
    """Presences and hours of every placement of a month (rule 31)."""
    states = dict(MonthState.choices)
    rows = queries.monitoring(access, wanted.first)
    columns = (
        Column(_("Persona")),
        Column(_("Impresa")),
        Column(_("Tutor")),
        Column(_("Mese"), Kind.WORD),
        Column(_("Ore previste"), Kind.MINUTES),
        Column(_("Ore fatte"), Kind.MINUTES),
        Column(_("Ore riconosciute"), Kind.MINUTES),
        Column(_("Presenza %"), Kind.PERCENT, ratio=(5, 4)),
        Column(_("Giorni presente"), Kind.INT),
        Column(_("Giorni assente"), Kind.INT),
    )
    months = table(
        "tirocini",
        _("I tirocini del mese"),
        columns,
        [
            (r.person, r.company, r.tutor, str(states[r.state]), r.planned, r.done, r.credited, None, r.days_present, r.days_absent)
            for r in rows
        ],
        total=_("Totale"),
        note=_("Una riga per tirocinio; le ore riconosciute arrivano al massimo a quelle previste."),
    )
    assert months.totals
    return Content(
        tables=(months,),
        figures=(
            Figure(_("Tirocini"), len(rows)),
            Figure(_("Ore previste"), months.totals[4], Kind.MINUTES),
            Figure(_("Ore fatte"), months.totals[5], Kind.MINUTES),
            Figure(_("Ore riconosciute"), months.totals[6], Kind.MINUTES),
            Figure(_("Giorni di presenza"), months.totals[8]),
        ),
        notes=(_("Le ore vengono dai fogli presenze del mese, come li ha segnati il tutor e come li ha confermati l'ufficio."),),
        empty="" if rows else _("In questo mese nessun tirocinio dell'Ambito ha un foglio presenze: le tabelle restano vuote."),
    )
