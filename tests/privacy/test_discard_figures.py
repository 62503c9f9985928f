"""People of the demo with long stories are discarded: no figure of the past moves, no page breaks, their names are where it says why."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.fields import decrypt
from impresasolidale.core.scope import scope
from impresasolidale.privacy.models import DiscardItem, DiscardList
from impresasolidale.privacy.services import retention as services
from impresasolidale.reports import tables
from impresasolidale.reports.definitions import DEFINITIONS, Scope
from impresasolidale.reports.indicators import figures
from impresasolidale.reports.periods import Period
from impresasolidale.reports.wanted import Wanted
from impresasolidale.territory.models import Comune
from placements.agreements.enums import OVER
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary
from solidarity_fund.models import BenefitRequest
from tests.contracts.test_donor_walls import text_of
from tests.contracts.test_sweep import NOWHERE, WORDS, addresses, client_of, filled, is_shut
from tests.support import database, everywhere, fields
from tests.support.seeded import seeded_database

TODAY = date(2026, 11, 16)
# Papers in which the name of somebody who was discarded still stands: acts about many people at once, each with a term of its own.
OF_MANY = {"treasury.liquidation_act", "treasury.liquidation_slip"}
PERIODS = [(date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 7, 1), date(2026, 9, 30)), (date(2026, 1, 1), date(2026, 12, 31)),
           (date(2025, 1, 1), date(2025, 12, 31))]  # fmt: skip
ASKERS = (Role.COORDINATOR, Role.SOCIAL_WORKER, Role.ACCOUNTING, Role.DPO, Role.COMMISSION_MEMBER, Role.COMUNE_OFFICER)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("discarded")) as name:
        held = Membership.objects.in_force(timezone.localdate()).filter(ambito__name="Sondrio").order_by("id")
        users = {role: held.filter(role=role)[0].user for role in ASKERS}
        access, dpo = access_for(users[Role.COORDINATOR]), access_for(users[Role.DPO])
        with scope(access.scope):
            people = stories(access)
            words = {word for person in people for word in words_of(person)}
            before = told(access)
            row = start(people, access, dpo)
        assert database.violations(name) == []
        assert len(everywhere.places(name, pattern(words))) > 10  # they are there now
        with scope(dpo.scope):
            items = list(row.items.select_related("beneficiary").order_by("pk"))
        for item in items:
            with scope(dpo.scope):
                services._discard(item, item.beneficiary, kind="case_file", by=dpo, today=TODAY)
        with scope(access.scope):
            after = told(access)
        yield {"name": name, "users": users, "people": people, "words": words, "before": before, "after": after, "list": row}


def stories(access: Access) -> list[Beneficiary]:
    """Those of whom there is most, with nothing running, and with a name that nobody else has."""
    over = Placement.objects.filter(ambito_id=access.ambito_id, state__in=OVER).values("beneficiary")
    running = Placement.objects.filter(ambito_id=access.ambito_id).exclude(state__in=OVER).values("beneficiary")
    rows = Beneficiary.objects.filter(pk__in=over).exclude(pk__in=running).filter(merged_into=None).order_by("pk")
    names = [f"{p.first_name} {p.last_name}".lower() for p in Beneficiary.objects.order_by("pk")]
    helped = set(BenefitRequest.objects.values_list("beneficiary_id", flat=True))
    own = [p for p in rows if names.count(f"{p.first_name} {p.last_name}".lower()) == 1]
    return sorted(own, key=lambda p: (p.pk not in helped, p.pk))[:15]


def words_of(person: Beneficiary) -> list[str]:
    return [f"{person.first_name} {person.last_name}", f"{person.last_name} {person.first_name}", person.codice_fiscale]


def pattern(words: set[str]) -> str:
    return "|".join(rf"\b{re.escape(word)}\b" for word in sorted(words))


def start(people: list[Beneficiary], access: Access, dpo: Access) -> DiscardList:
    """A list that is being carried out, whatever their terms: the demo has nobody of so long ago with so much."""
    now = timezone.now()
    row = DiscardList.objects.create(
        ambito_id=access.ambito_id, kind="case_file", counted_on=TODAY, months=120, term_act="Prova", people=len(people), state="running",
        created_by_id=access.actor_id, authority_act="7", authority_on=TODAY, approved_by_id=dpo.actor_id, approved_at=now,
        started_by_id=dpo.actor_id, started_at=now, digest=services.digest_of(person.pk for person in people),
    )  # fmt: skip
    DiscardItem.objects.bulk_create(
        DiscardItem(ambito_id=row.ambito_id, discard=row, beneficiary=person, last_on=date(2015, 1, 1)) for person in people
    )
    return row


def told(access: Access) -> dict[str, Any]:
    """Every kind of report and every indicator, of several periods. Of a report with names, its numbers."""
    found: dict[str, Any] = {}
    comune = Comune.objects.filter(ambito_id=access.ambito_id, name="Sondrio").get()
    source = Placement.objects.exclude(funding_source="").order_by("pk").values_list("funding_source", flat=True)[0]
    for first, last in PERIODS:
        found[f"indicators {first}"] = figures(access, Period(first, last, TODAY))
        for definition in DEFINITIONS:
            if definition.scope == Scope.NETWORK:
                continue
            wanted = Wanted(
                first,
                last,
                TODAY,
                comune if definition.scope == Scope.COMUNE else None,
                source if definition.scope == Scope.SOURCE else "",
            )
            values = tables.as_values(definition.content(access, wanted))
            found[f"{definition.code} {first}"] = numbers_of(values) if definition.has_names else values
    return found


def numbers_of(values: Any) -> Any:
    """All but words; rows in an order of their own, for names gave them theirs."""
    if isinstance(values, dict):
        return {key: numbers_of(value) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return sorted((numbers_of(value) for value in values), key=str)
    return "" if isinstance(values, str) else values


def test_every_figure_of_the_past_stays(demo):
    assert len(demo["people"]) >= 5 and len(demo["before"]) > 40
    assert any(demo["before"][key] for key in demo["before"] if key.startswith("monthly_monitoring"))
    changed = [key for key, value in demo["before"].items() if demo["after"][key] != value]
    assert changed == []


def test_every_invariant_of_the_money_holds(demo):
    assert database.violations(demo["name"]) == []


def test_their_names_are_nowhere_but_where_it_says_why(demo):
    """In all the database, what is encrypted in the clear: in no column but what such an act said when it was issued."""
    name, wanted = demo["name"], re.compile(pattern(demo["words"]), re.IGNORECASE)
    assert everywhere.places(name, wanted.pattern) == {"core_document.context"}
    with database.owner(name) as db:
        rows = db.execute("SELECT kind, context FROM core_document WHERE context <> ''").fetchall()
    assert {kind for kind, context in rows if wanted.search(decrypt(context, place="core_document.context"))} == OF_MANY


def test_a_paper_about_one_person_alone_is_gone_and_keeps_its_number(demo):
    with database.owner(demo["name"]) as db:
        rows = db.execute(
            "SELECT d.state, d.context, d.file_name, d.number, d.file_hash FROM core_document d JOIN agreements_placement p"
            " ON d.subject_type = 'agreements.placement' AND d.subject_id = p.id WHERE p.beneficiary_id = ANY (%s)",
            [[person.pk for person in demo["people"]]],
        ).fetchall()
    assert rows
    assert {(state, context, file) for state, context, file, _number, _hash in rows} == {("discarded", "", "")}
    assert all(number for *_rest, number, _hash in rows)


def test_no_page_breaks_on_somebody_who_was_discarded(demo):
    person = demo["people"][0]
    with database.owner(demo["name"]) as db:
        fields.share(db, person.pk)
    broken, read = [], 0
    for role, user in demo["users"].items():
        client, access = client_of(user), access_for(user)
        for name, route in addresses():
            if name in NOWHERE or "<uuid:" not in route or name.startswith("api:"):
                continue
            path = filled(route, fields.ONE, word=WORDS.get(name, ["pdf"])[0])
            if is_shut(path, access):
                continue
            response = client.get(path)
            if response.status_code == 200:
                read += 1
                text = text_of(response)
                broken += [(role, name, word) for word in words_of(person) if word in text]
            elif response.status_code >= 500:
                broken.append((role, name, str(response.status_code)))
    assert read > 20
    assert broken == []
