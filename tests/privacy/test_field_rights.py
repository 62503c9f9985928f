"""Field × role, read from the pages themselves and not from the models: what each role really sees of one person.

A word is planted in each field of somebody at Sondrio; every page and list that a role opens is read, with her record opened for a reason.
What was found is compared with docs/field-rights.md, which says who should. A page that tells more, or a role that loses what it needs,
turns this red.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from impresasolidale.core.fields import encrypt
from tests.contracts.test_sweep import NOWHERE, WORDS, addresses, filled
from tests.support import database
from tests.support.seeded import seeded_database
from tests.support.sources import ROOT

# Field → (table, column, whether it is encrypted, the column that says whose row it is, what is planted).
FIELDS: dict[str, tuple[str, str, bool, str, str]] = {
    "protected address": ("beneficiaries_beneficiary", "address", False, "id", "Vicolo Zqa 77"),
    "telephone": ("beneficiaries_beneficiary", "phone", False, "id", "0342 7654321"),
    "mail": ("beneficiaries_beneficiary", "email", False, "id", "zqc@example.org"),
    "whom to call": ("beneficiaries_beneficiary", "emergency_name", False, "id", "Zqd Parente"),
    "why this Ambito follows her": ("beneficiaries_beneficiary", "in_charge_note", False, "id", "Zqe nota"),
    "who referred her": ("beneficiaries_referral", "operator", False, "beneficiary_id", "Zqf Operatrice"),
    "case manager": ("beneficiaries_takingincharge", "case_manager", False, "beneficiary_id", "Zqg Responsabile"),
    "who assessed her": ("beneficiaries_assessment", "author", False, "beneficiary_id", "Zqh Valutatrice"),
    "diary": ("beneficiaries_diaryentry", "text", True, "beneficiary_id", "Zqi diario"),
    "who gets the money": ("beneficiaries_paymentway", "holder", False, "beneficiary_id", "Zqj Intestataria"),
}
PLAIN = [name for name in FIELDS if name != "protected address"]
PAGE = ROOT / "docs" / "field-rights.md"
SHORT = (Role.COORDINATOR,)  # who may most of what is not to be seen; the others are read in the long run
BLIND = [role for role in Role if Permission.SEE_PROTECTED_ADDRESS not in ROLE_PERMISSIONS[role]]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[list[Any]]:
    """The public ids of somebody in a running placement at Sondrio, and of her placement; her fields hold the words of FIELDS."""
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name:
        with database.owner(name) as db:
            person, ids = db.execute(
                "SELECT b.id, ARRAY[b.public_id, p.public_id] FROM agreements_placement p JOIN beneficiaries_beneficiary b"
                " ON b.id = p.beneficiary_id JOIN territory_ambito a ON a.id = p.ambito_id"
                " WHERE a.name = 'Sondrio' AND p.state = 'active'"
                " AND EXISTS (SELECT FROM beneficiaries_paymentway w WHERE w.beneficiary_id = b.id)"
                " ORDER BY (SELECT count(*) FROM beneficiaries_diaryentry d WHERE d.beneficiary_id = b.id) DESC, p.id LIMIT 1"
            ).fetchone()
            for table, column, is_encrypted, whose, word in FIELDS.values():
                value = encrypt(word, place=f"{table}.{column}") if is_encrypted else word
                db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                db.execute(f"UPDATE {table} SET {column} = %s WHERE {whose} = %s", [value, person])
                db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            db.execute("UPDATE beneficiaries_beneficiary SET is_address_protected = true WHERE id = %s", [person])
            db.execute("COMMIT")
        yield ids


def client_of(role: Role, ids: list[Any]) -> Client:
    """Signed in at Sondrio, with the record opened for a reason: nothing but the rights on the fields stands in the way."""
    held = Membership.objects.in_force(timezone.localdate()).filter(role=role).exclude(ambito__name__in=["Tirano", "Morbegno"])
    client = Client(raise_request_exception=False)
    client.force_login(held.order_by("id").first().user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["opened"] = [str(public_id) for public_id in ids]
    session.save()
    return client


def asked(ids: list[Any]) -> Iterator[str]:
    """Every address without a row's name, and every address that names one row, with hers."""
    for name, route in addresses():
        if name in NOWHERE or name.startswith("api:"):
            continue
        if "<" not in route:
            yield route
        elif route.count("<uuid:") == 1:
            yield from (filled(route, public_id, word=WORDS.get(name, ["csv"])[0]) for public_id in ids)


def seen_by(role: Role, ids: list[Any]) -> dict[str, str]:
    """Field → the first address on which it stood."""
    client, found = client_of(role, ids), {}
    for path in asked(ids):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        for field, (*_where, word) in FIELDS.items():
            if field not in found and word.encode() in body:
                found[field] = path
    return found


def approved() -> dict[str, set[str]]:
    """Role → fields, as docs/field-rights.md says."""
    rows = re.findall(r"^\| ([a-zA-Z ]+) \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    table: dict[str, set[str]] = {str(role): set() for role in Role}
    for field, roles in rows:
        for role in re.findall(r"`(\w+)`", roles):
            table[role].add(field)
    return table


def test_the_page_names_each_field_and_known_roles():
    rows = set(re.findall(r"^\| ([a-zA-Z ]+) \| .*`\w+`.* \|$", PAGE.read_text(encoding="utf-8"), re.M))
    assert rows == set(FIELDS)
    assert approved().keys() == {str(role) for role in Role}
    assert not any("protected address" in approved()[role] for role in BLIND)


@pytest.mark.parametrize("role", [role if role in SHORT else pytest.param(role, marks=pytest.mark.deep) for role in Role])
def test_a_role_sees_the_fields_that_were_approved_and_no_other(demo, role):
    found = seen_by(role, demo)
    assert {field: path for field, path in found.items() if field not in approved()[role]} == {}
    assert approved()[role] - found.keys() == set()
