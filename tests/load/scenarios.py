"""The five runs, what each prints, and what it must hold (docs/operations/scaling.md)."""

import argparse
import html
import itertools
import os
import random
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from django.db import connection
from django.urls import reverse

from impresasolidale.runner import Problem
from impresasolidale.runner.home import Home

from .cast import Cast, Office, Sheet, gather, mark, months_to_fill, sign_out
from .client import Visitors
from .journal import Journal, Post, percentile
from .site import GROWTH, Held, Site
from .verdict import Verdict, closed_months, judge

STEPS = (1, 2, 4, 8, 16, 32)  # clients that never rest
SHARE = 0.6  # of the ceiling, held
P95, P99 = 0.5, 1.0  # seconds
SPIKE_P95 = 2.0
SLOWER = 2.0  # a tap beside other work, times a tap alone
HANDS = 64  # requests under way at most, when they come by the clock
TUTORS = 1000
TAPS = 4.0  # a second, of those that are watched
ALONE = 60.0  # seconds in which taps are watched alone
SOAKING, REST = 8, 0.2  # clients, and the seconds each rests between two requests
LEFT_OPEN = 2  # files at rest: a process may remember one
WARM = 5.0  # seconds of the mix before anything is measured: a process is slow at first
DOWN = 20.0  # seconds that the broker is frozen or away
REPORTS = ("monitoraggio-mensile", "attivita-trimestrale", "attivita-annuale")
BESIDE = {"list": 1 / 4, "detail": 1 / 3, "tap": 1 / 2}  # of the floor page's requests a second, at least
CONNECTIONS, SLICE = 4, 5.0  # seconds of one measure
BOX = re.compile(r'name="placements" value="([0-9a-f-]{36})"')
NEXT = re.compile(r'href="([^"]*\bdopo=[^"]*)"')
PERIODS = re.compile(r'<select[^>]*name="period".*?</select>', re.S)


def say(text: str) -> None:
    print(text, flush=True)


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def told(seconds: Sequence[float]) -> str:
    """How long they took, in words."""
    shares = ", ".join(f"p{share * 100:.0f} {number(percentile(seconds, share) * 1000)}" for share in (0.5, 0.95, 0.99))
    return f"{shares}, massimo {number(max(seconds, default=0) * 1000)} ms"


class Run:
    """One run: the installation, who takes part, the journal, and what went wrong, a line each."""

    def __init__(self, site: Site, people: Cast, args: argparse.Namespace) -> None:
        self.site, self.people, self.args, self.before = site, people, args, mark()
        self.journal = Journal()
        self.is_soak = args.what == "soak"
        self.visitors = Visitors(people, self.journal, site.port, args.seed, patient=self.is_soak)
        self.wrong: list[str] = []

    def must(self, holds: bool, words: str) -> None:
        if not holds:
            self.wrong.append(words)

    def end(self, more: Callable[[Verdict], None] = lambda verdict: None) -> None:
        """Waits for the jobs, compares, prints. `more` is compared too."""
        say("Aspetto i lavori in coda, poi confronto il giornale con il database.")
        connection.close()  # a database that was restarted has forgotten it
        self.must(jobs_are_over(600), "Dopo dieci minuti ci sono ancora lavori in coda.")
        verdict = judge(self.before, self.journal, self.site.home.folder / "media")
        more(verdict)
        for line in [*verdict.notes, *(f"{what}: {detail}" for what, detail in verdict.violations[:10])]:
            say(f"  {line}")
        say(
            f"Risposte {number(len(self.journal.served))}, moduli {number(len(self.journal.posts))}: persi {verdict.lost},"
            f" doppi {verdict.doubled}, usciti dal loro ambito {verdict.leaked}; invarianti violate {len(verdict.violations)}."
            f" Carico della macchina {os.getloadavg()[0]:.1f}."
        )
        self.must(verdict.is_good, "il giornale e il database non dicono lo stesso, o un'invariante non è rispettata")
        self.must(not self.journal.wrong, f"{len(self.journal.wrong)} risposte sbagliate: {'; '.join(self.journal.wrong[:5])}")
        self.must(self.is_soak or not self.site.died, f"si sono fermati da soli: {dict(Counter(self.site.died))}")


def run(home: Home, args: argparse.Namespace) -> int:
    site = Site(home)
    with site.prepared():
        largest = gather(tutors=1).offices[0].ambito_id if args.what == "beside" else None
        people, sheets, month = gather(tutors=TUTORS, ambito_id=largest), list[Sheet](), date.min
        if args.what == "spike":
            month, sheets = months_to_fill(tutors=args.tutors, today=people.today)
        say(f"{args.what}: {number(len(people.tutors))} tutor e {number(len(people.offices))} uffici, ognuno con la sua sessione.")
        try:
            with site.running():
                say("Aspetto i lavori che i dati avevano in coda.")
                with connection.cursor() as cursor:  # those of later in the demo's day would fall into a measure
                    cursor.execute("UPDATE core_job SET run_after = now() WHERE state = 'queued' AND run_after > now()")
                if not jobs_are_over(3600):
                    raise Problem("Dopo un'ora i dati di prova hanno ancora lavori in coda: i registri dicono perché.")
                it = Run(site, people, args)
                never_resting(it, it.visitors.anything, clients=CONNECTIONS, seconds=WARM)
                match args.what:
                    case "mixed":
                        mixed(it)
                    case "spike":
                        spike(it, month, sheets)
                    case "neighbour":
                        neighbour(it)
                    case "soak":
                        soak(it)
                    case "beside":
                        beside(it)
        finally:
            sign_out(people, sheets)
            connection.close()
    for line in it.wrong:
        say(f"Non va: {line}.")
    if not it.wrong:
        say("Tutto bene.")
    return 1 if it.wrong else 0


# --- The runs


def mixed(it: Run) -> None:
    """The ceiling by steps, then a share of it for some minutes."""
    ceiling = it.args.ceiling or find_ceiling(it)
    rate, seconds = SHARE * ceiling, it.args.minutes * 60
    files = full_then_at_rest(it)
    say(f"Tengo {number(rate, 1)} richieste al secondo, il {SHARE:.0%} di {number(ceiling, 1)}, per {it.args.minutes:g} minuti.")
    so_far = len(it.journal.served)
    with it.site.watched() as held:
        took = by_the_clock(itertools.repeat(None), lambda _: it.visitors.anything(), rate=rate, seconds=seconds, seed=it.args.seed)
    say(f"Servite {number(len(it.journal.since(so_far)))}, sbagliate {len(it.journal.wrong)}: {told(took)}.")
    for kind in sorted({one.kind for one in it.journal.since(so_far)}):
        say(f"  {kind:10} {told([one.seconds for one in it.journal.since(so_far) if one.kind == kind])}")
    grown(it, held)
    left_open(it, files)
    it.must(percentile(took, 0.95) < P95, f"95 su 100 entro {P95} s")
    it.must(percentile(took, 0.99) < P99, f"99 su 100 entro {P99} s")
    it.end()


def find_ceiling(it: Run) -> float:
    """Requests a second with more and more clients that never rest, until more bring nothing twice."""
    best, in_vain = 0.0, 0
    for clients in STEPS:
        so_far = len(it.journal.served)
        rate = never_resting(it, it.visitors.anything, clients=clients, seconds=it.args.step)
        found = it.journal.since(so_far)
        slowest = max(found, key=lambda one: one.seconds).kind if found else "-"
        say(f"  {clients:2} clienti: {number(rate, 1)} al secondo, {told([one.seconds for one in found])} ({slowest})")
        in_vain = in_vain + 1 if rate < best * 1.05 else 0
        best = max(best, rate)
        if in_vain == 2:
            break
    return best


def grown(it: Run, held: Held) -> None:
    for what, first, last in held.growth():
        say(f"  {what}: {number(first)} dopo il riscaldamento, {number(last)} alla fine")
        least = 0 if what.startswith("memoria") else 2  # connections are few: one more is no growth
        it.must(last <= first + max(least, GROWTH * first), f"{what}: cresce da {number(first)} a {number(last)}")


def full_then_at_rest(it: Run) -> Counter[str]:
    """What is open once every pool was full (threads, and their connections) and nobody asks anything any more."""
    never_resting(it, it.visitors.anything, clients=STEPS[-1], seconds=WARM)
    it.must(jobs_are_over(600), "Dopo dieci minuti ci sono ancora lavori in coda.")
    return it.site.files_at_rest()


def left_open(it: Run, before: Counter[str]) -> None:
    """A pool that was full before does not grow: what is more at rest was left open by the requests and jobs between."""
    it.must(jobs_are_over(600), "Dopo dieci minuti ci sono ancora lavori in coda.")
    after = it.site.files_at_rest()
    say(f"  file aperti a riposo: {before.total()} prima, {after.total()} dopo")
    more = ", ".join(f"{kind} {after[kind] - before[kind]:+d}" for kind in sorted(after | before) if after[kind] != before[kind])
    it.must(after.total() <= before.total() + LEFT_OPEN, f"file aperti a riposo: da {before.total()} a {after.total()} ({more})")


def spike(it: Run, month: date, sheets: list[Sheet]) -> None:
    """Every tutor fills a month and closes it, within some minutes; others go on tapping."""
    it.must(len(sheets) == it.args.tutors, f"nel database ci sono {len(sheets)} fogli da riempire, non {it.args.tutors}")
    alone = taps(it, ALONE)
    say(f"Tocchi da soli: {told(alone)}.")
    say(f"{number(len(sheets))} tutor riempiono e chiudono {month:%m/%Y}, {number(sum(s.rows for s in sheets))} giornate.")
    so_far, began = len(it.journal.served), time.monotonic()
    with tapping(it) as beside_them:
        rate = len(sheets) / (it.args.minutes * 60)
        by_the_clock(sheets, lambda sheet: fill(it, month, sheet), rate=rate, seed=it.args.seed)
    seconds = time.monotonic() - began
    forms = [one.seconds for one in it.journal.since(so_far) if one.kind in ("week", "close")]
    say(f"In {number(seconds)} s, {number(len(forms))} moduli: {told(forms)}.")
    say(f"Tocchi intanto: {told(beside_them)}.")
    it.must(percentile(forms, 0.95) < SPIKE_P95, f"95 moduli su 100 entro {SPIKE_P95} s")
    not_slower(it, alone, beside_them)
    closed = {post.about[0] for post in it.journal.of("close").values() if post.is_acknowledged}
    it.must(len(closed) == len(sheets), f"chiusi {len(closed)} fogli su {len(sheets)}")
    it.end(lambda verdict: say(f"  giornate nel database: {number(closed_months(verdict, month, sheets, it.journal))}"))


def fill(it: Run, month: date, sheet: Sheet) -> None:
    """A tutor opens the month, confirms each of its weeks, closes it; one in ten sends the last form again."""
    who, visitors = sheet.tutor, it.visitors
    visitors.get("month", f"{reverse('attendance:month', args=[sheet.placement])}?mese={month:%Y-%m}", who.session)
    monday = month - timedelta(days=month.weekday())
    while monday < (month + timedelta(days=31)).replace(day=1):
        about = Post("week", who.user_id, (sheet.placement, monday.isoformat()))
        visitors.post("week", reverse("attendance:confirm_week"), {"monday": monday.isoformat()}, who.session, about)
        monday += timedelta(days=7)
    url, about = reverse("attendance:close_month", args=[sheet.sheet]), Post("close", who.user_id, (str(sheet.sheet),))
    key = visitors.post("close", url, {}, who.session, about)
    if visitors.random.random() < 0.1:
        visitors.post("close", url, {}, who.session, about, key=key)


def neighbour(it: Run) -> None:
    """Taps alone, and while an office has reports and papers made."""
    alone = taps(it, it.args.minutes * 60)
    say(f"Tocchi da soli: {told(alone)}.")
    office, began = it.people.offices[0], time.monotonic()
    with tapping(it) as beside_them:
        for slug in REPORTS:
            order_report(it, office, slug)
        ordered = order_papers(it, office, it.args.papers)
        it.must(jobs_are_over(1800), "dopo mezz'ora ci sono ancora lavori in coda")
    say(f"Intanto, in {number(time.monotonic() - began)} s, {len(REPORTS)} rapporti e {ordered} carte: {told(beside_them)}.")
    it.must(ordered == it.args.papers, f"ordinate {ordered} carte su {it.args.papers}")
    not_slower(it, alone, beside_them)
    it.end()


def order_report(it: Run, office: Office, slug: str) -> None:
    url = reverse("reports:order_kind", args=[slug])
    choices = PERIODS.search(it.visitors.get("order", url, office.coordinator))
    periods = re.findall(r'<option value="([^"]+)"', choices[0] if choices else "")
    if not periods:
        it.must(False, f"il rapporto {slug} non ha periodi da scegliere")
        return
    period = periods[min(1, len(periods) - 1)]  # the first is the one that runs
    it.visitors.post("report", url, {"period": period}, office.coordinator, Post("report", 0, (slug,)))


def order_papers(it: Run, office: Office, many: int) -> int:
    """Page after page of the list, all that stand on it, until there are as many; how many were ordered."""
    url, ordered = f"{reverse('agreements:issue_many')}?carta=pact&anche=on", 0
    while url and ordered < many:
        page = it.visitors.get("order", url, office.worker)
        chosen = BOX.findall(page)[: many - ordered]
        if not chosen:
            break
        it.visitors.post("order", url, {"placements": chosen}, office.worker, Post("order", office.worker_id, tuple(chosen)))
        ordered += len(chosen)
        following = NEXT.search(page)
        url = urljoin(url, html.unescape(following[1])) if following else ""
    return ordered


def soak(it: Run) -> None:
    """People who come and go while parts are killed, frozen and wiped, in turn."""
    over, faults, seconds = threading.Event(), list[str](), it.args.minutes * 60
    chosen = random.Random(it.args.seed)

    def person() -> None:
        while not over.is_set():
            it.visitors.anything()
            time.sleep(chosen.expovariate(1 / REST))

    turns: list[Callable[[int], str]] = [
        it.site.kill_web_worker,
        it.site.restart_database,
        lambda turn: it.site.break_broker(turn, DOWN),
    ]
    began = time.monotonic()
    with in_threads(SOAKING, person, over):
        for count in itertools.count():
            if (count + 1) * it.args.every * 60 > seconds - DOWN:
                break
            time.sleep(max(0.0, began + (count + 1) * it.args.every * 60 - time.monotonic()))
            words = turns[count % len(turns)](count // len(turns))
            faults.append(words)
            say(f"  {number((time.monotonic() - began) / 60, 1)} min, {number(len(it.journal.served))} risposte: {words}")
        time.sleep(max(0.0, began + seconds - time.monotonic()))
    missing = sum(not post.is_acknowledged for post in it.journal.posts.values())
    say(
        f"Guasti {len(faults)}; richieste ripetute {number(it.journal.again)}, il silenzio più lungo"
        f" {number(it.journal.longest_silence(), 1)} s; pagine di altri chieste {it.journal.trespasses}, aperte {it.journal.opened}."
    )
    if it.site.died:
        say(f"  riavviati: {dict(Counter(it.site.died))}")
    it.must(bool(faults), "la prova è troppo corta: nessun guasto")
    it.must(missing == 0, f"{missing} moduli non hanno mai avuto una risposta")
    it.end()


def beside(it: Run) -> None:
    """Requests a second of four connections, in turn with those of the floor page."""
    office = it.people.offices[0]
    port = it.site.start_floor(network_id=office.network_id, ambito_id=office.ambito_id)
    bare = Visitors(it.people, it.journal, port, it.args.seed)
    work: dict[str, Callable[[], Any]] = {
        "floor": lambda: bare.get("floor", "/", office.worker),
        "list": lambda: it.visitors.get("list", reverse("agreements:list"), office.worker),
        "detail": lambda: it.visitors.get(
            "detail", reverse("agreements:detail", args=[it.visitors.random.choice(office.placements)]), office.worker
        ),
        "tap": it.visitors.tap,
    }
    rates: dict[str, list[float]] = {kind: [] for kind in work}
    for one in work.values():
        never_resting(it, one, clients=CONNECTIONS, seconds=min(2.0, SLICE))  # warms up
    for turn in range(max(2, round(it.args.minutes * 60 / SLICE / len(work)))):
        for kind in list(work) if turn % 2 else reversed(work):
            rates[kind].append(never_resting(it, work[kind], clients=CONNECTIONS, seconds=SLICE))
    say(f"{'':10}{'al secondo':>12}{'del minimo':>12}{'almeno':>10}")
    say(f"{'floor':10}{number(statistics.median(rates['floor']), 1):>12}")
    for kind, least in BESIDE.items():
        share = statistics.median(mine / theirs for mine, theirs in zip(rates[kind], rates["floor"], strict=True))
        say(f"{kind:10}{number(statistics.median(rates[kind]), 1):>12}{number(share, 2):>12}{number(least, 2):>10}")
        it.must(share >= least, f"{kind}: {share:.2f} della pagina minima, almeno {least:.2f}")
    it.end()


# --- How they come


@contextmanager
def in_threads(count: int, work: Callable[[], None], over: threading.Event | None = None) -> Iterator[None]:
    """`work` in so many threads beside the block; left, they are told `over` and waited for. What one of them raised is raised here."""
    raised: list[BaseException] = []

    def safely() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=safely, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        if over:
            over.set()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def never_resting(it: Run, work: Callable[[], Any], *, clients: int, seconds: float) -> float:
    """So many clients, each with its next request as soon as the one before is answered; the answers a second that came in time."""
    so_far, until = len(it.journal.served), time.monotonic() + seconds

    def client() -> None:
        while time.monotonic() < until:
            work()

    with in_threads(clients, client):
        pass
    return sum(one.at <= until for one in it.journal.since(so_far)) / seconds


def by_the_clock(
    items: Iterable[Any],
    work: Callable[[Any], Any],
    *,
    rate: float,
    seed: int,
    seconds: float | None = None,
    over: threading.Event | None = None,
    took: list[float] | None = None,
) -> list[float]:
    """`work` of one item after the other, at `rate` a second, at moments drawn as people come: whether or not the ones before were
    answered. The seconds of each, from the moment it was due: who finds no hand free waits in them."""
    draw, waiting, lock = random.Random(seed), iter(items), threading.Lock()
    due = began = time.monotonic()
    found = [] if took is None else took

    def turn() -> tuple[float, Any] | None:
        nonlocal due
        with lock:
            due += draw.expovariate(rate)
            if seconds is not None and due > began + seconds:
                return None
            for item in waiting:
                return due, item
            return None

    def hand() -> None:
        while (mine := turn()) is not None:
            when, item = mine
            while (left := when - time.monotonic()) > 0 and not (over and over.is_set()):
                time.sleep(min(left, 0.2))
            if over and over.is_set():
                return
            work(item)
            found.append(time.monotonic() - when)

    with in_threads(max(4, min(HANDS, round(rate * 2))), hand):
        pass
    return found


def taps(it: Run, seconds: float) -> list[float]:
    """How long taps take, some a second."""
    return by_the_clock(itertools.repeat(None), lambda _: it.visitors.tap(), rate=TAPS, seconds=seconds, seed=it.args.seed)


@contextmanager
def tapping(it: Run) -> Iterator[list[float]]:
    """The same beside the block; the list is whole once it is left."""
    found, over = list[float](), threading.Event()

    def tap() -> None:
        by_the_clock(
            itertools.repeat(None), lambda _: it.visitors.tap(), rate=TAPS, seed=it.args.seed + 1, over=over, took=found
        )  # fmt: skip

    with in_threads(1, tap, over):
        yield found


def not_slower(it: Run, alone: list[float], beside_them: list[float]) -> None:
    ratio = percentile(beside_them, 0.5) / max(percentile(alone, 0.5), 0.001)
    say(f"Un tocco dura {number(ratio, 2)} volte quello da solo (mediane).")
    it.must(ratio <= SLOWER, f"un tocco dura {ratio:.2f} volte quello da solo, al massimo {SLOWER:g}")


def jobs_are_over(seconds: float) -> bool:
    """Waits until no job of now is queued or running."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM core_job WHERE state IN ('queued', 'running') AND run_after <= now() LIMIT 1")
            if not cursor.fetchall():
                return True
        time.sleep(0.5)
    return False
