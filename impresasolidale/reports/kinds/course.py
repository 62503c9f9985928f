"""How placements went, as tables: what came after, visits, evaluations, events, requests to talk. Counts without a name.

Of the Ambito they are whole; where they leave it small numbers are hidden with what would give them away (rule 88).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.core.spreadsheets import Cell
from impresasolidale.territory.rules import add_months
from placements.monitoring.evaluation_enums import Area, Voice
from placements.monitoring.evaluation_questions import DONT_KNOW, HOW_IT_WAS
from placements.monitoring.selectors.evaluations import satisfaction
from placements.monitoring.selectors.outcomes import heard_later, outcomes_at_end
from placements.monitoring.selectors.talk import talk_figures
from placements.monitoring.talk_enums import TalkReason
from placements.monitoring.visit_enums import EventKind, OutcomeKind, VisitKind

from ..queries import course as queries
from ..study.queries import GOALS
from ..tables import Column, Kind, Table, hidden_across, hidden_down, masked, table
from ..wanted import Wanted

# (from, to): days from asking to the answer, both included.
DAYS = (
    (0, 0, gettext_lazy("lo stesso giorno")),
    (1, 1, gettext_lazy("il giorno dopo")),
    (2, 3, gettext_lazy("dopo 2 o 3 giorni")),
    (4, 7, gettext_lazy("dopo 4–7 giorni")),
    (8, 10_000, gettext_lazy("dopo più di una settimana")),
)
LATER = (6, 12)  # months after the end


def of_ambito(access: Access, wanted: Wanted) -> tuple[Table, ...]:
    return _tables(access, wanted, least=1)  # nothing is fewer than one: all is shown


def of_network(access: Access, wanted: Wanted) -> tuple[Table, ...]:
    wide = access.over_network()
    with scope(wide.scope):
        return _tables(wide, wanted, least=wanted.least)


def of_source(access: Access, wanted: Wanted) -> tuple[Table, ...]:
    """Of the placements that a funder pays. What happened to somebody, and who asked to talk, is not a funder's to read."""
    return (
        _outcomes(access, wanted, wanted.least),
        _visits(access, wanted, wanted.least),
        _satisfaction(access, wanted, wanted.least),
        _changes(access, wanted, wanted.least),
    )


def _tables(access: Access, wanted: Wanted, *, least: int) -> tuple[Table, ...]:
    return (
        _outcomes(access, wanted, least),
        _held(access, wanted, least),
        _visits(access, wanted, least),
        _satisfaction(access, wanted, least),
        _changes(access, wanted, least),
        _events(access, wanted, least),
        *_talks(access, wanted, least),
    )


def _back(day: date, months: int) -> date:
    """So many months before; the last day of a month stays the last."""
    return add_months(day + timedelta(days=1), -months) - timedelta(days=1)


def _outcomes(access: Access, wanted: Wanted, least: int) -> Table:
    """Of who ended in the period at the end, and of who ended 6 and 12 months before as they were heard since."""
    ended = {after: (add_months(wanted.first, -after), _back(wanted.last, after)) for after in LATER}
    counts: dict[int | None, dict[str, int]] = {after: {} for after in (None, *LATER)}
    at_end = outcomes_at_end(access, wanted.first, wanted.last, source=wanted.source)
    for row in (*at_end, *heard_later(access, ended, source=wanted.source)):
        counts[row.after][row.kind] = row.count
    return hidden_down(
        table(
            "esiti",
            _("Che cosa è venuto dopo"),
            (
                Column(_("Che cosa"), Kind.WORD),
                Column(_("Alla fine"), Kind.INT),
                Column(_("Dopo 6 mesi"), Kind.INT),
                Column(_("Dopo 12 mesi"), Kind.INT),
            ),
            [(str(kind.label), *(counts[after].get(kind, 0) for after in (None, *LATER))) for kind in OutcomeKind],
            total=_("Totale"),
            note=_(
                "Alla fine: chi ha finito nel periodo. Dopo 6 e 12 mesi: chi ha finito tanti mesi prima, ed è stato sentito. "
                "Nessuna strada vale più di un'altra."
            ),
        ),
        least,
    )


def _held(access: Access, wanted: Wanted, least: int) -> Table:
    found = {row.kind: row for row in queries.held(access, wanted.first, wanted.last)}
    return _by_kind("visite-fatte", _("Visite e contatti fatti"), _("Come"), _("Volte"), VisitKind, found, least)


def _visits(access: Access, wanted: Wanted, least: int) -> Table:
    found = queries.punctual(access, wanted.first, wanted.last, today=wanted.today, source=wanted.source)
    return hidden_down(
        table(
            "visite",
            _("Le visite da fare nel periodo"),
            (Column(_("Come è andata"), Kind.WORD), Column(_("Visite"), Kind.INT)),
            [
                (_("fatte entro il loro giorno"), found.in_time),
                (_("fatte dopo"), found.late),
                (_("ancora da fare, e il giorno è passato"), found.missing),
            ],
            total=_("Totale"),
            note=_(
                "Solo le visite in cui si va sul posto, con il giorno nel periodo e già passato. Le rimandate contano dal giorno nuovo."
            ),
        ),
        least,
    )


def _satisfaction(access: Access, wanted: Wanted, least: int) -> Table:
    steps = [*((step.value, str(step.words)) for step in HOW_IT_WAS.scale), (None, str(DONT_KNOW))]
    counts = {
        (row.voice, row.item, row.value): row.count
        for row in satisfaction(access, first=wanted.first, last=wanted.last, source=wanted.source)
    }
    rows: list[tuple[Cell, ...]] = []
    for voice in Voice:
        for item in HOW_IT_WAS.items:
            given = [counts.get((voice, item.code, value), 0) for value, _words in steps]
            if any(given):
                rows.append((str(voice.label), str(item.office), sum(given), *given))
    return hidden_across(
        table(
            "soddisfazione",
            _("Com'è stato, per chi c'era"),
            (
                Column(_("Chi risponde"), Kind.WORD),
                Column(_("Domanda"), Kind.WORD),
                Column(_("Risposte"), Kind.INT),
                *(Column(words, Kind.INT) for _value, words in steps),
            ),
            rows,
            note=_("Le risposte date nel periodo. La domanda è scritta come la legge l'ufficio: ognuno la trova con parole sue."),
        ),
        least,
    )


def _changes(access: Access, wanted: Wanted, least: int) -> Table:
    found = queries.moved(access, wanted.first, wanted.last, today=wanted.today, source=wanted.source)
    subjects = {**{str(area): str(area.label) for area in Area}, GOALS: _("obiettivi del progetto")}
    voices = [str(voice) for voice in Voice]
    found.sort(key=lambda row: (list(subjects).index(row.subject), voices.index(row.voice)))
    return hidden_across(
        table(
            "cambiamenti",
            _("Dalla prima all'ultima valutazione"),
            (
                Column(_("Che cosa"), Kind.WORD),
                Column(_("Chi lo dice"), Kind.WORD),
                Column(_("Tirocini"), Kind.INT),
                Column(_("di più"), Kind.INT),
                Column(_("uguale"), Kind.INT),
                Column(_("di meno"), Kind.INT),
            ),
            [
                (subjects[r.subject], str(Voice(r.voice).label), r.up + r.same + r.down, r.up, r.same, r.down)
                for r in found
            ],
            note=_("Tirocini finiti nel periodo e valutati almeno due volte: la media delle stesse domande, o degli stessi obiettivi."),
        ),
        least,
    )  # fmt: skip


def _events(access: Access, wanted: Wanted, least: int) -> Table:
    found = {row.kind: row for row in queries.events(access, wanted.first, wanted.last)}
    return _by_kind("eventi", _("Che cosa è successo, oltre agli incidenti"), _("Che cosa"), _("Volte"), EventKind, found, least)


def _by_kind(
    code: str, title: str, first: str, times: str, kinds: type[VisitKind] | type[EventKind], found: dict[str, queries.Counted], least: int
) -> Table:
    columns = (Column(first, Kind.WORD), Column(_("Persone"), Kind.INT, is_summed=False), Column(times, Kind.INT))
    none = queries.Counted("", 0, 0)
    rows = [(str(kind.label), row.people, row.count) for kind in kinds for row in (found.get(kind, none),)]
    note = _("La stessa persona può comparire in più righe: le persone non si sommano.")
    return masked(code, title, columns, rows, least=least, total=_("Totale"), note=note)


def _talks(access: Access, wanted: Wanted, least: int) -> tuple[Table, Table]:
    found = talk_figures(access, first=wanted.first, last=wanted.last, today=wanted.today)

    def counted(code: str, title: str, first: str, rows: Sequence[tuple[str, int]], note: str) -> Table:
        columns = (Column(first, Kind.WORD), Column(_("Richieste"), Kind.INT))
        return hidden_down(table(code, title, columns, rows, total=_("Totale"), note=note), least)

    reasons = [(str(reason.label), found.by_reason.get(reason, 0)) for reason in TalkReason]
    reasons.append((_("non l'ha detto"), found.by_reason.get("", 0)))
    days = [(str(words), sum(n for day, n in found.by_days.items() if low <= day <= high)) for low, high, words in DAYS]
    days.append((_("ancora da richiamare"), found.waiting))
    return (
        counted(
            "richieste",
            _("Richieste di parlare: perché"),
            _("Perché"),
            reasons,
            _("«Voglio parlare con qualcuno»: le richieste del periodo, della persona o di chi la rappresenta."),
        ),
        counted("risposte", _("Richieste di parlare: risposte"), _("Risposta"), days, _("Giorni dalla richiesta.")),
    )
