"""The rules of project funding as pure functions: checks of an expense (74, 75), of the project (76, 77), shares, cost of hours.

Money in euro with cents, time in minutes; nothing here reads a row or a clock. A finding says in words what was looked at; its severity is
the rule book's (house.md §3, RuleBook).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.words import day_short, euro
from impresasolidale.territory.enums import Severity
from impresasolidale.treasury.liquidation_rules import CENT, ZERO, split

from .enums import NO_PROOF, PartnerKind, ProofKind

# The chart of domain.md §6. Its source was recalled, not read ([U]): every code may be changed.
DEFAULT_ITEMS: tuple[tuple[str, Any], ...] = (
    ("A01", "Acquisto di immobili"),
    ("A02", "Lavori e ristrutturazioni"),
    ("A03", "Arredi e attrezzature"),
    ("A04", "Altri investimenti"),
    ("A05", "Personale strutturato"),
    ("A06", "Personale non strutturato"),
    ("A07", "Prestazioni professionali di terzi"),
    ("A08", "Materiali di consumo"),
    ("A09", "Spese correnti"),
    ("A10", "Altre spese gestionali"),
)
# Non-profit bodies, public ones, social co-operatives; not natural persons, for-profit firms, unions, trade associations
# (fondazionecariplo.it/ammissibilita, domain.md §6).
MAY_RECEIVE = frozenset(
    {
        PartnerKind.COMUNE,
        PartnerKind.PROVINCE,
        PartnerKind.PUBLIC,
        PartnerKind.COOPERATIVE,
        PartnerKind.NON_PROFIT,
        PartnerKind.CHAMBER,
    }
)


def may_receive(kind: str) -> bool:
    """Rule 75: whether the funder's money may go to a partner of this kind."""
    return kind in MAY_RECEIVE


@dataclass(frozen=True)
class Finding:
    """One check as it came out. `rule` is its number in domain.md §9; None is good practice of ours."""

    rule: int | None
    severity: Severity
    passed: bool
    words: Any

    @property
    def stops(self) -> bool:
        return not self.passed and self.severity == Severity.BLOCK

    @property
    def warns(self) -> bool:
        return not self.passed and self.severity == Severity.WARN

    @property
    def tone(self) -> str:
        return "ok" if self.passed else "bad" if self.stops else "warn"


@dataclass(frozen=True)
class ExpenseFacts:
    """What the checks of one expense look at. `granted`: euro that a grant source bears; `own_partner`: the payee is a partner itself."""

    starts_on: date
    ends_on: date
    partner_kind: str
    charged: Decimal
    shares: Decimal
    granted: Decimal
    document_on: date
    paid_on: date | None
    proof_kind: str
    has_document: bool
    has_proof: bool
    own_partner: str = ""  # the kind of the partner that is paid, when one is
    cup: str = ""
    project_cup: str = ""


def expense_findings(facts: ExpenseFacts, severity: Mapping[int, Severity]) -> list[Finding]:
    """Rules 74 and 75 of one expense, in the order they are read. A rule that is off says nothing."""
    found: list[Finding] = []

    def say(rule: int, passed: bool, good: Any, wrong: Any) -> None:
        if severity[rule] != Severity.OFF:
            found.append(Finding(rule, severity[rule], passed, good if passed else wrong))

    say(74, facts.has_document, _("C'è il documento di spesa."), _("Manca il documento di spesa: carica il file."))
    say(
        74,
        facts.shares == facts.charged,
        _("Le quote delle fonti danno l'importo imputato."),
        _("Le quote delle fonti fanno %(shares)s, l'imputato è %(charged)s.")
        % {"shares": euro(facts.shares), "charged": euro(facts.charged)},
    )
    in_time = facts.paid_on is not None and facts.starts_on <= facts.paid_on <= facts.ends_on
    period = {"first": day_short(facts.starts_on), "last": day_short(facts.ends_on)}
    say(
        74,
        in_time,
        _("La prova di pagamento ha una data dentro il progetto."),
        _("Manca la data del pagamento.")
        if facts.paid_on is None
        else _("Il pagamento è del %(day)s, fuori dal progetto (%(first)s – %(last)s).") % {"day": day_short(facts.paid_on), **period},
    )
    say(74, *_proof(facts))
    eligible = not facts.granted or may_receive(facts.partner_kind)
    paid_partner = facts.own_partner and facts.granted and not may_receive(facts.own_partner)
    say(
        75,
        bool(eligible and not paid_partner),
        _("Chi spende e chi viene pagato possono ricevere i soldi del finanziatore."),
        _("Chi viene pagato è un partner che non può ricevere i soldi del finanziatore: può essere solo sostenitore.")
        if eligible
        else _("Questo partner non può spendere i soldi del finanziatore: può essere solo sostenitore."),
    )
    if facts.cup and facts.project_cup:
        same = facts.cup == facts.project_cup
        words = _("Il CUP è quello del progetto.") if same else _("Il CUP scritto sul documento non è quello del progetto.")
        found.append(Finding(None, Severity.WARN, same, words))
    return found


def _proof(facts: ExpenseFacts) -> tuple[bool, Any, Any]:
    if facts.proof_kind in NO_PROOF:
        return False, "", _("Un ordine di bonifico o la copia di un assegno non bastano: serve la prova che il pagamento è avvenuto.")
    if facts.proof_kind == ProofKind.VALUE and facts.granted:
        return False, "", _("Il valore in natura non può essere coperto dal contributo: serve un pagamento.")
    good = bool(facts.proof_kind) and facts.has_proof
    return good, _("C'è la prova di pagamento."), _("Manca la prova di pagamento: scegli com'è provata e carica il file.")


def is_proved(proof_kind: str, has_proof: bool, paid_on: date | None) -> bool:
    """Whether a payment counts as proved in the tables: an accepted kind, its file and its day."""
    return bool(proof_kind) and proof_kind not in NO_PROOF and has_proof and paid_on is not None


def cofinancing_finding(total: Decimal, granted: Decimal, *, least: Decimal, severity: Severity) -> Finding | None:
    """Rule 76: of what was spent, at least `least` percent is not the grant's. None while nothing is spent, or the rule is off.

    The promise is a share written with two decimals (92,400 of 152,400 are 60.6299… %, promised as 60.63): so is what it is compared with.
    """
    if not total or severity == Severity.OFF:
        return None
    share = ((total - granted) * 100 / total).quantize(CENT, rounding=ROUND_HALF_UP)
    passed = share >= least
    said = {"share": number_format(share, 2), "least": number_format(least, 2)}
    good = _("Il cofinanziamento è il %(share)s %% di quanto speso: ne serve almeno il %(least)s %%.") % said
    wrong = _("Il cofinanziamento è il %(share)s %% di quanto speso, sotto il %(least)s %% promesso.") % said
    return Finding(76, severity, passed, good if passed else wrong)


def over_tolerance(before: Decimal, after: Decimal, percent: int) -> bool:
    """Rule 77: whether an item moved by more than `percent` of what it was. Of an item that was nothing, any euro is."""
    return abs(after - before) * 100 > before * percent


def shifted(before: Mapping[str, Decimal], after: Mapping[str, Decimal], percent: int) -> list[str]:
    """The items (by code) that a new plan moves beyond the tolerance, in order."""
    return sorted(code for code in {*before, *after} if over_tolerance(before.get(code, ZERO), after.get(code, ZERO), percent))


def overspent(planned: Mapping[str, Decimal], spent: Mapping[str, Decimal], percent: int) -> list[str]:
    """Rule 77 against what happens: the items whose spending is over the plan by more than the tolerance."""
    return sorted(
        code for code, amount in spent.items() if amount > (base := planned.get(code, ZERO)) and over_tolerance(base, amount, percent)
    )


def project_findings(spent: Decimal, granted: Decimal, by_item: Mapping[str, Any], book: Any) -> list[Finding]:
    """Rules 76 and 77 of the whole project, as it was spent so far. `by_item`: code and name → planned and spent; `book`: the rule book."""
    found = [cofinancing_finding(spent, granted, least=book.cofinancing_percent, severity=book.severity(76))]
    severity = book.severity(77)
    if spent and severity != Severity.OFF:
        over = overspent(
            {code: cell.planned for code, cell in by_item.items()},
            {code: cell.spent for code, cell in by_item.items()},
            book.budget_shift_percent,
        )
        said = {"percent": book.budget_shift_percent, "items": ", ".join(over)}
        good = _("Nessuna voce supera il piano di più del %(percent)s %%.") % said
        wrong = _("Oltre il piano di più del %(percent)s %%: %(items)s. Serve una ridefinizione.") % said
        found.append(Finding(77, severity, not over, wrong if over else good))
    return [finding for finding in found if finding is not None]


def shares_by_percent(charged: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """Cents among the sources, largest remainder in their order. The percents are those of a whole: 100."""
    assert sum(percents) == 100, percents
    return split(charged, list(percents))


@dataclass(frozen=True)
class Rate:
    """Euro an hour, from a day to a day (None: until another begins)."""

    valid_from: date
    valid_to: date | None
    value: Decimal


def rate_on(rates: Iterable[Rate], day: date) -> Rate | None:
    """The latest rate that holds on a day."""
    good = [r for r in rates if r.valid_from <= day and (r.valid_to is None or day <= r.valid_to)]
    return max(good, key=lambda r: r.valid_from, default=None)


@dataclass(frozen=True)
class CostRow:
    """Minutes at one rate, and what they cost in euro, rounded half-up to the cent."""

    minutes: int
    value: Decimal
    amount: Decimal


def cost_of(minutes: Iterable[tuple[date, int]], rates: Sequence[Rate]) -> tuple[list[CostRow], list[date]]:
    """A month's cost, a row a rate (in order of their days), and the days that no rate covers."""
    sums: dict[date, tuple[Rate, int]] = {}
    bare: list[date] = []
    for day, worked in sorted(minutes):
        rate = rate_on(rates, day)
        if rate is None:
            bare.append(day)
            continue
        sums[rate.valid_from] = (rate, sums.get(rate.valid_from, (rate, 0))[1] + worked)
    rows = [
        CostRow(worked, rate.value, (rate.value * worked / 60).quantize(CENT, rounding=ROUND_HALF_UP)) for rate, worked in sums.values()
    ]
    return rows, bare


def item_of_staff(is_structured: bool) -> str:
    """The code of the cost item that staff time belongs to (A05, A06)."""
    return "A05" if is_structured else "A06"
