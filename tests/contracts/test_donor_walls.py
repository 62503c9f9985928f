"""A donor never sees who was helped, by any path (rule 73): every page, file, header, mail and report that a donor, a partner, an auditor
or the contact of a company that gives and hosts may reach is walked, and nothing of anybody the fund helped is in it.

A company goes on reading the names of the people it hosts: but nowhere that the fund helped one of them.
"""

import io
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.models import Job, Message
from impresasolidale.core.scope import Scope, scope
from impresasolidale.reports.definitions import BY_CODE
from impresasolidale.reports.models import ReportRun
from impresasolidale.reports.services import order_report
from impresasolidale.territory.models import Ambito, Network
from impresasolidale.treasury.models import Pot
from placements.agreements.models import Placement
from solidarity_fund.models import BenefitRequest, Contribution, Donor, Publication, Story
from tests.support import database
from tests.support.seeded import seeded_database

from .test_sweep import ONE, UUID, addresses, client_of, filled

MOST = 500  # pages of one walk: a guard against a page that leads to ever new ones
ASKED = 3  # filters and pages of one list that are followed
LINK = re.compile(r"""(?:href|src|hx-get)=["']([^"'#]+)""")
LEAVE = ("/guida/", "/static/", "/media/", "/accesso/esci", "mailto:", "tel:", "http://", "https://", "data:")
REGULATION = ("/regole/",)  # which kinds of help there are is no secret
ROOMS = {"solidarity_fund", "reports", "beneficiaries", "desk", "core", "composing", "together", "projects"}
OWN = "/fatto-insieme/"  # the home of who signs in as a donor or a partner
WATCHERS = (Role.DONOR, Role.PARTNER, Role.AUDITOR)


@dataclass
class Known:
    """What must not be read: of each person helped the names and codes; of each request its address, quote and words."""

    people: dict[int, set[str]] = field(default_factory=dict)  # beneficiary → words that say who
    ids: set[str] = field(default_factory=set)  # public ids of people, requests, stories
    quotes: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)  # labels of every kind of help
    pots: set[str] = field(default_factory=set)
    few: dict[int, set[str]] = field(default_factory=dict)  # year → kinds that fewer than five had
    hosted: set[int] = field(default_factory=set)  # beneficiaries of the companies that the contact works for
    given: set[str] = field(default_factory=set)  # the donor's own words: the pots and kinds of help of the own gifts


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("walls")) as name:
        everywhere = Scope(
            networks=frozenset(Network.objects.values_list("pk", flat=True)), ambiti=frozenset(Ambito.objects.values_list("pk", flat=True))
        )
        with scope(everywhere):
            users = {
                role: Membership.objects.in_force(timezone.localdate()).filter(role=role).order_by("id").first().user for role in WATCHERS
            }
            contacts = Membership.objects.in_force(timezone.localdate()).filter(role=Role.COMPANY_CONTACT).order_by("id")
            helped = BenefitRequest.objects.filter(placement__company__in=contacts.values("company")).order_by("pk").first()
            company = helped.placement.company if helped else contacts.first().company
            users[Role.COMPANY_CONTACT] = contacts.filter(company=company).first().user
            Donor.objects.filter(kind=Donor.Kind.COMPANY).order_by("pk").update(company=company, email=users[Role.COMPANY_CONTACT].email)
            worked_for = Membership.objects.filter(user=users[Role.COMPANY_CONTACT]).exclude(company=None).values("company")
            ids = share_address(name, company)
            yield {"users": users, "known": known(worked_for), "ids": ids, "everywhere": everywhere}


def share_address(name: str, company: Any) -> set[str]:
    """A request of elsewhere, its person, a story and a publication take one public id: each address is then asked once for all of them.
    Returns it, and that of a publication of the other kind."""
    helped = BenefitRequest.objects.exclude(placement__company=company).select_related("beneficiary").order_by("pk")[0]
    account, grants = (Publication.objects.filter(kind=kind).order_by("pk")[0] for kind in ("account", "grants"))
    with database.owner(name) as owner:
        for row in (helped, helped.beneficiary, Story.objects.order_by("pk")[0], account):
            table = row._meta.db_table
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(f"UPDATE {table} SET public_id = %s WHERE id = %s", [ONE, row.pk])
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return {str(ONE), str(grants.public_id)}


def known(companies: Any) -> Known:
    found = Known(kinds={str(label) for label in BenefitRequest.Kind.labels} - {"pasti"})  # a company writes down meals of its own
    rows = BenefitRequest.objects.select_related("beneficiary").order_by("pk")
    for row in rows:
        person = row.beneficiary
        names = {f"{person.first_name} {person.last_name}", f"{person.last_name} {person.first_name}", person.codice_fiscale}
        found.people[person.pk] = names
        found.ids |= {str(row.public_id), str(person.public_id)}
        found.quotes.add(row.quote)
    found.ids |= {str(pk) for pk in Story.objects.values_list("public_id", flat=True)}
    found.quotes.discard("Preventivo")
    found.pots = {pot.name for pot in Pot.objects.filter(use=Pot.Use.FUND)} - {"Libero", "Trasporti"}  # ordinary words
    for gift in Contribution.objects.filter(donor__in=Membership.objects.exclude(donor=None).values("donor")).select_related("pot"):
        found.given |= {gift.pot.name, str(gift.get_for_kind_display())}
    found.hosted = set(Placement.objects.filter(company__in=companies).values_list("beneficiary_id", flat=True))
    for year in Publication.objects.filter(kind="account").values_list("year", flat=True):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kind, people FROM solidarity_fund_paid_between(1, %s, %s) WHERE pot IS NULL", [f"{year}-01-01", f"{year}-12-31"]
            )
            labels = dict(BenefitRequest.Kind.choices)
            found.few[year] = {str(labels[kind]) for kind, people in cursor.fetchall() if kind and people < 5}
    return found


def text_of(response: Any) -> str:
    """Everything a reader gets: headers with the file's name, and the words of pages, tables and papers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.get("Content-Type", "")
    said = "\n".join(f"{name}: {value}" for name, value in response.items())
    if kind.startswith("application/pdf"):
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=body, capture_output=True, check=True)
        return said + done.stdout.decode()
    if "spreadsheetml" in kind:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
        return said + "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return said + unescape(body.decode(errors="replace"))


def walk(client: Client, starts: list[str]) -> dict[str, tuple[int, str]]:
    """Address → (status, text) of all that is reached from `starts` by following what pages link to."""
    found: dict[str, tuple[int, str]] = {}
    ahead, queries = list(dict.fromkeys(starts)), Counter[str]()
    while ahead and len(found) < MOST:
        address = ahead.pop(0)
        path, _, query = address.partition("?")
        queries[path] += bool(query)
        if address in found or queries[path] > ASKED:
            continue
        response = client.get(address)
        text = text_of(response)
        found[address] = (response.status_code, text)
        links = LINK.findall(text) if response.get("Content-Type", "").startswith("text/html") else []
        ahead += [response["Location"]] if response.status_code in (301, 302, 303) else []
        for link in links:
            target = link if not link.startswith("?") else address.partition("?")[0] + link
            if target.startswith("/") and not target.startswith(LEAVE) and target not in found:
                ahead.append(target)
    return found


def starts() -> list[str]:
    """Every page without an argument; the API asks for a key, and is swept with keys."""
    pages = [(name, route) for name, route in addresses() if "<" not in route and not name.startswith("api:")]
    return [route for name, route in pages if name not in {"core:components", "core:healthz"}]


def with_ids(ids: set[str]) -> Iterator[str]:
    """Every address of the rooms that know a fund's row or its person, asked for rows nobody outside the office may reach. The sweep asks
    every other address with foreign rows."""
    for name, route in addresses():
        if "<uuid:" in route and name.partition(":")[0] in ROOMS:
            for public_id in sorted(ids):
                yield filled(route, public_id)  # type: ignore[arg-type]


def told(text: str, words: set[str]) -> set[str]:
    return {word for word in words if word and word in text}


def who(text: str, people: dict[int, set[str]], allowed: set[int]) -> set[str]:
    """Words of people who are not `allowed`; of two of one name, one allowed, the name tells nothing."""
    known = set().union(*(people[pk] for pk in allowed & {*people}))
    return set().union(*(told(text, words - known) for pk, words in people.items() if pk not in allowed))


def is_public(address: str) -> bool:
    return address.startswith("/fondo-di-solidarieta/") or address.split("?")[0] in {"/", "/numeri/", "/dati-aperti/"}


@pytest.mark.parametrize("role", [*WATCHERS, Role.COMPANY_CONTACT, None])
def test_nobody_outside_the_office_reads_who_was_helped(demo, role):
    facts: Known = demo["known"]
    assert len(facts.people) > 10 and facts.ids and any(facts.few.values())
    allowed = facts.hosted if role == Role.COMPANY_CONTACT else set()
    read = walk(client_of(demo["users"].get(role)), starts())
    assert 20 < len(read) < MOST
    assert any(address.startswith("/fondo-di-solidarieta/trasparenza/") for address in read)
    faults = []
    for address, (status, text) in read.items():
        faults += [(address, word) for word in who(address + text, facts.people, allowed)]
        faults += [(address, word) for word in told(address + text, facts.quotes)]
        if role != Role.COMPANY_CONTACT:
            faults += [(address, word) for word in told(address + text, facts.ids)]
        if not is_public(address) and status == 200 and not address.startswith(REGULATION):
            # A report that is ordered, and the open data of approved accounts, tell kinds with enough people: not those of few.
            kinds = set().union(*facts.few.values()) if address.startswith(("/rapporti/", "/dati-aperti/")) else facts.kinds
            mine = facts.given if role == Role.DONOR and address.startswith(OWN) else set()
            faults += [(address, word) for word in told(text, (kinds | facts.pots) - mine)]
    assert faults == []
    own = [address for address, (status, _text) in read.items() if address.startswith(OWN) and status == 200]
    if role == Role.DONOR:  # the own page is full
        assert OWN in own and "Fondazione Noce Buona" in read[OWN][1]
    if role == Role.PARTNER:
        assert own == [OWN] and "Le azioni fatte insieme" in read[OWN][1]


@pytest.mark.parametrize("role", [*WATCHERS, Role.COMPANY_CONTACT, None])
def test_no_address_of_a_request_or_a_story_opens(demo, role):
    facts: Known = demo["known"]
    client = client_of(demo["users"].get(role))
    opened = []
    for address in with_ids(demo["ids"]):
        response = client.get(address)
        if response.status_code == 200 and address.startswith("/fondo/"):
            opened.append(address)
        if "/fondo/" in address:
            assert not who(text_of(response), facts.people, set()), address  # nor does what refuses say who it is
    assert opened == []


def test_kinds_of_few_are_in_no_public_table_or_file(demo):
    facts: Known = demo["known"]
    read = {a: t for a, (s, t) in walk(client_of(None), [reverse("website:fund")]).items() if s == 200 and a.startswith("/fondo-di-solid")}
    files = [address for address in read if re.search(r"\.(csv|xlsx|pdf)$", address)]
    assert {address.rpartition(".")[2] for address in files} >= {"csv", "xlsx"}
    for year, labels in facts.few.items():
        for address, text in read.items():
            if str(year) in address or address == reverse("website:fund"):
                assert not told(text, labels) and not told(text.lower(), labels), address
    for address, text in read.items():
        assert not UUID.findall(address), address
        if "/trasparenza/" in address:  # never a kind of help, never a comune of residence
            assert not told(text, facts.kinds), address


def test_what_an_auditor_orders_of_the_fund_says_no_more(demo):
    """The report of the whole network, made by the worker's function and read as page, paper, workbook and tables."""
    facts: Known = demo["known"]
    user: User = demo["users"][Role.AUDITOR]
    by = access_for(user)
    year = max(facts.few)
    with scope(by.scope):
        from datetime import date

        order_report(definition=BY_CODE["fund_account"], first=date(year, 1, 1), by=by, today=timezone.localdate())
    for job in Job.objects.filter(name="reports.make", state="queued").order_by("pk"):
        jobs.run(job.pk)
    with scope(by.scope):
        report = ReportRun.objects.filter(kind="fund_account").order_by("-pk").first()
        assert report.is_ready
    read = walk(client_of(user), [reverse("reports:detail", args=[report.public_id])])
    here = {address: text for address, (status, text) in read.items() if status == 200 and str(report.public_id) in address}
    assert len(here) >= 5
    for address, text in here.items():
        assert not told(text, facts.few[year]) and not who(text, facts.people, set()) and not told(text, facts.quotes), address


def test_no_mail_to_who_gives_says_who_was_helped(demo):
    facts: Known = demo["known"]
    with scope(demo["everywhere"]):
        givers = set(Donor.objects.exclude(email="").values_list("email", flat=True)) | {user.email for user in demo["users"].values()}
        messages = list(Message.objects.filter(address__in=givers))
        for message in messages:
            said = f"{message.subject}\n{message.body}"
            assert not who(said, facts.people, facts.hosted) and not told(said, facts.quotes | facts.pots)
            assert not told(said, facts.kinds)


def test_the_walls_are_looked_at_where_they_would_fall(demo):
    """Were a name on a page, the walk would see it: the office's own page shows one."""
    facts: Known = demo["known"]
    worker = Membership.objects.in_force(timezone.localdate()).filter(role=Role.COORDINATOR).order_by("id").first().user
    read = walk(client_of(worker), [reverse("solidarity_fund:requests")])
    assert any(who(text, facts.people, set()) for _status, text in read.values())
