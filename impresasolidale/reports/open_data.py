"""Open data: which datasets there are, how their rows are made and hidden, and the files written from them.

What leaves the network is the same for everybody: the file, the page of figures and the home page read one release. A row once published
is never counted again: later releases repeat it as it is, so two of them do not tell what changed between
them (docs/operations/open-data.md).
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from companies.hosts.ateco import section, section_words
from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.core.small_numbers import hide_table, is_small
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import HOSTED
from solidarity_fund.selectors.account import published_accounts

from .indicators import BY_CODE, side_by_side
from .periods import Period
from .tables import from_values

DEFINITION = 1  # raise it when a column or its meaning changes: nothing is taken over from releases before
SETTLED_AFTER = 9  # days: by then the sheets of a month are closed (rule 31 asks for the fifth, and the office three days later)
QUARTERS, MONTHS, YEARS = 8, 24, 2  # how far back the first release goes
WHOLE = "rete"  # in the column of the Ambito: all together
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

Row = list[Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Column:
    """`kind`: "text", "integer", "decimal" (euro, as text with a point) or "date" (ISO 8601)."""

    name: str
    kind: str
    words: Any


@dataclass(frozen=True)
class Dataset:
    """`code` is in its address for ever. `frequency`: of the EU's vocabulary. The first `keys` columns say what a row is about."""

    code: str
    title: Any
    description: Any
    frequency: str
    columns: tuple[Column, ...]
    keys: int


def _ambito() -> Column:
    return Column("ambito", "text", _("Codice dell'Ambito; «rete» per tutti insieme"))


def _of(code: str) -> Column:
    """A column that is an indicator of the library: the same definition."""
    return Column(code, "integer", BY_CODE[code].definition)


PER_QUARTER = ("started", "ran", "running", "ended", "people", "hosts", "comuni", "tutors")
DATASETS: tuple[Dataset, ...] = (
    Dataset(
        "tirocini-per-trimestre",
        _("Tirocini per Ambito e trimestre"),
        _("Tirocini iniziati, attivi, in corso e finiti, persone, imprese ospitanti, Comuni e tutor, per ogni trimestre concluso."),
        "QUARTERLY",
        (Column("trimestre", "text", _("Anno e trimestre, come 2026-T3")), _ambito(), *(_of(code) for code in PER_QUARTER)),
        2,
    ),
    Dataset(
        "ore-per-mese",
        _("Ore di tirocinio per Ambito e mese"),
        _("Minuti previsti e fatti e giorni di presenza di ogni mese concluso."),
        "MONTHLY",
        (
            Column("mese", "text", _("Anno e mese, come 2026-10")),
            _ambito(),
            Column("minuti_previsti", "integer", _("Quanti minuti erano nel calendario del mese.")),
            Column("minuti_fatti", "integer", _("Quanti minuti sono stati fatti davvero.")),
            Column("giorni_presenza", "integer", BY_CODE["days"].definition),
        ),
        2,
    ),
    Dataset(
        "imprese-per-attivita",
        _("Imprese ospitanti per Ambito e attività"),
        _("Imprese con almeno un tirocinio in corso nell'anno, per sezione della classificazione ATECO 2025. Solo anni conclusi."),
        "ANNUAL",
        (
            Column("anno", "text", _("Anno concluso")),
            _ambito(),
            Column("sezione", "text", _("Lettera della sezione ATECO 2025; «-» se non indicata")),
            Column("attivita", "text", _("Che attività è, in breve")),
            Column("imprese", "integer", _("Quante imprese, ognuna una volta.")),
        ),
        4,
    ),
    Dataset(
        "riconoscimenti",
        _("Imprese riconosciute per Ambito"),
        _("Riconoscimenti validi alla fine di ogni mese, secondo il Comune della sede legale. I nomi stanno nel registro pubblico."),
        "MONTHLY",
        (Column("mese", "text", _("Anno e mese, come 2026-10")), _ambito(), _of("recognised")),
        2,
    ),
    Dataset(
        "formazione",
        _("Corsi e attestati dei tutor aziendali"),
        _("Corsi tenuti e attestati dati in tutta la rete, e tutor formati per Ambito, per ogni trimestre concluso."),
        "QUARTERLY",
        (
            Column("trimestre", "text", _("Anno e trimestre, come 2026-T3")),
            _ambito(),
            _of("certified"),
            Column("courses", "integer", _("Quante edizioni di un corso sono finite nel trimestre; solo per tutta la rete.")),
        ),
        2,
    ),
    Dataset(
        "fondo-per-anno",
        _("Fondo di solidarietà: entrate e uscite per anno"),
        _(
            "Quanto è entrato nel fondo, da chi, e a che cosa è servito, nei rendiconti approvati. "
            "Se un rendiconto è sostituito cambia anche qui."
        ),
        "ANNUAL",
        (
            Column("anno", "text", _("Anno concluso")),
            Column("verso", "text", _("«entrate» oppure «uscite»")),
            Column("voce", "text", _("Il tipo di donatore o di aiuto, come nel rendiconto; i tipi con pochi sono uniti")),
            Column("quanti", "integer", _("Quanti donatori, o quante persone aiutate: chi ha aiuti di più tipi conta in ognuno.")),
            Column("euro", "decimal", _("L'importo in euro.")),
        ),
        3,
    ),
    Dataset(
        "fondo-per-salvadanaio",
        _("Fondo di solidarietà: salvadanai per anno"),
        _("Per ogni salvadanaio del fondo quanto c'era, è entrato, è rientrato, è uscito e resta, nei rendiconti approvati."),
        "ANNUAL",
        (
            Column("anno", "text", _("Anno concluso")),
            Column("salvadanaio", "text", _("Il nome; quelli con pochi aiuti sono uniti")),
            Column("inizio", "decimal", _("Quanto c'era all'inizio dell'anno.")),
            Column("ricevuti", "decimal", _("Quanto è entrato.")),
            Column("rientrati", "decimal", _("Quanto è tornato indietro.")),
            Column("versati", "decimal", _("Quanto è uscito.")),
            Column("fine", "decimal", _("Quanto resta alla fine dell'anno.")),
            Column("promessi", "decimal", _("Quanto, di quel che resta, è già promesso.")),
            Column("liberi", "decimal", _("Quanto, di quel che resta, è libero.")),
        ),
        2,
    ),
)
BY_DATASET: dict[str, Dataset] = {dataset.code: dataset for dataset in DATASETS}

UNKNOWN = "-"


def last_settled(today: date) -> date:
    """The first day of the month that may be published today: over, and its sheets closed."""
    before = (today - timedelta(days=SETTLED_AFTER)).replace(day=1) - timedelta(days=1)
    return before.replace(day=1)


# --- Rows


@dataclass(frozen=True)
class Made:
    """A release that is not stored yet."""

    rows: Rows
    figures: dict[str, Any]
    threshold: int


def make(access: Access, month: date, today: date, *, before: Any = None) -> Made:
    """All datasets up to the end of `month`. `before`: the release before, of the same definition, whose rows stay as they are."""
    least = common_rules(access.network_id, today).small_number_threshold
    kept: Rows = before.rows if before else {}
    maker = _Maker(access, Period.of("month", month, today), least, kept)
    rows = {
        "tirocini-per-trimestre": maker.quarters("tirocini-per-trimestre", PER_QUARTER),
        "ore-per-mese": maker.months("ore-per-mese", ("planned", "done", "days")),
        "imprese-per-attivita": maker.sections("imprese-per-attivita"),
        "riconoscimenti": maker.months("riconoscimenti", ("recognised",)),
        "formazione": maker.quarters("formazione", ("certified", "courses")),
        **_fund(access),
    }
    return Made(rows, maker.whole(before.figures if before else {}), least)


FLOWS = ("entrate", "uscite")  # tables of the fund's account, by their code


def _fund(access: Access) -> Rows:
    """The approved accounts of the fund as they were frozen and folded: the ledger is not asked. An account that is taken back leaves."""
    by_flow: list[Row] = []
    by_pot: list[Row] = []
    for account in sorted(published_accounts(access), key=lambda row: row.year):
        content = from_values(account.values)
        for flow in FLOWS:
            by_flow += [[account.year_name, flow, *map(_plain, line)] for line in content.table(flow).rows]
        by_pot += [[account.year_name, *map(_plain, line)] for line in content.table("salvadanai").rows]
    return {"fondo-per-anno": by_flow, "fondo-per-salvadanaio": by_pot}


def _plain(cell: Any) -> Any:
    return f"{cell:.2f}" if isinstance(cell, Decimal) else cell


class _Maker:
    def __init__(self, access: Access, month: Period, least: int, kept: Rows) -> None:
        self.access, self.month, self.least, self.kept = access, month, least, kept
        self.ambiti = list(Ambito.objects.filter(network_id=access.network_id).order_by("code"))
        self._sides: dict[Period, Any] = {}

    def _told(self, period: Period, ambito: int | None, code: str) -> Any:
        if period not in self._sides:
            self._sides[period] = side_by_side(self.access, period, least=self.least)
        sides = self._sides[period]
        if ambito is not None and BY_CODE[code].whole_network:
            return None
        return sides.told(ambito, code)

    def _by_period(self, dataset: str, codes: Sequence[str], periods: Sequence[Period]) -> list[Row]:
        rows = list(self.kept.get(dataset, []))
        known = {row[0] for row in rows}
        for period in periods:
            if period.code not in known:
                for name, ambito in [*((a.code, a.pk) for a in self.ambiti), (WHOLE, None)]:
                    rows.append([period.code, name, *(self._told(period, ambito, code) for code in codes)])
        return sorted(rows, key=lambda row: row[0])  # stable: within a period as they were made

    def quarters(self, dataset: str, codes: Sequence[str]) -> list[Row]:
        last = Period.of("quarter", self.month.first, self.month.today)
        return self._by_period(dataset, codes, _back(last if last.last <= self.month.last else last.before, QUARTERS))

    def months(self, dataset: str, codes: Sequence[str]) -> list[Row]:
        return self._by_period(dataset, codes, _back(self.month, MONTHS))

    def sections(self, dataset: str) -> list[Row]:
        """Companies by Ambito and section; no line of a year's table tells a hidden cell, whoever knows its sums."""
        rows = list(self.kept.get(dataset, []))
        known = {row[0] for row in rows}
        last = Period.of("year", self.month.first, self.month.today)
        for year in _back(last if last.last <= self.month.last else last.before, YEARS):
            if year.code in known:
                continue
            counted = _hosts_by_section(self.access, year)
            letters = sorted({letter for _ambito, letter in counted})
            table = hide_table([[counted.get((a.pk, letter), 0) for letter in letters] for a in self.ambiti], self.least)
            for ambito, line in zip(self.ambiti, table, strict=True):
                rows += [[year.code, ambito.code, letter, _activity(letter), cell] for letter, cell in zip(letters, line, strict=True)]
        return sorted(rows, key=lambda row: row[0])

    def whole(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What the home page says of all time. A number moves only when it moves by as many as may be told."""
        with scope(self.access.over_network().scope), connection.cursor() as cursor:
            cursor.execute(WHOLE_TIME, {"network": self.access.network_id, "hosted": list(HOSTED), "last": self.month.last})
            placements, companies = cursor.fetchone()
        found = {"placements": placements, "companies": companies}
        return {name: _moved(before.get(name), number, self.least) for name, number in found.items()}


def _moved(before: int | None, now: int, least: int) -> int | None:
    if before is None:
        return None if is_small(now, least) else now
    return before if abs(now - before) < least else now


def _back(last: Period, count: int) -> list[Period]:
    periods = [last]
    while len(periods) < count:
        periods.insert(0, periods[0].before)
    return periods


WHOLE_TIME = """
SELECT count(*), count(DISTINCT company_id) FROM agreements_placement
 WHERE ambito_id IN (SELECT id FROM territory_ambito WHERE network_id = %(network)s) AND state = ANY (%(hosted)s) AND starts_on <= %(last)s
"""
BY_ACTIVITY = """
SELECT p.ambito_id, o.ateco, count(DISTINCT p.company_id)
  FROM agreements_placement p JOIN hosts_company o ON o.id = p.company_id
 WHERE p.ambito_id = ANY (%(ambiti)s) AND p.state = ANY (%(hosted)s) AND p.starts_on <= %(last)s
   AND (p.ended_on IS NULL OR p.ended_on >= %(first)s)
 GROUP BY 1, 2
"""


def _activity(letter: str) -> str:
    return section_words(letter) or str(_("non indicata"))


def _hosts_by_section(access: Access, year: Period) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    wide = access.over_network()
    with scope(wide.scope), connection.cursor() as cursor:
        asked: dict[str, Any] = {"ambiti": list(wide.ambiti), "hosted": list(HOSTED), "first": year.first, "last": year.last}
        cursor.execute(BY_ACTIVITY, asked)
        for ambito, ateco, number in cursor.fetchall():
            key = (ambito, section(ateco) or UNKNOWN)
            found[key] = found.get(key, 0) + number
    return found


# --- Files


def file_of(dataset: Dataset, rows: Sequence[Row], kind: str) -> bytes:
    """The rows as "csv" (RFC 4180, UTF-8, comma) or "json" (a list of objects). The same rows, the same bytes. Raises KeyError."""
    return {"csv": _csv, "json": _json}[kind](dataset, rows)


def _csv(dataset: Dataset, rows: Sequence[Row]) -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([column.name for column in dataset.columns])
    table.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return out.getvalue().encode()


def _json(dataset: Dataset, rows: Sequence[Row]) -> bytes:
    names = [column.name for column in dataset.columns]
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False, indent=1).encode()


KINDS = ("csv", "json")


def fingerprints(rows: Rows) -> dict[str, dict[str, Any]]:
    """{"code.csv": {"sha256", "bytes"}} of every file."""
    found = {}
    for dataset in DATASETS:
        for kind in KINDS:
            data = file_of(dataset, rows.get(dataset.code, []), kind)
            found[f"{dataset.code}.{kind}"] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return found
