"""The study as a paper: figures and drawings of the pages, frozen. It leaves the Ambito: small counts are always hidden (rule 88)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.charts import Chart
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import Run, enqueue
from impresasolidale.core.models import Document, Job
from impresasolidale.core.rendering import render_document
from impresasolidale.core.words import NOTHING
from impresasolidale.territory.models import Network
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import common_rules, lead_body, rules_for
from impresasolidale.territory.shapes import SOURCE, shapes

from . import figures, map, queries
from .statistics import FEW_ENDED, FEW_PAIRS
from .words import grouped, interval_of, months_of, or_hidden, percent_of, whole_hours, whole_percent

KIND = "reports.study"
JOB = "reports.study"
DEFINITION = 1  # raise it when a column or its meaning changes


@transaction.atomic
def order_study(*, first: date, last: date, wide: bool, by: Access, today: date) -> Job:
    """Order the study's paper of the active Ambito, or of the network. A worker makes it. Raises DomainError for an unsound period."""
    by.require(Permission.ORDER_REPORTS)
    if last > today:
        raise DomainError(_("Questo giorno deve ancora venire: scegli al massimo oggi."), field="al")
    if first > last:
        raise DomainError(_("Il primo giorno viene dopo l’ultimo: scambiali."), field="dal")
    return enqueue(JOB, by=by, label=_("Studio dello strumento"), first=first.isoformat(), last=last.isoformat(), wide=wide)


def make_study(run: Run, *, first: str, last: str, wide: bool, today: date) -> dict[str, Any]:
    """Read everything once, freeze it as a paper, make the file."""
    access: Any = run.access
    with queries.reach(access, first=date.fromisoformat(first), last=date.fromisoformat(last), wide=wide) as frame:
        book = common_rules(access.own_network, today) if frame.is_wide else rules_for(frame.ambiti[0], today)[1]
        content = sections(frame, book, progress=run.progress)
        ambito = None if frame.is_wide else frame.ambiti[0]
        network = Network.objects.get(pk=frame.network_id)
        body = lead_body(ambito) if ambito else None
        paper = issue(
            kind=KIND,
            kind_label=_("Studio dello strumento"),
            template="reports/study/pdf/study_v1.html",
            subject=ambito or network,
            context={
                "body_name": str(body or ambito or network),
                "whose": str(ambito or network),
                "first": first,
                "last": last,
                "data_until": timezone.localtime().isoformat(timespec="minutes"),
                "definition": DEFINITION,
                "least": book.small_number_threshold,
                "sections": content,
                "source": SOURCE,
            },
            today=today,
            by=access,
            ambito_id=ambito.pk if ambito else None,
            network_id=None if ambito else network.pk,
        )
        run.progress(8, 10, _("Impagino il documento"))
        render_document(paper.pk)
    run.result_url = reverse("reports:study_paper", args=[paper.public_id])
    return {"sections": len(content)}


def papers(access: Access) -> Any:
    """The studies of the active Ambito and of its network, newest first."""
    rows = Document.objects.filter(kind=KIND)
    ours = rows.filter(ambito_id=access.ambito_id) if access.ambito_id else rows.none()
    return (ours | rows.filter(network_id=access.network_id)).order_by("-id")


# --- What it says


Section = dict[str, Any]


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> Section:
    return {"title": title, "head": list(head), "rows": [list(row) for row in rows], "note": note}


def _drawn(*found: Chart | None) -> list[dict[str, str]]:
    return [{"title": chart.title, "svg": str(chart.svg)} for chart in found if chart]


def sections(frame: queries.Reach, book: Rules, *, progress: Callable[[int, int, str], None]) -> list[Section]:
    """Five parts, each with its figures, drawings and tables as words."""
    least = book.small_number_threshold
    progress(1, 10, _("Leggo le durate"))
    rows, found = queries.spells(frame), queries.totals(frame)
    made = [_durations(figures.durations(rows, measure=figures.DURATION, least=least, hides=True), found, least)]
    made.append(_causes(figures.causes(rows, least=least, hides=True)))
    progress(3, 10, _("Leggo le valutazioni"))
    few = max(least, FEW_PAIRS)
    made.append(_changes(figures.changes(queries.paired_values(frame), least=few), few))
    progress(4, 10, _("Leggo le presenze"))
    made.append(_attendance(figures.attendance(queries.presence(frame), queries.weekdays(frame), least=least, hides=True)))
    progress(6, 10, _("Disegno la mappa"))
    cover = map.cover(queries.places(frame), queries.districts(frame), shapes(), least=least, hides=True)
    made.append(_territory(cover, figures.reached(found, least=least, hides=True)))
    faults = queries.faults(frame, close_day=book.sheet_day_of_next_month, percent=book.attendance_threshold_percent)
    made.append(_points(figures.critical(faults, least=least, hides=True)))
    return made


def _durations(found: figures.Durations, totals: queries.Totals, least: int) -> Section:
    whole = found.whole
    reached = figures.reached(totals, least=least, hides=True)
    head = [_("Iniziati"), _("Arrivati al loro giorno"), _("Chiusi prima"), _("In corso"), _("Completati"), _("Durata a metà")]

    def row(group: figures.Group) -> list[str]:
        share = " ".join(filter(None, (percent_of(group.completed), interval_of(group.completed))))
        counts = (group.started, group.done, group.early, group.running)
        return [group.label, *(or_hidden(n) for n in counts), share, _("troppo pochi") if group.is_few else months_of(group.median)]

    return {
        "title": _("Quanto durano e quanti arrivano in fondo"),
        "text": _("Quanti vanno ancora avanti dopo quei mesi. La fascia è l’intervallo al 95%; la linea si ferma quando restano in pochi.")
        if whole.chart
        else _("Troppo pochi per una curva: serve che almeno %(n)d tirocini siano finiti.") % {"n": FEW_ENDED}
        if whole.is_few
        else _("La curva resta riservata: direbbe i numeri nascosti."),
        "figures": [
            [_("Tirocini iniziati"), or_hidden(whole.started)],
            [_("Arrivati al loro giorno"), percent_of(whole.completed)],
            [_("Durata a metà"), months_of(whole.median)],
            [_("Con una sospensione"), or_hidden(reached.suspended)],
        ],
        "charts": _drawn(whole.chart, *(group.chart for dimension in found.dimensions for group in dimension.groups)),
        "tables": [_table(d.title, [d.title, *head], [row(group) for group in d.groups]) for d in found.dimensions],
    }


def _causes(found: Sequence[figures.Cause]) -> Section:
    rows = [[cause.label, or_hidden(cause.count), percent_of(cause.share), interval_of(cause.share)] for cause in found]
    head = [_("Causa"), _("Tirocini"), _("Sul totale"), _("Intervallo")]
    note = _("L’assunzione e il passaggio a un altro percorso sono fini anticipate, ma non insuccessi.")
    none = _("Nessun tirocinio di questo periodo è finito prima del suo giorno.")
    return {
        "title": _("Perché finiscono prima"),
        "text": "" if rows else none,
        "figures": [],
        "charts": [],
        "tables": [_table(_("Cause delle chiusure anticipate"), head, rows, note)] if rows else [],
    }


def _changes(found: Sequence[figures.Changed], few: int) -> Section:
    verdicts = {"up": _("è cresciuto"), "down": _("è sceso"), "unclear": _("non si può dire"), "few": _("troppo pochi")}

    def number(value: float | None) -> str:
        return NOTHING if value is None else f"{value:+.2f}".replace(".", ",")

    def row(one: figures.Changed) -> list[str]:
        change = one.change
        pairs = _("meno di %(n)d") % {"n": few} if change.verdict == "few" else str(change.pairs)
        between = "" if change.low is None else f"{number(change.low)} … {number(change.high)}"
        return [one.subject, one.voice, pairs, number(change.mean), between, verdicts[change.verdict]]

    head = [_("Di che cosa"), _("Chi lo dice"), _("Tirocini"), _("Differenza"), _("Intervallo"), _("Vuol dire che")]
    return {
        "title": _("Che cosa cambia"),
        "text": "" if found else _("Nessuna coppia di valutazioni"),
        "figures": [],
        "charts": [],
        "tables": [_table(_("Dal primo all’ultimo giudizio della stessa persona"), head, [row(one) for one in found])] if found else [],
    }


def _attendance(found: figures.Attendance) -> Section:
    rows = [[area.label, or_hidden(area.people), whole_percent(area.percent)] for area in found.areas]
    overall = found.overall
    return {
        "title": _("Le presenze"),
        "text": "" if overall else _("Nessun mese chiuso"),
        "figures": [[_("Ore fatte su ore previste"), whole_percent(overall.percent)], [_("Persone"), or_hidden(overall.people)]]
        if overall
        else [],
        "charts": _drawn(found.months, found.weekdays),
        "tables": [_table(_("Presenza per area"), [_("Area"), _("Persone"), _("Presenza")], rows)] if rows else [],
    }


def _territory(cover: map.Cover, reached: figures.Reached) -> Section:
    head = [_("Ambito"), _("Abitanti (2011)"), _("Tirocini"), _("Persone"), _("Imprese"), _("Imprese ogni 1.000 abitanti"), _("Ore fatte")]

    def row(one: map.AmbitoReach) -> list[str]:
        rate = or_hidden(one.hosts_rate and str(one.hosts_rate).replace(".", ","))
        counts = [or_hidden(n) for n in (one.placements, one.people, one.hosts)]
        return [one.name, grouped(one.population), *counts, rate, whole_hours(one.minutes)]

    comuni = [[comune.name, comune.words] for comune in cover.comuni if comune.placements != 0]
    return {
        "title": _("Dove sono"),
        "text": ""
        if cover.map
        else _("Le sagome dei comuni di questo territorio non sono ancora state preparate: la tabella dice le stesse cose."),
        "figures": [
            [_("Comuni con almeno un tirocinio"), _("%(n)d su %(whole)d") % {"n": cover.covered, "whole": cover.whole}],
            [_("Persone"), or_hidden(reached.people)],
            [_("Imprese ed enti"), or_hidden(reached.hosts)],
            [_("Imprese che ritornano"), percent_of(reached.returning)],
        ],
        "charts": _drawn(cover.map),
        "tables": [
            _table(_("Quanto si raggiunge"), head, [row(one) for one in cover.ambiti]),
            _table(_("Tirocini per comune della sede"), [_("Comune"), _("Tirocini")], comuni),
        ],
    }


def _points(found: Sequence[figures.Point]) -> Section:
    trends = {"better": _("meglio"), "worse": _("peggio"), "same": _("come prima"), "": _("non si può dire")}

    def row(point: figures.Point) -> list[str]:
        often = _("%(n)d su %(whole)d") % {"n": point.share.count, "whole": point.share.whole} if point.share else or_hidden(None)
        return [point.label, often, percent_of(point.share), interval_of(point.share), percent_of(point.before), trends[point.trend]]

    head = [_("Che cosa"), _("Quante volte"), _("Quota"), _("Intervallo"), _("L’anno prima"), _("Come va")]
    return {
        "title": _("Punti critici"),
        "text": _("Viene prima ciò che è frequente con più certezza: l’ordine segue il valore più basso dell’intervallo."),
        "figures": [],
        "charts": [],
        "tables": [_table(_("Punti critici, dal più serio"), head, [row(point) for point in found])],
    }
