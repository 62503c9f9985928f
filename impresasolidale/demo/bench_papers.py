"""The rows of ./impresa bench about the recognitions: two workers beside two bare processes, what a verification asks, the register."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certification import documents as certification
from certification.selectors import certificates, public
from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Document, Verification
from impresasolidale.website.selectors import visitor

from .bench_verdict import spread

EACH = 8  # papers a worker makes in one measure
COMPANIES, SEARCHES, LIMIT = 20_000, 40, 50.0  # the last in milliseconds at the database

# What one process does: loads everything, makes one paper, waits for the word, makes the others, tells its seconds. Nothing is kept.
WORKER = """
import sys, time, django
django.setup()
from django.db import transaction
from django.test import override_settings
from impresasolidale.accounts.access import Access
from impresasolidale.core import rendering, seals
from impresasolidale.core.models import Document, Verification
from impresasolidale.core.scope import scope
from django.conf import settings
how, network, ids = sys.argv[1], int(sys.argv[2]), [int(pk) for pk in sys.argv[3].split(",")]
storages = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
system = Access.system(network_id=network, ambito_id=None, reason="bench")
with override_settings(STORAGES=storages), transaction.atomic(), scope(system.scope):
    papers = [Document.objects.get(pk=pk) for pk in ids]
    pages = [rendering.html_of(p, Verification.objects.get(document_id=p.pk).code) for p in papers]
    if how == "ours":
        def make(n):
            Document.objects.filter(pk=ids[n]).update(state="pending", file_name="", file_hash="", size=0, pages=0)
            rendering.render_document(ids[n])
    else:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
        fonts, files = FontConfiguration(), rendering._fetcher()
        def make(n):
            seals.seal(HTML(string=pages[n], url_fetcher=files, base_url="asset:core/").write_pdf(font_config=fonts))
    make(0)
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    for n in range(len(ids)):
        make(n)
    print(time.perf_counter() - start, flush=True)
    transaction.set_rollback(True)
"""


def paper_rows(access: Access, rounds: int) -> Iterator[Any]:
    """Verification and register; inside the bench's own transaction, which is undone."""
    yield _verification()
    yield from _register(access)


def worker_row(network_id: int, rounds: int) -> Any:
    """How much two workers make beside one, against two bare processes beside one: papers of the database, in processes of their own."""
    from .bench import Row

    ids = _papers_of(network_id)
    ratios, ours, bare = [], [], []
    for _ in range(rounds):
        mine, theirs = _speed_up("ours", network_id, ids), _speed_up("bare", network_id, ids)
        ours.append(mine)
        bare.append(theirs)
        ratios.append(theirs / mine)
    return Row("two workers", round(median(ours), 3), round(median(bare), 3), round(median(ratios), 2), 1.11, spread(ratios))


def _papers_of(network_id: int) -> list[int]:
    from impresasolidale.core.scope import scope

    with scope(Access.system(network_id=network_id, ambito_id=None, reason="bench").scope):
        papers = Document.objects.filter(kind=certification.KIND, network_id=network_id).order_by("id")
        found = list(papers.values_list("pk", flat=True)[: 2 * EACH])
    if len(found) < 2:
        raise CommandError("Nel database mancano due attestati: prima servono i dati di prova, con ./impresa seed.")
    return found


def _speed_up(how: str, network_id: int, ids: list[int]) -> float:
    """Papers in a second of two processes, each with its half, by those of one alone with the first half."""
    half = len(ids) // 2
    alone = _seconds(how, network_id, [ids[:half]])
    both = _seconds(how, network_id, [ids[:half], ids[half : 2 * half]])
    return 2 * alone / both


def _seconds(how: str, network_id: int, parts: list[list[int]]) -> float:
    """How long the slowest of the processes takes, once all are ready."""
    usual = os.environ.get("DATABASE_URL", "")
    named = urlsplit(usual)._replace(path=f"/{connection.settings_dict['NAME']}").geturl() if usual else ""
    environment = {**os.environ, **({"DATABASE_URL": named} if named else {})}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, how, str(network_id), ",".join(map(str, part))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR, env=environment,
        )
        for part in parts
    ]  # fmt: skip
    try:
        for process in running:
            assert process.stdout and process.stdout.readline().strip() == "ready"
        for process in running:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        return max(float(process.stdout.readline()) for process in running if process.stdout)
    finally:
        for process in running:
            process.communicate(timeout=60)


def _verification() -> Any:
    """The statements of a stranger's look at a certificate: guesses, the code, the certificate with its paper."""
    from .bench import Row

    paper = Document.objects.filter(kind=certification.KIND).order_by("id").first()
    if paper is None:
        raise CommandError("Nel database manca un attestato: prima servono i dati di prova, con ./impresa seed.")
    url = f"/verifica/{Verification.objects.get(document_id=paper.pk).code}"
    client = Client()
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    asked = sum(q["sql"].startswith("SELECT") and "set_config" not in q["sql"] for q in queries.captured_queries)
    return Row("verification, queries", ours=asked, floor=3, ratio=round(asked / 3, 2), target=1.0)


def written(table: str) -> str:
    """The columns of a table that are written, not computed by the database."""
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    return ", ".join(str(field.column) for field in model._meta.concrete_fields if not getattr(field, "generated", False))


COPY = """
INSERT INTO {table} ({columns})
SELECT {columns} FROM generate_series(1, %(many)s) AS n,
LATERAL jsonb_populate_record(NULL::{table}, %(row)s::jsonb || jsonb_build_object({values}))
"""
FIRST = 900_000_000  # ids of the copies begin after it
KIND = "(ARRAY['panificio ', 'officina ', 'cooperativa ', 'segheria ', 'azienda agricola '])[1 + n %% 5]"
COMMON = ("panifcio", "officna", "coperativa", "segeria")  # those kinds with a letter forgotten: each is nearly in a fifth of the names
WORD = "(ARRAY['valle', 'monte', 'ponte', 'bosco', 'torre', 'fonte', 'prato', 'rocca'])[1 + n / 5 %% 8]"
NAME = f"{KIND} || {WORD} || ' ' || substr(md5(n::text), 1, 6)"
OF = {"company_id": f"{FIRST} + n"}
COPIES = {
    "hosts_company": {"tax_code": "(70000000000 + n)::text", "partita_iva": "''", "search_key": NAME, "name": NAME, "on_register": "true"},
    "core_document": {"number": "'1990/' || lpad(n::text, 6, '0')"},
    "certification_application": {**OF, "number": "'1990/' || lpad(n::text, 6, '0')", "campaign_id": "NULL"},
    "certification_certificate": {**OF, "application_id": f"{FIRST} + n", "document_id": f"{FIRST} + n", "supersedes_id": "NULL"},
}


def _register(access: Access) -> Iterator[Any]:
    """Twenty thousand recognised companies, one searched after another with a letter forgotten: what the statements take."""
    from .bench import Row

    today = timezone.localdate()
    like = certificates.in_force(today).select_related("application").order_by("pk").first()
    if like is None or like.application is None:
        raise CommandError("Nel database manca un riconoscimento valido: prima servono i dati di prova, con ./impresa seed.")
    rows = [like.company_id, like.document_id, like.application_id, like.pk]
    with connection.cursor() as cursor:
        for (table, own), pk in zip(COPIES.items(), rows, strict=True):
            values = {"id": f"{FIRST} + n", "public_id": "gen_random_uuid()", **own}
            columns = written(table)
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE id = %s", [pk])  # noqa: S608 our own tables
            (row,) = cursor.fetchone()
            pairs = ", ".join(f"'{name}', {sql}" for name, sql in values.items())
            cursor.execute(COPY.format(table=table, columns=columns, values=pairs), {"many": COMPANIES, "row": row})
    took = [_search(key, today) for key in itertools.islice(_keys(), SEARCHES)]
    slowest = round(quantiles(took, n=20)[-1] * 1000, 3)
    yield Row(f"register of {COMPANIES}, 95 in 100", ours=slowest, floor=LIMIT, ratio=round(slowest / LIMIT, 2), target=1.0)
    took = [_search(key, today) for key in COMMON for _ in range(SEARCHES // len(COMMON))]
    slowest = round(quantiles(took, n=20)[-1] * 1000, 3)
    yield Row(f"register of {COMPANIES}, a fifth found", ours=slowest, floor=LIMIT, ratio=round(slowest / LIMIT, 2), target=1.0)


def _keys() -> Iterator[str]:
    """Names of the copies, the third letter forgotten: "panificio valle 3fa…" → "panificio vale 3fa…" is what people type."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM hosts_company WHERE id > %s ORDER BY md5(id::text) LIMIT %s", [FIRST, SEARCHES])
        for (name,) in cursor.fetchall():
            yield " ".join(word[:2] + word[3:] if len(word) > 4 else word for word in name.split())


def _search(key: str, today: Any) -> float:
    """Seconds at the database."""
    spent = [0.0]

    def clocked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[0] += time.perf_counter() - start

    with visitor() as access, connection.execute_wrapper(clocked):
        public.register(access, QueryDict(""), today=today, wanted=public.Wanted(text=key))
    return spent[0]
