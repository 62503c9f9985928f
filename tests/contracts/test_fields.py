"""For each role the fields of a person that it really reads, held against a table that was approved (GDPR art. 9, docs/fields.md).

A mark stands in every field of every row about a person; every address is asked as each role, pages, files and API, and the marks are
looked for in what comes back. A field that comes to be read by a role, or is no longer, turns this red: look whether it should, and write
it in tests/contracts/fields.toml.
"""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from impresasolidale.accounts.access import access_for, hash_token
from impresasolidale.accounts.models import ApiToken, Membership, User
from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from impresasolidale.accounts.scopes import SCOPES
from placements.agreements.enums import LIVE
from tests.support import database, fields
from tests.support.seeded import seeded_database

from .test_donor_walls import text_of
from .test_sweep import NOWHERE, WORDS, addresses, client_of, filled, is_shut

APPROVED = tomllib.loads((Path(__file__).parent / "fields.toml").read_text())
OUTSIDE = (Role.COMPANY_TUTOR, Role.COMPANY_CONTACT, Role.DONOR, Role.PARTNER, Role.AUDITOR, Role.TRAINER)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("fields")) as name:
        users, person = _who(name)
        marked = fields.plant(name, person)
        keys = {}
        for role, user in users.items():
            place = Membership.objects.in_force(timezone.localdate()).filter(user=user, role=role).exclude(ambito=None).first()
            if place:
                keys[role] = f"fields-{role}"
                ApiToken.objects.create(
                    user=user, name="fields", token_hash=hash_token(keys[role]), ambito_id=place.ambito_id, scopes=[*SCOPES],
                    expires_at=timezone.now() + timedelta(days=1),
                )  # fmt: skip
        yield {"users": users, "keys": keys, "marked": marked}


def _who(name: str) -> tuple[dict[Role, User], int]:
    """One of each role, who all may come to the same person: of their Ambito, company and comune, followed by those who follow people."""
    today = timezone.localdate()
    held = Membership.objects.in_force(today)
    with database.owner(name) as db:
        placement, person, ambito, company, tutor = db.execute(
            "SELECT p.id, p.beneficiary_id, p.ambito_id, p.company_id, t.user_id FROM agreements_placement p"
            " JOIN hosts_companytutor t ON t.id = p.company_tutor_id JOIN territory_ambito a ON a.id = p.ambito_id"
            " WHERE a.name = 'Sondrio' AND p.state = ANY (%s) AND EXISTS (SELECT FROM accounts_membership m"
            " WHERE m.role = 'company_contact' AND m.company_id = p.company_id AND m.valid_to IS NULL) AND t.user_id IS NOT NULL"
            " ORDER BY (SELECT count(*) FROM solidarity_fund_benefitrequest r WHERE r.placement_id = p.id) DESC,"
            " (SELECT count(*) FROM monitoring_talk k WHERE k.placement_id = p.id) DESC, p.id LIMIT 1",
            [[str(state) for state in LIVE]],
        ).fetchone()
        users = {}
        for role in Role:
            rows = held.filter(role=role).order_by("id")
            if role == Role.COMPANY_TUTOR:
                rows = rows.filter(user=tutor)
            elif role == Role.COMPANY_CONTACT:
                rows = rows.filter(company=company)
            else:
                rows = rows.filter(ambito=ambito) if rows.filter(ambito=ambito).exists() else rows
            users[role] = rows[0].user
        for role in (Role.SOCIAL_WORKER, Role.PROMOTER_TUTOR, Role.COORDINATOR, Role.CLERK):
            db.execute(
                "INSERT INTO beneficiaries_caremember (ambito_id, beneficiary_id, user_id, role, valid_from)"
                " VALUES (%s, %s, %s, 'member', %s)",
                [ambito, person, users[role].pk, today],
            )
        comune = held.filter(role=Role.COMUNE_OFFICER, user=users[Role.COMUNE_OFFICER]).order_by("id")[0].comune_id
        db.execute("ALTER TABLE beneficiaries_beneficiary DISABLE TRIGGER USER")
        db.execute("UPDATE beneficiaries_beneficiary SET residence_id = %s WHERE id = %s", [comune, person])
        db.execute("ALTER TABLE beneficiaries_beneficiary ENABLE TRIGGER USER")
    return users, person


def read_by(demo: dict[str, Any], role: Role) -> dict[str, set[str]]:
    """Field → the names of the addresses that told it to this role."""
    client, found = client_of(demo["users"][role], demo["keys"].get(role, "")), dict[str, set[str]]()
    access = access_for(demo["users"][role])
    for name, route in addresses():
        if name in NOWHERE or name.startswith("guide"):
            continue
        for word in WORDS.get(name, ["pdf"]):
            path = filled(route, fields.ONE, word=word) if "<" in route else route
            if is_shut(path, access):
                break
            response = client.get(path)
            if response.status_code in {301, 302, 303}:
                continue
            for field in fields.read_in(text_of(response)):
                found.setdefault(field, set()).add(name)
            if "<" not in route:
                break
    return found


def approved(role: Role) -> set[str]:
    return {f"{table}.{column}" for table, columns in APPROVED[role].items() for column in columns.split()}


@pytest.mark.parametrize("role", [pytest.param(role, marks=() if role in OUTSIDE else pytest.mark.deep) for role in Role])
def test_each_role_reads_the_fields_that_were_approved_and_no_other(demo, role):
    found = read_by(demo, role)
    where = {field: sorted(names)[:5] for field, names in found.items() if field not in approved(role)}
    assert where == {}, f"{role} reads what nobody approved"
    assert approved(role) - found.keys() == set(), f"{role} no longer reads this: take it out of the table"


def test_most_fields_are_marked(demo):
    """Else nothing could be found."""
    unmarked = {*fields.fields()} - demo["marked"]
    assert len(demo["marked"]) > 80, sorted(unmarked)
    assert {"beneficiaries_beneficiary.address", "beneficiaries_beneficiary.codice_fiscale", "beneficiaries_diaryentry.text"} <= demo[
        "marked"
    ]


def test_a_protected_address_is_approved_for_whoever_has_that_right_alone():
    may = {role for role in Role if Permission.SEE_PROTECTED_ADDRESS in ROLE_PERMISSIONS[role]}
    assert {role for role in Role if fields.PROTECTED_ADDRESS in approved(role)} == may


def test_what_a_company_reads_of_a_person():
    """Never the codice fiscale, where she lives, what she gets, nor a word of her case file."""
    for role in (Role.COMPANY_TUTOR, Role.COMPANY_CONTACT):
        tables = {field.partition(".")[0] for field in approved(role)}
        assert (
            not {"beneficiaries_diaryentry", "beneficiaries_statusevidence", "beneficiaries_referral", "beneficiaries_assessment"} & tables
        )
        assert not {f"beneficiaries_beneficiary.{name}" for name in ("codice_fiscale", "address", "in_charge_note")} & approved(role)
