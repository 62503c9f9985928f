"""The library of indicators: what each figure means, how it is made, whom it may be shown to, and the one function that makes them all.

Values come from rows, never from other figures: counts and sums by four statements, shares from two of them (whole percent, half-up).
Nobody's figure is "better" for people hired: a TRR does not aim at that (domain.md §0). Minutes stay minutes, euro stay Decimal.

`figures` gives bare values, which are for inside. Whatever leaves an Ambito goes through `side_by_side`, which hides (rule 88).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, overload

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.scope import scope
from impresasolidale.core.small_numbers import Bundle, hide_bundles
from placements.agreements.enums import HOSTED, PlacementState
from placements.attendance.enums import MonthState
from placements.monitoring.visit_enums import COUNTED as COUNTED_VISITS

from .periods import Period
from .queries.indicators import COURSE, NETWORK, PLACEMENTS, SHEETS
from .queries.monitoring import percent

TARGET_A_YEAR = 30  # additional TRR, in the whole network (founding text)

Value = int | Decimal | None  # None: there is nothing to take a share of, or it is not told by Ambito
Figures = dict[str, Value]


class Unit(StrEnum):
    NUMBER = "number"
    MINUTES = "minutes"
    PERCENT = "percent"
    EURO = "euro"


class Group(StrEnum):
    PLACEMENTS = "placements"
    PEOPLE = "people"
    HOSTS = "hosts"
    TIME = "time"
    TRAINING = "training"
    DUTIES = "duties"


GROUP_LABELS: dict[str, Promise] = {
    Group.PLACEMENTS: _("I tirocini"),
    Group.PEOPLE: _("Le persone"),
    Group.HOSTS: _("Le imprese e il territorio"),
    Group.TIME: _("Le ore e i giorni"),
    Group.TRAINING: _("I tutor e i corsi"),
    Group.DUTIES: _("Le cose da fare in tempo, e i contributi"),
}


@dataclass(frozen=True)
class Indicator:
    """One figure. `direction`: "up" when more is what the project wants, "down" when less is, "" when it only describes.

    `part` and `whole`: codes of the counts a share is taken of. `whole_network`: it is not split by Ambito.
    """

    code: str
    group: Group
    label: Any
    unit: Unit
    definition: Any
    formula: Any
    source: Any
    direction: Literal["", "up", "down"] = ""
    part: str = ""
    whole: str = ""
    whole_network: bool = False
    is_public: bool = False  # on the site and in the open data; the others stay with who sees the dashboard
    permission: Permission = Permission.SEE_DASHBOARD

    @property
    def group_label(self) -> Any:
        return GROUP_LABELS[self.group]

    @property
    def is_share(self) -> bool:
        return self.unit == Unit.PERCENT


SEED = _("Testo del progetto: indicatori promessi al finanziatore")
MEASURES = _("Misure di esito (dossier §8.4)")
OFFICE = _("Prassi dell'ufficio")

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "started", Group.PLACEMENTS, _("Tirocini iniziati"), Unit.NUMBER,
        _("Quanti tirocini hanno avuto il primo giorno nel periodo."),
        _("Conta dei tirocini partiti davvero con inizio nel periodo."), SEED, is_public=True,
    ),
    Indicator(
        "ran", Group.PLACEMENTS, _("Tirocini attivi nel periodo"), Unit.NUMBER,
        _("Quanti tirocini sono stati in corso almeno un giorno del periodo."),
        _("Conta dei tirocini con inizio entro la fine del periodo e ultimo giorno dopo il suo inizio."), MEASURES, is_public=True,
    ),
    Indicator(
        "running", Group.PLACEMENTS, _("In corso alla fine del periodo"), Unit.NUMBER,
        _("Quanti tirocini erano ancora in corso dopo l'ultimo giorno del periodo, o dopo oggi. Anche quelli sospesi."),
        _("Tirocini attivi nel periodo − tirocini finiti nel periodo."), MEASURES, is_public=True,
    ),
    Indicator(
        "additional", Group.PLACEMENTS, _("Tirocini in più"), Unit.NUMBER,
        _("Quanti dei tirocini iniziati sono in più rispetto a quelli già previsti."),
        _("Conta dei tirocini iniziati nel periodo e segnati «in più rispetto a quelli già previsti»."), SEED, "up",
    ),
    Indicator(
        "additional_share", Group.PLACEMENTS, _("Tirocini in più, rispetto alla promessa"), Unit.PERCENT,
        _("Quanta parte della promessa del progetto, circa 30 tirocini in più all'anno, è stata mantenuta nel periodo."),
        _("Tirocini in più × 12 ÷ (30 × mesi del periodo), in tutta la rete."), SEED, "up", whole_network=True,
    ),
    Indicator(
        "ended", Group.PLACEMENTS, _("Tirocini finiti"), Unit.NUMBER,
        _("Quanti tirocini hanno avuto l'ultimo giorno nel periodo."),
        _("Conta dei tirocini con ultimo giorno nel periodo."), MEASURES, is_public=True,
    ),
    Indicator(
        "completed", Group.PLACEMENTS, _("Finiti alla data prevista"), Unit.NUMBER,
        _("Quanti dei tirocini finiti sono arrivati alla fine prevista dal progetto."),
        _("Tirocini finiti − chiusi in anticipo."), MEASURES,
    ),
    Indicator(
        "ended_early", Group.PLACEMENTS, _("Chiusi in anticipo"), Unit.NUMBER,
        _("Quanti dei tirocini finiti si sono chiusi prima della data prevista, per qualunque motivo."),
        _("Conta dei tirocini finiti con una chiusura anticipata registrata."), MEASURES,
    ),
    Indicator(
        "completion_share", Group.PLACEMENTS, _("Arrivati alla fine"), Unit.PERCENT,
        _("Quanti tirocini su cento, tra quelli finiti, sono arrivati alla data prevista."),
        _("Finiti alla data prevista ÷ finiti × 100, arrotondato all'intero."), MEASURES, "up", part="completed", whole="ended",
    ),
    Indicator(
        "people", Group.PEOPLE, _("Persone in tirocinio"), Unit.NUMBER,
        _("Quante persone hanno avuto almeno un giorno di tirocinio in corso nel periodo."),
        _("Conta delle persone dei tirocini attivi nel periodo, ognuna una volta."), MEASURES, is_public=True,
    ),
    Indicator(
        "new_people", Group.PEOPLE, _("Persone al primo tirocinio"), Unit.NUMBER,
        _("Quante di queste persone non avevano mai fatto un tirocinio qui prima del periodo."),
        _("Persone in tirocinio senza un altro tirocinio iniziato prima del periodo."), MEASURES,
    ),
    Indicator(
        "hosts", Group.HOSTS, _("Imprese ospitanti"), Unit.NUMBER,
        _("Quante imprese hanno avuto almeno un tirocinio in corso nel periodo."),
        _("Conta delle imprese dei tirocini attivi nel periodo, ognuna una volta."), SEED, "up", is_public=True,
    ),
    Indicator(
        "new_hosts", Group.HOSTS, _("Imprese alla prima volta"), Unit.NUMBER,
        _("Quante imprese hanno accolto qualcuno per la prima volta nel periodo."),
        _("Imprese con un tirocinio iniziato nel periodo e nessuno iniziato prima."), MEASURES, "up",
    ),
    Indicator(
        "returning_hosts", Group.HOSTS, _("Imprese che accolgono di nuovo"), Unit.NUMBER,
        _("Quante imprese hanno accolto qualcuno nel periodo dopo averlo già fatto prima."),
        _("Imprese con un tirocinio iniziato nel periodo e almeno uno iniziato prima."), MEASURES, "up",
    ),
    Indicator(
        "comuni", Group.HOSTS, _("Comuni con un tirocinio"), Unit.NUMBER,
        _("In quanti Comuni della rete c'è stata almeno una sede con un tirocinio in corso."),
        _("Conta dei Comuni delle sedi dei tirocini attivi nel periodo, ognuno una volta."), MEASURES, "up",
        is_public=True,
    ),
    Indicator(
        "recognised", Group.HOSTS, _("Imprese riconosciute"), Unit.NUMBER,
        _("Quante imprese avevano un riconoscimento valido l'ultimo giorno del periodo."),
        _("Conta delle imprese con un riconoscimento valido quel giorno, secondo il Comune della sede legale."),
        _("Testo del progetto: la certificazione"), "up", is_public=True,
    ),
    Indicator(
        "recognitions", Group.HOSTS, _("Riconoscimenti dati"), Unit.NUMBER,
        _("Quanti riconoscimenti sono stati decisi con un sì nel periodo."),
        _("Conta dei riconoscimenti dati nel periodo, anche se poi revocati."), _("Testo del progetto: la certificazione"), is_public=True,
    ),
    Indicator(
        "planned", Group.TIME, _("Ore previste"), Unit.MINUTES,
        _("Quante ore di tirocinio erano nel calendario dei mesi del periodo."),
        _("Somma delle ore previste nei fogli presenze dei mesi del periodo."), MEASURES, is_public=True,
    ),
    Indicator(
        "done", Group.TIME, _("Ore fatte"), Unit.MINUTES,
        _("Quante ore di tirocinio sono state fatte davvero nei mesi del periodo."),
        _("Somma delle ore fatte nei fogli presenze dei mesi del periodo."), MEASURES, is_public=True,
    ),
    Indicator(
        "attendance", Group.TIME, _("Ore fatte su previste"), Unit.PERCENT,
        _("Quante ore su cento di quelle previste sono state fatte."),
        _("Ore fatte ÷ ore previste × 100, arrotondato all'intero."), MEASURES, part="done", whole="planned",
        is_public=True,
    ),
    Indicator(
        "days", Group.TIME, _("Giorni di presenza"), Unit.NUMBER,
        _("Quanti giorni di tirocinio con almeno un minuto di presenza ci sono stati."),
        _("Somma dei giorni di presenza nei fogli presenze dei mesi del periodo."), _("Regola 45: i giorni per l'INAIL"), is_public=True,
    ),
    Indicator(
        "tutors", Group.TRAINING, _("Tutor aziendali con persone"), Unit.NUMBER,
        _("Quanti tutor di impresa hanno seguito almeno una persona nel periodo."),
        _("Conta dei tutor aziendali dei tirocini attivi nel periodo, ognuno una volta."), MEASURES, is_public=True,
    ),
    Indicator(
        "trained_share", Group.TRAINING, _("Tutor con persone già formati"), Unit.PERCENT,
        _("Quanti di questi tutor su cento hanno l'attestato del corso iniziale, o uno riconosciuto."),
        _("Tutor con persone e attestato entro la fine del periodo ÷ tutor con persone × 100."), _("Regola 91"), "up",
        part="trained_tutors", whole="tutors", is_public=True,
    ),
    Indicator(
        "certified", Group.TRAINING, _("Tutor formati nel periodo"), Unit.NUMBER,
        _("Quanti tutor hanno avuto nel periodo l'attestato del corso iniziale."),
        _("Conta dei tutor con un attestato del corso iniziale datato nel periodo, secondo il Comune della loro impresa."),
        SEED, "up", is_public=True,
    ),
    Indicator(
        "certificates", Group.TRAINING, _("Attestati dati ai tutor"), Unit.NUMBER,
        _("Quanti attestati di ogni tipo di corso sono stati dati nel periodo."),
        _("Conta degli attestati datati nel periodo."), OFFICE, whole_network=True, is_public=True,
    ),
    Indicator(
        "courses", Group.TRAINING, _("Corsi tenuti"), Unit.NUMBER,
        _("Quante edizioni di un corso hanno avuto il loro ultimo incontro nel periodo."),
        _("Conta delle edizioni con l'ultimo incontro nel periodo e non dopo oggi."), SEED, "up", whole_network=True, is_public=True,
    ),
    Indicator(
        "months_due", Group.DUTIES, _("Mesi da chiudere"), Unit.NUMBER,
        _("Quanti fogli presenze del periodo dovevano essere chiusi entro oggi."),
        _("Conta dei fogli con ore previste dei mesi del periodo, chiusi o con il giorno della regola già passato."),
        _("Regola 31"),
    ),
    Indicator(
        "months_in_time", Group.DUTIES, _("Mesi chiusi in tempo"), Unit.PERCENT,
        _("Quanti fogli presenze su cento sono stati chiusi entro il giorno previsto dalle regole."),
        _("Fogli chiusi entro il giorno della regola ÷ mesi da chiudere × 100."), _("Regola 31"), "up", part="in_time", whole="months_due",
    ),
    Indicator(
        "paid", Group.DUTIES, _("Contributi motivazionali"), Unit.EURO,
        _("Quanto è stato riconosciuto alle persone per i mesi del periodo."),
        _("Somma degli importi dei mesi definitivi, come sono stati approvati; qui non si ricalcola niente."),
        _("Indicatori di costo (dossier §8.2); i mesi definitivi"),
    ),
    Indicator(
        "communications", Group.DUTIES, _("Comunicazioni inviate in tempo"), Unit.PERCENT,
        _("Quante comunicazioni obbligatorie su cento sono partite entro il loro giorno."),
        _("Inviate entro il termine ÷ da inviare con il termine nel periodo × 100."), _("Regole 22 e 23"), "up",
        part="communications_in_time", whole="communications_due",
    ),
    Indicator(
        "visits", Group.DUTIES, _("Visite fatte"), Unit.NUMBER,
        _("Quante volte qualcuno dell'ufficio è andato dove la persona fa il tirocinio."),
        _("Conta delle visite programmate e urgenti con il verbale chiuso e il giorno nel periodo; telefonate e colloqui no."),
        _("Regole 47 e 48"),
    ),
    Indicator(
        "visits_on_time", Group.DUTIES, _("Visite fatte in tempo"), Unit.PERCENT,
        _("Quante visite su cento, tra quelle da fare, sono state fatte entro il loro giorno."),
        _("Fatte entro il giorno previsto ÷ da fare con il giorno nel periodo e già passato × 100. Le rimandate contano dal giorno nuovo."),
        _("Regole 47 e 48"), "up", part="visits_in_time", whole="visits_due",
    ),
    Indicator(
        "evaluations", Group.DUTIES, _("Valutazioni arrivate"), Unit.PERCENT,
        _("Quante valutazioni su cento, tra quelle chieste, sono arrivate, anche su carta o in ritardo. Quello che dicono qui non conta."),
        _("Date ÷ chieste con il giorno nel periodo e già passato × 100. Quelle che non si fanno, con il perché, non contano."),
        _("Regola 49"), "up", part="evaluations_given", whole="evaluations_due",
    ),
)  # fmt: skip
BY_CODE: dict[str, Indicator] = {indicator.code: indicator for indicator in INDICATORS}

# What is hidden together, because the rest would give it away (small_numbers.Bundle): the people or companies counted in it, the figures
# that go with them, and the bundle whose whole these are parts of. Who ran = who ran before and still does + who started; who runs after it
# = who ran − who ended: so a small start hides the ends of that time too, and all who ran.
_FLOW = Bundle(("ran", "started", "carried", "ended", "people"))
_HOSTS = Bundle(("hosts",), with_them=("comuni",))
_SHEETS = Bundle(("sheet_people",), with_them=("planned", "done", "attendance", "days"))
_TUTORS = Bundle(("tutors",))
BUNDLES: tuple[Bundle, ...] = (
    _FLOW,
    Bundle(("additional", "expected"), with_them=("additional_share",), under=_FLOW),
    Bundle(("completed", "ended_early"), with_them=("completion_share",), under=_FLOW),
    Bundle(("new_people", "known_people"), under=_FLOW),
    Bundle(("running",)),
    _HOSTS,
    Bundle(("new_hosts", "returning_hosts", "same_hosts"), under=_HOSTS),
    _SHEETS,
    Bundle(("in_time", "late"), with_them=("months_due", "months_in_time"), under=_SHEETS),
    _TUTORS,
    Bundle(("trained_tutors", "untrained_tutors"), with_them=("trained_share",), under=_TUTORS),
    Bundle(("certified",)),
    Bundle(("paid_people",), with_them=("paid",)),
    Bundle(("communications_in_time", "communications_late"), with_them=("communications_due", "communications")),
    Bundle(("visited_people",), with_them=("visits",)),
    Bundle(("visits_in_time", "visits_late"), with_them=("visits_due", "visits_on_time")),
    Bundle(("evaluations_given", "evaluations_missing"), with_them=("evaluations_due", "evaluations")),
)

GUARDED = frozenset(code for bundle in BUNDLES for code in bundle.codes)  # what is about people or companies, and may be few


def may_see(access: Access) -> list[Indicator]:
    """The indicators that the access may be shown."""
    return [indicator for indicator in INDICATORS if access.may(indicator.permission)]


# --- The figures


@overload
def figures(access: Access, period: Period) -> Figures: ...
@overload
def figures(access: Access, period: Period, *, by_ambito: Literal[False]) -> Figures: ...
@overload
def figures(access: Access, period: Period, *, by_ambito: Literal[True]) -> dict[int | None, Figures]: ...
def figures(access: Access, period: Period, *, by_ambito: bool = False) -> Figures | dict[int | None, Figures]:
    """{code: value} of the active Ambito, or of the whole network for who has none; of `whole_network` indicators always the network's.

    Four statements, however many rows there are.

    `by_ambito`: {Ambito: {code: value}} for every Ambito of the network, and under None for all together (companies and tutors are
    counted once there). Bare values, beside the counts they were made of: for inside (see `side_by_side`).
    """
    if access.ambito_id and not by_ambito:
        here = _figures(access, period, frozenset({access.ambito_id}))
        return {**here[access.ambito_id], **{i.code: here[None][i.code] for i in INDICATORS if i.whole_network}}
    wide = access.over_network()
    with scope(wide.scope):
        found = _figures(wide, period, wide.ambiti)
    return found if by_ambito else found[None]


def _figures(access: Access, period: Period, ambiti: frozenset[int]) -> dict[int | None, Figures]:
    asked = {
        "ambiti": list(ambiti),
        "network": access.network_id,
        "first": period.first,
        "last": period.last,
        "day": period.cut_off,
        "today": period.today,
        "hosted": list(HOSTED),
        "early": PlacementState.ENDED_EARLY,
        "frozen": MonthState.FROZEN,
        "visits": [str(kind) for kind in COUNTED_VISITS],
    }
    found: dict[int | None, dict[str, Any]] = {ambito: {} for ambito in (None, *sorted(ambiti))}
    with connection.cursor() as cursor:
        for statement in (PLACEMENTS, SHEETS, COURSE, NETWORK):
            cursor.execute(statement, asked)
            for ambito, code, value in cursor.fetchall():
                if ambito in found:
                    found[ambito][code] = value
    rows = {ambito: _complete(counted, period, is_whole=ambito is None and len(ambiti) != 1) for ambito, counted in found.items()}
    for ambito in ambiti:
        rows[ambito] |= {i.code: None for i in INDICATORS if i.whole_network}
    return rows


def _complete(counted: Mapping[str, Any], period: Period, *, is_whole: bool) -> Figures:
    """What rows say, with zeros for what no row says, and the shares."""
    values: Figures = {code: int(counted.get(code) or 0) for code in COUNTED}
    values["paid"] = Decimal(counted.get("paid") or 0)
    for indicator in INDICATORS:
        if indicator.part:
            values[indicator.code] = percent(_int(values[indicator.part]), _int(values[indicator.whole]))
    target = TARGET_A_YEAR * period.months
    values["additional_share"] = percent(12 * _int(values["additional"]), target) if is_whole else None
    return values


def _int(value: Value) -> int:
    assert value is not None
    return int(value)


# Every count that the statements give, whether it is an indicator or what others are made of.
COUNTED = tuple(
    dict.fromkeys(
        (
            *(i.code for i in INDICATORS if i.unit in (Unit.NUMBER, Unit.MINUTES)),
            *(code for bundle in BUNDLES for code in bundle.counts),
            *(i.whole for i in INDICATORS if i.whole),
        )
    )
)


# --- What leaves an Ambito


@dataclass(frozen=True)
class Sides:
    """The Ambiti side by side, and under None all together. `hidden`: (Ambito, code) of what is not told."""

    values: dict[int | None, Figures]
    hidden: frozenset[tuple[int | None, str]]

    def told(self, ambito: int | None, code: str) -> Value:
        """The value, None where it is hidden."""
        return None if self.hides(ambito, code) else self.values[ambito].get(code)

    def hides(self, ambito: int | None, code: str) -> bool:
        return (ambito, code) in self.hidden


def side_by_side(access: Access, period: Period, *, least: int, own: int | None = None) -> Sides:
    """The figures of every Ambito of the network, those of fewer than `least` people or companies hidden with what would give them away.

    `own`: the Ambito of who looks, whose figures are not hidden from them, and are not counted upon to hide another's.
    """
    found = figures(access, period, by_ambito=True)
    return Sides(found, hide_bundles(found, BUNDLES, least, own=own))
