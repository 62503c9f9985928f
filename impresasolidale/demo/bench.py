"""./impresa bench: what the product costs beside the floors of the same run (performance.md §4). It measures; bench_verdict judges.

Pages and taps go through Django's in-process client, ours and the plain one alike: same process, same connection, no server
in between, so the ratio is quiet. Everything happens in one transaction that is rolled back at the end: no row stays. The
durable commit that ends a write, ours or the floor's, is paid on a second connection with a message in the log instead of
rows. A little strict on us: our scope tells the database the outer scope again, which a real request does not. Each row
takes turns with its floor, round by round; the ratio is the median of the rounds' ratios.
"""

import gc
import itertools
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import cycle, islice
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import CommandError
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from certification import documents as certification_documents
from impresasolidale.accounts.access import Access, access_for, hash_token
from impresasolidale.accounts.models import ApiToken, Entrusted, Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document, Verification
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.models import Ambito
from impresasolidale.treasury.models import Account, Pot
from impresasolidale.treasury.rules import Move, legs_of
from impresasolidale.treasury.services import post_entry
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.agreements.selectors import ORDERS, opens
from placements.agreements.services import make_papers
from placements.attendance.allowance_rules import compute
from placements.attendance.enums import MonthState, Outcome
from placements.attendance.models import Timesheet
from placements.attendance.services import allowances, freeze_sheets
from placements.matching.models import PersonSheet, SiteSheet
from placements.matching.selectors import ranked

from . import crowd, floor, ledger_crowd, together
from .bench_exchange import exchange_rows, floor_of_days
from .bench_fund import big_ledger_rows, fund_rows
from .bench_papers import paper_rows, worker_row
from .bench_policies import policy_rows
from .bench_reports import report_rows
from .bench_schemes import scheme_rows
from .bench_verdict import spread

BACKEND = "django.contrib.auth.backends.ModelBackend"
EURO = Decimal("1.00")
MANY = 30  # papers in one order
SHEETS = 5_000  # of one month, closed together
CONTRIB = ["auth", "contenttypes", "sessions", "messages", "staticfiles"]
SET_UP = "import time; start = time.perf_counter(); import django{more}; django.setup(); print(time.perf_counter() - start)"
BARE = "; from django.conf import settings; settings.configure(INSTALLED_APPS={apps}, USE_TZ=True)"

Call = Callable[[], float]  # does the work once, returns its seconds


@dataclass(frozen=True)
class Row:
    """One line of the table; times are medians in milliseconds. `spread` of the rounds' ratios; None for one figure of the whole run."""

    name: str
    ours: float
    floor: float
    ratio: float
    target: float
    spread: float | None = None

    @property
    def ok(self) -> bool:
        return self.ratio <= self.target

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


def measure(*, rounds: int = 40) -> Iterator[Row]:
    """The rows, one by one as they are measured; fewer `rounds` for a look. Raises CommandError on a database without the demo's data."""
    with ExitStack() as stack:
        stack.enter_context(_quiet_settings())
        if not stack.enter_context(floor_of_days()):
            raise _missing("chi può creare le tabelle del confronto")
        stack.enter_context(_rolled_back())
        access = _office()
        stack.enter_context(scope(access.scope))
        yield from _pages(access, rounds)
        yield from policy_rows(access, rounds)
        yield _tap(rounds)
        yield _posting(access, rounds)
        yield from _posting_together(access, max(1, rounds // 6))
        yield from fund_rows(access, rounds)
        if ledger_crowd.is_there():
            yield from big_ledger_rows(access, rounds)
        yield from _months(access, max(2, rounds // 4))
        yield from exchange_rows(access, max(2, rounds // 4))
        yield from _matching(access, rounds)
        yield from report_rows(access, max(3, rounds // 4))
        yield from scheme_rows(access, max(3, rounds // 4))
        yield _paper(access, max(2, rounds // 6))
        yield from paper_rows(access, rounds)
        if crowd.is_there():
            yield from _crowd(rounds)
        yield _many_papers(access, max(1, rounds // 20))
    yield worker_row(access.network_id, max(1, rounds // 10))
    yield _set_up(max(1, rounds // 10))


def compare(name: str, ours: Call, bare: Call, *, target: float, rounds: int, warm_up: int = 2) -> Row:
    """`ours` and its floor in turn, which of them first changing each round. The rounds to warm up do not count, nor is what earlier rows
    left in memory swept in the middle of this one."""
    gc.collect()
    gc.freeze()
    pairs = []
    for number in range(rounds + warm_up):
        if number % 2:
            mine, theirs = ours(), bare()
        else:
            theirs, mine = bare(), ours()
        if number >= warm_up:
            pairs.append((mine, theirs))
    ratios = [mine / theirs for mine, theirs in pairs]
    return Row(
        name=name,
        ours=round(median(mine for mine, _ in pairs) * 1000, 3),
        floor=round(median(theirs for _, theirs in pairs) * 1000, 3),
        ratio=round(median(ratios), 2),
        target=target,
        spread=spread(ratios),
    )


def timed(work: Callable[[], Any]) -> Call:
    """The seconds of `work`, whose rows are undone outside the measure."""

    def call() -> float:
        with _rolled_back():
            start = time.perf_counter()
            work()
            return time.perf_counter() - start

    return call


@contextmanager
def _committing() -> Iterator[Callable[[Callable[[], Any]], Callable[[], None]]]:
    """A decorator for writes: a durable commit follows, as it would without our rollback. It leaves no row."""
    beside = connection.copy()

    def with_commit(work: Callable[[], Any]) -> Callable[[], None]:
        def write() -> None:
            work()
            with beside.cursor() as cursor:
                cursor.execute("SELECT pg_logical_emit_message(true, 'bench', '')")

        return write

    try:
        yield with_commit
    finally:
        beside.close()


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _quiet_settings() -> Iterator[None]:
    """The client's own host name; files of papers stay in memory."""
    storages = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False, STORAGES=storages):
        yield


# --- Whom we measure as


def _missing(what: str) -> CommandError:
    return CommandError(f"Nel database manca {what}: prima servono i dati di prova, con ./impresa seed.")


def _office() -> Access:
    """The coordinator with the most placements."""
    found = []
    for user in User.objects.filter(memberships__role=Role.COORDINATOR, memberships__valid_to=None, is_active=True).distinct():
        access = access_for(user)
        with scope(access.scope):
            found.append((Placement.objects.count(), access))
    if not found or not max(found, key=lambda pair: pair[0])[0]:
        raise _missing("un coordinatore con dei tirocini")
    return max(found, key=lambda pair: pair[0])[1]


def _tutor() -> Access:
    """The company tutor with the most people."""
    tutors = Membership.objects.in_force(timezone.localdate()).filter(role=Role.COMPANY_TUTOR).values("user_id")
    busiest = (
        Entrusted.objects.filter(user_id__in=tutors)
        .values("user_id")
        .annotate(people=Count("placement_id"))
        .order_by("-people", "user_id")
        .first()
    )
    if busiest is None or busiest["user_id"] is None:
        raise _missing("un tutor aziendale con delle persone")
    return access_for(User.objects.get(pk=busiest["user_id"]))


def _signed_in(client: Client, user: Any) -> Client:
    client.force_login(user, backend=BACKEND)
    client.cookies["csrftoken"] = secrets.token_hex(16)
    return client


def _getting(client: Client, url: str) -> Callable[[], None]:
    def get() -> None:
        status = client.get(url).status_code
        if status != 200:
            raise CommandError(f"{url}: {status}")

    return get


def _posting_form(client: Client, url: str, **values: Any) -> Callable[[], None]:
    def post() -> None:
        tokens = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "_submission": uuid.uuid4()}
        body = urlencode({**values, **tokens})
        status = client.post(url, body, content_type="application/x-www-form-urlencoded").status_code
        if status not in (302, 303):
            raise CommandError(f"{url}: {status}")

    return post


# --- The rows


def _pages(access: Access, rounds: int) -> Iterator[Row]:
    bare = timed(_getting(_signed_in(floor.PlainClient(), access.actor), "/"))
    ours = _signed_in(Client(), access.actor)
    running = Placement.objects.filter(opens(access, "pk"), ambito_id=access.ambito_id, state=PlacementState.ACTIVE)
    newest = running.order_by("-starts_on", "-id").first()  # that asks for no reason
    if newest is None:
        raise _missing("un tirocinio in corso")
    for name, url, target in (
        ("agreements:list", reverse("agreements:list"), 4.0),
        ("agreements:detail", reverse("agreements:detail", args=[newest.public_id]), 3.0),
        ("reports:dashboard", reverse("reports:dashboard"), 3.0),
        ("website:figures", reverse("website:figures"), 3.0),
    ):
        yield compare(name, timed(_getting(ours, url)), bare, target=target, rounds=rounds)
    tutor = _tutor()
    phone = _signed_in(Client(), tutor.actor)
    phone.get(reverse("attendance:today"))  # the first page of a day writes into the session what the others find there
    yield compare("attendance:today", timed(_getting(phone, reverse("attendance:today"))), bare, target=3.0, rounds=rounds)
    token = secrets.token_urlsafe()
    assert access.actor
    ApiToken.objects.create(
        user=access.actor,
        name="bench",
        token_hash=hash_token(token),
        scopes=["read:companies"],
        ambito_id=access.ambito_id,
        expires_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    program = Client(headers={"Authorization": f"Bearer {token}"})
    yield compare("api:company-list", timed(_getting(program, reverse("api:company-list"))), bare, target=2.0, rounds=rounds)


def _tap(rounds: int) -> Row:
    """One tap of the tutor against a bare post that locks one row and adds one."""
    tutor, today = _tutor(), timezone.localdate()
    with scope(tutor.scope), _committing() as committed:
        sheet = (
            Timesheet.objects.filter(
                placement__in=tutor.placements or (), placement__state=PlacementState.ACTIVE, placement__starts_on__lte=today,
                state=MonthState.OPEN, month__lte=today,
            )
            .select_related("placement")
            .order_by("-month", "id")
            .first()
        )  # fmt: skip
        if sheet is None:
            raise _missing("un mese aperto da registrare")
        placement = sheet.placement
        day = max(sheet.month, placement.starts_on)
        phone = _signed_in(Client(enforce_csrf_checks=True), tutor.actor)
        phone.get(reverse("attendance:today"))  # what a session remembers from its first page of a day on is not part of a tap
        ours = _posting_form(
            phone,
            reverse("attendance:record", args=[placement.public_id]),
            day=day, outcome=Outcome.PRESENT, minutes="1:00", back="today",
        )  # fmt: skip
        bare = _posting_form(_signed_in(floor.PlainClient(), tutor.actor), f"/{placement.public_id}/", day=day)
        return compare("one tap", timed(committed(ours)), timed(committed(bare)), target=2.5, rounds=rounds)


def _posting(access: Access, rounds: int) -> Row:
    """One entry of the ledger against one bare statement."""
    pot = Pot.objects.order_by("id").first()
    if pot is None:
        raise _missing("un salvadanaio")
    accounts = {a.kind: a for a in Account.objects.filter(network_id=pot.network_id, pot_id__in=[pot.pk])}
    accounts[Account.Kind.BANK] = Account.objects.get(network_id=pot.network_id, kind=Account.Kind.BANK)
    legs, today = legs_of(Move.RECEIVE, accounts, EURO), timezone.localdate()
    floor.make_ledger()

    def ours() -> None:
        post_entry(network_id=pot.network_id, key=f"bench:{uuid.uuid4()}", posted_on=today, words="Prova", source=pot, legs=legs, by=access)

    def bare() -> None:
        floor.transfer(key=f"bench:{uuid.uuid4()}", amount=EURO)

    with _committing() as committed:
        return compare("post_entry", timed(committed(ours)), timed(committed(bare)), target=3.0, rounds=rounds)


def _posting_together(access: Access, rounds: int) -> Iterator[Row]:
    """Postings of several clients, in milliseconds each; the last rows ask that a hot pot never slows down with more clients."""
    with together.shared_floor() as is_there:
        if not is_there:
            raise _missing("chi può creare le tabelle del confronto")
        yield _of_rates("post_entry x4", together.measure(access, clients=[4], hot=False, rounds=rounds)[4])
        hot = together.measure(access, clients=[1, 4, 16], hot=True, rounds=rounds)
        for clients in (4, 16):
            yield _of_rates(f"post_entry hot x{clients}", hot[clients])
        for clients in (4, 16):
            many, alone = 1000 / hot[clients].ours, 1000 / hot[1].ours
            held = hot[clients]
            yield Row(f"post_entry hot x{clients} to x1", round(many, 3), round(alone, 3), held.to_first, 1.0, held.to_first_spread)


def _of_rates(name: str, rates: together.Rates) -> Row:
    return Row(name, round(1000 / rates.ours, 3), round(1000 / rates.floor, 3), rates.ratio, target=3.0, spread=rates.spread)


def _months(access: Access, rounds: int) -> Iterator[Row]:
    """The office's biggest month that is over: read and worked out, then the whole close, against one set-based statement."""
    over = Timesheet.objects.filter(ambito_id=access.ambito_id, month__lt=timezone.localdate().replace(day=1)).exclude(
        state=MonthState.FROZEN
    )
    biggest = over.values("month").annotate(sheets=Count("pk")).order_by("-sheets", "-month").first()
    if biggest is None:
        raise _missing("un mese da chiudere")
    ids = list(over.filter(month=biggest["month"]).order_by("pk").values_list("pk", flat=True)[:SHEETS])
    Timesheet.objects.filter(pk__in=ids, closed_at=None).update(closed_at=timezone.now())
    for state in (MonthState.CLOSED, MonthState.CONFIRMED):
        Timesheet.objects.filter(pk__in=ids).exclude(state=MonthState.CONFIRMED).update(state=state)
    office = Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="bench")
    floor.make_months()

    def engine() -> None:
        for one in allowances.load(ids):
            compute(one.values, one.book)

    def close() -> None:
        allowances.compute_month(sheets=ids, by=office, now=timezone.now())
        freeze_sheets(sheets=ids, by=office, now=timezone.now())

    bare = timed(lambda: floor.close_months(ids))
    yield compare(f"allowance engine, {len(ids)}", timed(engine), bare, target=3.0, rounds=rounds)
    yield compare(f"month close, {len(ids)}", timed(close), bare, target=12.0, rounds=rounds)


def _paper(access: Access, rounds: int) -> Row:
    """A company's certificate, rendered and sealed by the worker's function, against bare WeasyPrint and the seal on the same HTML."""
    from weasyprint import HTML  # heavy: only here
    from weasyprint.text.fonts import FontConfiguration

    from impresasolidale.core import rendering, seals

    like = Document.objects.filter(kind=certification_documents.KIND, network_id=access.network_id).order_by("id").first()
    if like is None:
        raise _missing("un riconoscimento")
    context: Any = like.context
    document = issue(
        kind=like.kind, kind_label=like.kind_label, template=like.template, subject=like, context=context,
        today=timezone.localdate(), by=access, network_id=like.network_id,
    )  # fmt: skip
    html = rendering.html_of(document, Verification.objects.get(document_id=document.pk).code)
    fonts, files = FontConfiguration(), rendering._fetcher()

    def bare() -> None:
        seals.seal(HTML(string=html, url_fetcher=files, base_url="asset:core/").write_pdf(font_config=fonts))

    return compare("certificate", timed(lambda: rendering.render_document(document.pk)), timed(bare), target=1.3, rounds=rounds)


def _matching(access: Access, rounds: int) -> Iterator[Row]:
    """All sites of the network ranked for one person after another, at the database; the floor only reads the sites in order."""
    people = list(PersonSheet.objects.filter(ambito_id=access.ambito_id).order_by("id").values_list("beneficiary_id", flat=True)[:50])
    sites = SiteSheet.objects.filter(network_id=access.network_id).values("site").distinct().count()
    if not people or not sites:
        raise _missing("le schede di compatibilità")
    in_turn, took = cycle(people), list[float]()

    def ours() -> float:
        start = time.perf_counter()
        ranked(access, beneficiaries=[next(in_turn)], on=timezone.localdate())
        took.append(time.perf_counter() - start)
        return took[-1]

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, public_id, name FROM hosts_site WHERE network_id = %s ORDER BY name, id", [access.network_id])
            cursor.fetchall()

    yield compare(f"matching, {sites}", ours, timed(bare), target=30.0, rounds=max(rounds, 20))
    slowest, limit = round(quantiles(took, n=20)[-1] * 1000, 3), 100.0  # ms, of 500 sites
    yield Row("matching, 95 in 100", ours=slowest, floor=limit, ratio=round(slowest / limit, 2), target=1.0)


# --- With a crowd

SCOPES = {"33,000": "Sondrio", "3,000": "Tirano", "300": "Morbegno"}  # nominal sizes; of 100,000 placements, crowd.SHARES
STATES = ("", "stato=active", "stato=preparing", "stato=at_risk", "presto=on")
COMBINATIONS = [
    *(f"{state}&ordina={order}" for state in STATES for order in ORDERS),
    *(f"q=colombbo&{more}" for more in ("", "stato=active", "ordina=modifica", "impresa=panificio")),
    *(f"impresa=panificio&{more}" for more in ("", "stato=closed", "ordina=nome", "ordina=modifica&presto=on")),
    *("dal=2024-06-01", "dal=2024-06-01&stato=closed", "lettera=m", "lettera=m&stato=active", "q=maria&dal=2024-06-01"),
]
DEEP = 12_500  # rows before the deep page: page 500


def _crowd(rounds: int) -> Iterator[Row]:
    """The list at three sizes of the scope, and what the large one asks besides."""
    pages = {}
    for size, ambito in SCOPES.items():
        access = _coordinator_of(ambito)
        client = _signed_in(Client(), access.actor)
        bare = timed(_getting(_signed_in(floor.PlainClient(), access.actor), "/"))
        with scope(access.scope):

            def page(query: str = "", client: Client = client) -> Call:
                return timed(_getting(client, f"{reverse('agreements:list')}?{query}"))

            for order in ORDERS:
                yield compare(f"list {size} by {order}", page(f"ordina={order}"), bare, target=4.0, rounds=rounds)
            looks = [compare(q, page(q), bare, target=4.0, rounds=max(3, rounds // 8)) for q in COMBINATIONS]
            worst = max(looks, key=lambda row: row.ratio).name
            yield compare(f"list {size} any combination", page(worst), bare, target=4.0, rounds=rounds)
        pages[size] = page
    large, small = pages["33,000"], pages["300"]
    yield compare("list largest to smallest", large(), small(), target=1.3, rounds=rounds)
    access = _coordinator_of(SCOPES["33,000"])
    with scope(access.scope):
        ours = Placement.objects.order_by(*ORDERS["inizio"])
        pivot = ours.values_list("public_id", flat=True)[min(DEEP, ours.count() // 2)]
        yield compare("list deep page", large(f"dopo={pivot}"), large(), target=1.3, rounds=rounds)
        yield from _name_search(access, rounds)


def _coordinator_of(ambito: str) -> Access:
    membership = Membership.objects.filter(ambito__name=ambito, role=Role.COORDINATOR, deputy_of=None).order_by("pk").first()
    if membership is None:
        raise _missing(f"il coordinatore di {ambito}")
    return access_for(membership.user)


def _name_search(access: Access, rounds: int) -> Iterator[Row]:
    """Names with a mistake among all placements: the product's function against the bare statement on a table of names alone."""
    everywhere = Scope(networks=access.scope.networks, ambiti=frozenset(Ambito.objects.values_list("pk", flat=True)))
    with scope(everywhere):
        floor.make_names()
        people = list(Placement.objects.order_by("public_id").values_list("person_key", flat=True)[:50])
    keys = [key[:2] + key[3:] for key in (" ".join(name.split()[:2]) for name in people)]  # the third letter is forgotten
    took: list[float] = []

    def asking(statement: str) -> Call:
        words = itertools.cycle(keys)

        def call() -> float:
            key = next(words)
            with connection.cursor() as cursor:
                start = time.perf_counter()
                cursor.execute(statement, {"key": key, "ambito": access.ambito_id})
                cursor.fetchall()
                return time.perf_counter() - start

        return call

    ours, bare = asking("SELECT agreements_placement_named(%(key)s)"), asking(floor.NAMED)

    def noted() -> float:
        took.append(ours())
        return took[-1]

    yield compare("name search", noted, bare, target=2.0, rounds=max(rounds, 20))
    slowest = round(quantiles(took, n=20)[-1] * 1000, 3)
    limit = 50.0  # ms at the database
    yield Row("name search, 95 in 100", ours=slowest, floor=limit, ratio=round(slowest / limit, 2), target=1.0)


def _many_papers(access: Access, rounds: int) -> Row:
    """The worker's whole part of an order of easy agreements for thirty placements: made one by one, rendered, sealed and stored. The
    floor renders and seals the same thirty HTMLs."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    from impresasolidale.core import rendering, seals

    chosen = Placement.objects.filter(ambito_id=access.ambito_id, state=PlacementState.ACTIVE).order_by("id")
    ids = list(chosen.values_list("pk", flat=True)[:MANY])
    ids = list(islice(cycle(ids), MANY))  # the demo has fewer
    office = Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="bench")
    today = timezone.localdate()

    def make() -> list[int]:
        found: list[int] = make_papers(run=Silent(), kind="pact", placement_ids=ids, by=office, today=today)["made"]
        return found

    codes = Verification.objects.in_bulk(make(), field_name="document_id")
    pages = [rendering.html_of(paper, codes[paper.pk].code) for paper in Document.objects.filter(pk__in=codes).order_by("pk")]
    fonts, files = FontConfiguration(), rendering._fetcher()

    def ours() -> None:
        for pk in make():
            rendering.render_document(pk)

    def bare() -> None:
        for html in pages:
            seals.seal(HTML(string=html, url_fetcher=files, base_url="asset:core/").write_pdf(font_config=fonts))

    timed(lambda: rendering.render_document(make()[0]))()  # warms both: a round of thirty would be too much
    return compare(f"papers x{MANY}", timed(ours), timed(bare), target=1.3, rounds=rounds, warm_up=0)


class Silent:
    """A job's run that nobody watches."""

    def progress(self, done: int, total: int, words: str = "") -> None: ...


def _set_up(rounds: int) -> Row:
    """`import django; django.setup()` in a fresh process, the interpreter's own start left out; the floor has Django's own five apps."""
    bare = BARE.format(apps=[f"django.contrib.{name}" for name in CONTRIB])
    return compare(
        "django.setup", lambda: _fresh(SET_UP.format(more="")), lambda: _fresh(SET_UP.format(more=bare)), target=6.0, rounds=rounds
    )


def _fresh(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR)
    return float(done.stdout.strip().rpartition("\n")[2])
