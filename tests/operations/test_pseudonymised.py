"""A dump for training: what it may hold is decided of every column, and nothing of a person is in it."""

import io
import itertools
import json
import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from impresasolidale.core.fields import EncryptedTextField, decrypt, lookup_hash
from impresasolidale.core.validators import check_birth_date, codice_fiscale, iban, partita_iva
from impresasolidale.operations import archive, postgres, pseudonymised
from impresasolidale.operations.pseudonyms import Pseudonyms, decisions, placeholder
from tests.support import database
from tests.support.seeded import seeded_database

from .conftest import PUBLIC, SECRET, manage

PERSONAL = ("EmailField", "EncryptedTextField", "EncryptedJSONField", "GenericIPAddressField")
TELLING = {"first_name", "last_name", "phone", "codice_fiscale", "tax_code_hash", "codice_fiscale_hash", "iban", "iban_hash", "holder",
                   "password", "token_hash", "search_key", "person_key", "birth_date"}  # fmt: skip
# What is said to everybody anyway: comuni and bodies, criteria, notices, figures, names of rights and of the bodies' accounts.
PUBLISHED = ("territory_", "auth_permission", "certification_schemeversion", "privacy_notice", "reports_opendatarelease",
             "solidarity_fund_fundcriteria", "solidarity_fund_publication", "treasury_account", "treasury_pot")  # fmt: skip


def lines_of(path) -> list:
    reader = archive.Reader(io.BytesIO(path.read_bytes()), secrets=[SECRET])
    return list(pseudonymised._lines(reader))


def tables_of(path) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for line in lines_of(path):
        if isinstance(line, dict):
            head = line
            found[head["table"]] = []
        else:
            found[head["table"]].append(dict(zip(head["columns"], line, strict=True)))
    return found


@pytest.mark.django_db
def test_every_column_is_decided_and_every_decision_has_a_column(django_db_setup):
    how, dropped = decisions()
    with database.owner(connection.settings_dict["NAME"]) as db:
        there = pseudonymised.columns(db)
    assert dropped <= set(there)
    assert {(t, c) for t, names in how.items() for c in names} == {(t, c) for t, names in there.items() if t not in dropped for c in names}


def test_no_personal_kind_of_field_is_kept():
    how, _dropped = decisions()
    kept = [
        (table, column)
        for (table, column), field in pseudonymised._fields().items()
        if how.get(table, {}).get(column) == "keep" and (type(field).__name__ in PERSONAL or (column in TELLING and not field.choices))
    ]
    assert kept == []


def test_no_kept_row_names_one_that_is_left_out():
    how, dropped = decisions()
    assert [
        (table, column)
        for (table, column), field in pseudonymised._fields().items()
        if table not in dropped and field.is_relation and field.related_model._meta.db_table in dropped and how[table][column] != "null"
    ] == []


def test_each_pseudonym_is_valid_another_and_always_the_same():
    names = Pseudonyms(b"k" * 32, {"maria", "luca"})
    assert names.name("Maria De Rossi") == names.name("MARIA  de rossì")
    assert names.name("Rossi Maria").split() == [*names.name("Rossi").split(), *names.name("Maria").split()]
    assert names.code("RSSMRA80A01F205X") != Pseudonyms(b"j" * 32, set()).code("RSSMRA80A01F205X")
    codes = {f"RSSMRA80A{day:02d}F205{letter}" for day in range(1, 32) for letter in "ABCDEFGH"}
    assert len({names.code(code) for code in codes}) == len(codes)
    assert not codes & {names.code(code) for code in codes}
    assert {codice_fiscale(names.code(code)).sex for code in codes} == {"M"}
    numbers = [f"{number:011d}" for number in range(200)]
    assert len({partita_iva(names.code(number)) for number in numbers}) == 200
    assert len({iban(names.iban(f"IT{number}")) for number in range(200)}) == 200
    assert names.list('{"uno, due",a@b.it}') == f'{{"{names.text("uno, due")}","{names.email("a@b.it")}"}}'
    assert names.json({"name": "Rossi", "code": "beneficiaries.consent", "days": [3, "2026-02-01"], "Rossi": None}) == {
        "name": names.text("Rossi"), "code": "beneficiaries.consent", "days": [3, "2026-02-01"], names.text("Rossi"): None
    }  # fmt: skip


def test_dates_of_a_person_move_together_by_whole_weeks():
    names = Pseudonyms(b"k" * 32, set())
    first, last = (date.fromisoformat(names.shifted(day, "7")) for day in ("2026-01-10", "2026-03-01"))
    assert (last - first).days == 50  # 21 days of January, 28 of February, 1 of March
    back = (date(2026, 1, 10) - first).days
    assert back % 7 == 0 and 7 <= back <= 7 * 26
    assert names.shifted("2026-01-10 08:00:00+00", "7") == f"{first} 08:00:00+00:00"
    assert len({names.shifted("2026-01-10", str(person)) for person in range(200)}) == 26


def test_a_placeholder_is_what_its_name_says():
    assert placeholder("test.scan/2026/x.pdf").startswith(b"%PDF-")
    assert placeholder("a.png").startswith(b"\x89PNG")
    assert b"formazione" in placeholder("a.xlsx")


@pytest.mark.django_db(transaction=True)
def test_a_dump_holds_one_person_under_one_pseudonym_and_no_word_of_hers(copies, stored, tmp_path, settings):
    settings.BACKUP_RECIPIENTS = []
    with database.owner(connection.settings_dict["NAME"]) as db:
        pk, code, born, first, last = db.execute(
            "SELECT id, codice_fiscale, birth_date, first_name, last_name FROM beneficiaries_beneficiary LIMIT 1"
        ).fetchone()
        code = decrypt(code, place="beneficiaries_beneficiary.codice_fiscale")
        db.execute(
            "UPDATE beneficiaries_beneficiary SET phone = '0342 765432', email = 'piantata@example.org', address = 'Vicolo Piantato 7',"
            " in_charge_note = 'Nota piantata', emergency_name = %s, first_name = 'Zelmira', last_name = 'Piantatini' WHERE id = %s",
            ["Piantatini Zelmira", pk],
        )
    path = tmp_path / "dati.age"
    with pytest.raises(CommandError, match="cifrata"):
        call_command("pseudonymised_dump", "--to", str(path))
    assert not path.exists()
    call_command("pseudonymised_dump", "--to", str(path), "--recipient", PUBLIC)
    assert path.stat().st_mode & 0o077 == 0
    found = tables_of(path)
    text = json.dumps(found, ensure_ascii=False).lower()
    for word in ("zelmira", "piantat", "765432", code.lower(), lookup_hash(code), "prova 1.pdf"):
        assert word not in text, word
    (row,) = [row for row in found["beneficiaries_beneficiary"] if row["id"] == str(pk)]
    assert set(row["emergency_name"].split()) == {*row["first_name"].split(), *row["last_name"].split()}
    assert row["search_key"] != "" and row["codice_fiscale_hash"] == "?"
    check_birth_date(codice_fiscale(row["codice_fiscale"]), date.fromisoformat(row["birth_date"]))
    assert date.fromisoformat(row["birth_date"]) < born
    assert "core_look" not in found and "accounts_session" not in found
    assert {row["password"] for row in found["accounts_user"]} == {"!"}
    with pytest.raises(CommandError, match="c'è già"):
        call_command("pseudonymised_dump", "--to", str(path), "--recipient", PUBLIC)
    with pytest.raises(CommandError, match="non è una chiave"):
        call_command("pseudonymised_dump", "--to", str(tmp_path / "b"), "--recipient", "age1no")
    with pytest.raises(CommandError, match="non è vuoto"):
        call_command("pseudonymised_dump", "--load", str(path))
    with pytest.raises(CommandError, match="formato che non conosco"):
        call_command("restore", str(path))


@pytest.fixture
def seeded(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name:
        yield name


def planted(name: str) -> set[str]:
    """Names, codes, addresses and words of the demo's people, as its tables have them."""
    how, dropped = decisions()
    fields, words = pseudonymised._fields(), set()
    personal = {"name", "code", "iban", "email", "phone", "text", "lookup"}
    with database.owner(name) as db:
        for (table, column), field in fields.items():
            if how.get(table, {}).get(column) not in personal:
                continue
            query = sql.SQL("SELECT DISTINCT {c}::text FROM {t} WHERE {c}::text <> ''")
            for (value,) in db.execute(query.format(c=sql.Identifier(column), t=sql.Identifier(table))).fetchall():
                plain = decrypt(value, place=f"{table}.{column}") if isinstance(field, EncryptedTextField) else value
                # Shorter ones are in many other words; numbers of papers are the office's own.
                if len(plain) >= 9 and not re.fullmatch(r"\d{4}/\d+", plain):
                    words.add(plain.lower())
    return words


@pytest.mark.deep
def test_the_whole_demo_loads_elsewhere_and_nobody_is_found_in_it(seeded, settings, tmp_path, elsewhere):
    settings.OWNER_DATABASE_URL = database.url_of(seeded)
    settings.BACKUP_IDENTITIES = [SECRET]
    words = planted(seeded)
    assert len(words) > 1000
    path = tmp_path / "dati.age"
    call_command("pseudonymised_dump", "--to", str(path), "--recipient", PUBLIC)
    text = "\n".join(
        value.lower()
        for table, rows in tables_of(path).items()
        if not table.startswith(PUBLISHED)
        for value in itertools.chain.from_iterable(row.values() for row in rows)
        if value
    )
    assert {word for word in words if word in text} == set()

    name = elsewhere()
    done = manage(settings, "pseudonymised_dump", "--load", str(path))
    assert done.returncode == 0, done.stderr
    assert "non torna" not in done.stdout
    with database.owner(seeded) as before, database.owner(name) as after:
        _how, dropped = decisions()
        for table in pseudonymised.columns(before):
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            assert after.execute(count).fetchone() == (before.execute(count).fetchone() if table not in dropped else (0,)), table
        assert postgres.ledger(before) == postgres.ledger(after)
        for pk, code, told in after.execute("SELECT id, codice_fiscale, codice_fiscale_hash FROM beneficiaries_beneficiary").fetchall():
            assert lookup_hash(decrypt(code, place="beneficiaries_beneficiary.codice_fiscale")) == told, pk
