"""Activity of a quarter or a year: of one Ambito, and of the network, where what is small is hidden."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core.words import written
from impresasolidale.territory.models import Ambito, Comune
from placements.beneficiaries.enums import TargetArea

from ..indicators import INDICATORS, Figures, Sides, Unit, figures, side_by_side
from ..queries import activity as queries
from ..tables import Column, Content, Figure, Kind, Picture, Said, Table, masked, table
from ..wanted import Wanted
from . import course

PEOPLE = "placement__beneficiary__"
HIDDEN = gettext_lazy("Un trattino sta al posto dei numeri che riguardano meno di %(least)s persone, e di quelli che li farebbero capire.")


def _columns(first: str, *, once: bool) -> tuple[Column, ...]:
    """`once`: nobody stands in two rows, so people may be added up."""
    return (
        Column(first, Kind.WORD),
        Column(_("Persone"), Kind.INT, is_summed=once),
        Column(_("Tirocini"), Kind.INT, is_summed=once),
        Column(_("Ore previste"), Kind.MINUTES),
        Column(_("Ore fatte"), Kind.MINUTES),
        Column(_("Ore riconosciute"), Kind.MINUTES),
        Column(_("Presenza %"), Kind.PERCENT, ratio=(4, 3)),
        Column(_("Giorni presente"), Kind.INT),
    )


def _row(name: str, done: queries.Done) -> tuple[Any, ...]:
    return (name, done.people, done.placements, done.planned, done.done, done.credited, None, done.days_present)


def _compared(access: Access, wanted: Wanted) -> tuple[Table, Table, Figures]:
    """Counts and shares of the library of indicators, beside those of the period before."""
    now, before = (figures(access, period) for period in (wanted.period, wanted.period.before))

    def of(code: str, title: str, unit: Unit, kind: Kind) -> Table:
        columns = (
            Column(_("Indicatore"), Kind.WORD),
            Column(_("Nel periodo"), kind, is_summed=False),
            Column(_("Periodo prima"), kind, is_summed=False),
            Column(_("Che cosa dice"), Kind.WORD),
        )
        chosen = [i for i in INDICATORS if i.unit == unit and not i.whole_network]
        return table(code, title, columns, [(str(i.label), now[i.code], before[i.code], str(i.definition)) for i in chosen])

    return of("indicatori", _("Indicatori"), Unit.NUMBER, Kind.INT), of("quote", _("Quote"), Unit.PERCENT, Kind.PERCENT), now


def _side_by_side(access: Access, wanted: Wanted) -> tuple[Table, Table, Sides]:
    """The same by Ambito, and of the network: what is small is hidden with what would give it away."""
    sides = side_by_side(access, wanted.period, least=wanted.least)
    ambiti = list(Ambito.objects.filter(network_id=access.network_id))

    def of(code: str, title: str, unit: Unit, kind: Kind) -> Table:
        owners = [(a.pk, a.name) for a in ambiti] + [(None, _("Rete"))]
        columns = (Column(_("Indicatore"), Kind.WORD), *(Column(name, kind, is_summed=False) for _pk, name in owners))
        chosen = [i for i in INDICATORS if i.unit == unit]
        rows = [(str(i.label), *(sides.told(pk, i.code) for pk, _name in owners)) for i in chosen]
        return table(code, title, columns, rows, note=Said(HIDDEN, least=wanted.least))

    return of("indicatori", _("Indicatori"), Unit.NUMBER, Kind.INT), of("quote", _("Quote"), Unit.PERCENT, Kind.PERCENT), sides


def of_ambito(access: Access, wanted: Wanted) -> Content:
    """Month by month, by area, by comune of residence."""
    sheets = queries.sheets_of(access, wanted.first, wanted.period.cut_off)
    months = queries.done_by(sheets, "month")
    areas = queries.by_area(sheets)
    comuni = queries.done_by(sheets, f"{PEOPLE}residence")
    names = dict(Comune.objects.filter(pk__in=[c.key for c in comuni]).values_list("pk", "name"))
    counts, shares, found = _compared(access, wanted)
    by_month = table(
        "mesi",
        _("Mese per mese"),
        _columns(_("Mese"), once=False),
        [_row(written(m.key, "F Y"), m) for m in months],
        total=_("Totale"),
        note=_("Chi è in tirocinio per più mesi compare in ognuno: le persone non si sommano."),
    )
    by_area = table(
        "aree",
        _("Per area"),
        _columns(_("Area"), once=True),
        [_row(str(TargetArea(a.key).label), a) for a in areas],
        total=_("Totale"),
        note=_("L'area serve solo alle statistiche: non è una diagnosi. L'area giudiziaria è contata con la difficoltà sociale."),
    )
    by_comune = table(
        "comuni",
        _("Per Comune di residenza"),
        _columns(_("Comune"), once=True),
        sorted((_row(names.get(c.key, "—"), c) for c in comuni), key=lambda row: str(row[0])),
        total=_("Totale"),
    )
    assert by_month.totals
    return Content(
        tables=(by_month, by_area, by_comune, *course.of_ambito(access, wanted), counts, shares),
        figures=(
            Figure(_("Persone"), found["people"]),
            Figure(_("Tirocini"), found["ran"]),
            Figure(_("Imprese"), found["hosts"]),
            Figure(_("Ore fatte"), by_month.totals[4], Kind.MINUTES),
            Figure(_("Presenza"), by_month.totals[6], Kind.PERCENT),
        ),
        pictures=_hours(months),
        notes=(
            _("Le ore vengono dai fogli presenze dei mesi del periodo; inizi e conclusioni dalle date dei tirocini."),
            _("Degli indicatori la tabella dice che cosa contano; formula e fonte sono nella pagina degli indicatori."),
        ),
        empty="" if months else _("Nel periodo nessun tirocinio dell'Ambito ha un foglio presenze: le tabelle restano vuote."),
    )


def of_network(access: Access, wanted: Wanted) -> Content:
    """The Ambiti side by side and together: aggregates alone, small numbers hidden with what would give them away (rule 88)."""
    sheets = queries.sheets_of(access, wanted.first, wanted.period.cut_off)
    areas = queries.by_area(sheets)
    months = queries.done_by(sheets, "month")
    counts, shares, sides = _side_by_side(access, wanted)
    by_area = masked(
        "aree",
        _("Per area"),
        _columns(_("Area"), once=True),
        [_row(str(TargetArea(a.key).label), a) for a in areas],
        least=wanted.least,
        total=_("Totale"),
        note=Said(HIDDEN, least=wanted.least),
    )
    done = sides.told(None, "done")
    return Content(
        tables=(counts, shares, by_area, *course.of_network(access, wanted)),
        figures=(
            Figure(_("Persone"), sides.told(None, "people")),
            Figure(_("Tirocini"), sides.told(None, "ran")),
            Figure(_("Imprese"), sides.told(None, "hosts")),
            Figure(_("Ore fatte"), done, Kind.MINUTES),
            Figure(_("Presenza"), sides.told(None, "attendance"), Kind.PERCENT),
        ),
        pictures=() if done is None or any(m.people < wanted.least for m in months) else _hours(months),
        notes=(
            _("Le ore vengono dai fogli presenze dei mesi del periodo; inizi e conclusioni dalle date dei tirocini."),
            _("Qui non c'è nessun nome e nessun Comune: solo somme."),
        ),
        empty="" if months else _("Nel periodo nessun tirocinio della rete ha un foglio presenze: le tabelle restano vuote."),
    )


def _hours(months: Sequence[queries.Done]) -> tuple[Picture, ...]:
    if not months:
        return ()
    labels = tuple(written(m.key, "M") for m in months)
    series = ((_("previste"), tuple(m.planned for m in months)), (_("fatte"), tuple(m.done for m in months)))
    return (Picture("bars", _("Ore previste e fatte"), labels, series, "h"),)
