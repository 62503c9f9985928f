"""A list is carried out: who goes, who is left alone and why, what stays, and that nothing of a person is found any more."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models, transaction

from impresasolidale.accounts.access import access_for
from impresasolidale.core import jobs
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.models import Document, Fact, Job, Look, Message, RowChange, Todo, Upload
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from impresasolidale.privacy import discard
from impresasolidale.privacy.models import DiscardItem, DiscardList, DiscardOutcome
from impresasolidale.privacy.selectors import retention as selectors
from impresasolidale.privacy.services import requests
from impresasolidale.privacy.services import retention as services
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary, PaymentWay
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY
from tests.factories.fund import make_helped
from tests.privacy.conftest import VALUES
from tests.privacy.planted import MOMENT, plant_everywhere
from tests.support import database, everywhere

HOME = "/protezione-dei-dati/conservazione/"
ACT = "Piano di conservazione, delibera 12 del 2026"
LONG_AGO = TODAY.replace(year=TODAY.year - 11)


# --- The table of decisions


def test_every_column_of_every_table_is_decided():
    """Who adds a column or a table that leads to a person decides what becomes of it."""
    found, dropped, _stays = discard.decisions()
    assert found.keys() | dropped == set(discard.tables())
    for table in found:
        assert found[table].keys() == discard.columns_of(table).keys(), table


def test_a_column_that_is_decided_twice_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "x.toml").write_text('[stays]\n[decisions]\ndrop = []\n[decisions.core_fact]\nkeep = "id reason"\nword = "reason"\n')
    monkeypatch.setattr(discard, "DECISIONS", tmp_path / "x.toml")
    with pytest.raises(ValueError, match="core_fact.reason"):
        discard.decisions.__wrapped__()


def _holds_words(field):
    if isinstance(field, ArrayField):
        field = field.base_field
    return isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.flatchoices


def test_words_stay_only_with_a_reason():
    found, _dropped, stays = discard.decisions()
    kept = {
        f"{table}.{column}"
        for table, hows in found.items()
        for column, how in hows.items()
        if how == "keep" and _holds_words(discard.columns_of(table)[column])
    }
    used = {place if place in stays else place.partition(".")[2] for place in kept}
    assert used == stays.keys()


def test_a_table_that_points_at_a_paper_or_a_payment_is_reached():
    """Papers and payments hang on the person by type and number: what hangs on them is found here and not by kin."""
    from impresasolidale.core.inventory import house_tables

    reached = set(discard.tables())
    parents = {"agreements_signature", "agreements_signaturerequest", "treasury_liquidationitem", "treasury_recovery"}
    pointing = {
        m._meta.db_table
        for m in house_tables()
        for f in m._meta.local_fields
        if f.is_relation and f.related_model._meta.db_table in parents
    }
    assert pointing - reached == set()


@pytest.mark.django_db
def test_the_function_in_the_database_is_the_table_of_decisions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'privacy_discard'")
        ((source,),) = cursor.fetchall()
    assert source == discard.function_sql().partition("$$")[2].rpartition("$$")[0]


@pytest.mark.django_db
def test_every_guard_of_what_changes_stands_aside_for_it_alone():
    """A trigger that refuses a change, and does not know of a discarding, would stop a list half way."""
    changed = [table for table in discard.tables() if discard.step_of(table).columns or discard.step_of(table).is_dropped]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.tgrelid::regclass || '.' || g.tgname FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid"
            " WHERE NOT g.tgisinternal AND (g.tgtype::int & 24) <> 0 AND g.tgrelid::regclass::text = ANY (%s)"
            " AND p.prosrc NOT LIKE '%%app_discarding()%%' AND pg_get_triggerdef(g.oid) NOT LIKE '%%app_discarding()%%'"
            " AND p.proname NOT LIKE '%%\\_guard\\_state'",
            [changed],
        )
        assert [name for (name,) in cursor.fetchall()] == []


# --- Nobody else may


@pytest.mark.django_db
def test_the_door_opens_for_an_approved_list_that_was_started_and_for_nothing_else(within, coordinator, dpo, stranger, prepared):
    item = prepared.items.get()

    def knock(by):
        within(by)
        with pytest.raises(DatabaseError, match="no list that is being carried out"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM privacy_discard(%s, %s)", [item.pk, TODAY])

    knock(coordinator)  # prepared
    row = services.approve_list(discard=prepared, number="7", on=TODAY, seen=1, by=within(dpo), today=TODAY)
    knock(coordinator)  # approved, not started
    services.start_list(discard=row, seen=2, by=within(dpo))
    knock(stranger)  # another Ambito's
    run_jobs()
    knock(coordinator)  # done


@pytest.mark.django_db
def test_no_setting_opens_what_is_for_ever(within, coordinator, prepared):
    """The word that lets the guards stand aside counts in the mouth of the function's owner alone."""
    within(coordinator)
    for act in (
        lambda: DiscardItem.objects.update(last_on=TODAY),
        lambda: Fact.objects.all().delete(),
        lambda: connection.cursor().execute("UPDATE core_fact SET reason = ''"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.discarding', 'yes', true)")
            act()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.discarding', 'yes', true), app_discarding()")
        cursor.execute("SELECT app_discarding()")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_people_who_are_not_those_approved_stop_it(within, coordinator, dpo, prepared, world):
    access = within(dpo)
    row = services.approve_list(discard=prepared, number="7", on=TODAY, seen=1, by=access, today=TODAY)
    DiscardItem.objects.create(ambito_id=row.ambito_id, discard=row, beneficiary=world[1], last_on=LONG_AGO)
    with pytest.raises(DomainError, match="non sono quelle approvate"):
        services.start_list(discard=row, seen=2, by=access)
    DiscardList.objects.filter(pk=row.pk).update(state="running", started_by=dpo, started_at=row.approved_at)  # past the service
    with pytest.raises(DatabaseError, match="not those that were approved"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM privacy_discard(%s, %s)", [prepared.items.order_by("pk").first().pk, TODAY])


@pytest.mark.django_db
def test_the_database_too_refuses_who_is_held(within, coordinator, dpo, started, world):
    access = within(coordinator)
    services.place_hold(person=world[0], reason="Ricorso", until=None, by=access, today=TODAY)
    with pytest.raises(DatabaseError, match="is held"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM privacy_discard(%s, %s)", [started.items.get().pk, TODAY])


# --- Carrying a list out


def run_jobs():
    """What the worker does, one piece after the other."""
    while job := Job.objects.filter(name=services.NEXT, state=Job.State.QUEUED).order_by("pk").first():
        jobs.run(job.pk)


@pytest.fixture
def world(within, coordinator):
    """Two people whose placement ended eleven years ago, one nine."""
    access = within(coordinator)
    rows = [make_helped(access, number=n, state="ended", ended_on=LONG_AGO - timedelta(days=n)) for n in (1, 2)]
    rows.append(make_helped(access, number=3, state="ended", ended_on=TODAY.replace(year=TODAY.year - 9)))
    return [row.beneficiary for row in rows]


@pytest.fixture
def prepared(within, coordinator, world):
    """A list of one: the other is held."""
    access = within(coordinator)
    services.set_term(kind="case_file", months=120, act=ACT, by=access)
    services.set_term(kind="attendance", months=120, act=ACT, by=access)
    services.place_hold(person=world[1], reason="Ricorso", until=None, by=access, today=TODAY)
    return services.prepare_list(kind="attendance", by=access, today=TODAY)


def carried_out(within, coordinator, dpo, kind, *, today=TODAY):
    """A list prepared, approved, started and done."""
    row = services.prepare_list(kind=kind, by=within(coordinator), today=today)
    row = services.approve_list(discard=row, number="Nulla osta 77", on=today, seen=1, by=within(dpo), today=today)
    services.start_list(discard=row, seen=2, by=within(dpo))
    run_jobs()
    within(dpo)
    row.refresh_from_db()
    return row


@pytest.fixture
def started(within, dpo, prepared):
    row = services.approve_list(discard=prepared, number="Nulla osta 77", on=TODAY, seen=1, by=within(dpo), today=TODAY)
    return services.start_list(discard=row, seen=2, by=within(dpo))


@pytest.mark.django_db
def test_a_list_is_carried_out_from_its_page_and_leaves_a_minute(signed_in, within, coordinator, dpo, world, prepared):
    here = f"{HOME}liste/{prepared.public_id}/"
    client = signed_in(dpo)
    assert client.post(f"{here}scarta/", {"row_version": 1, "sure": "on"}).status_code == 409  # nobody approved it yet
    assert client.post(f"{here}approva/", {"number": "Nulla osta 77", "on": TODAY.isoformat(), "row_version": 1}).status_code == 303
    assert "Scarta adesso" in client.get(here).content.decode()
    assert "non si torna indietro" in unescape(client.get(f"{here}scarta/").content.decode())
    assert client.post(f"{here}scarta/", {"row_version": 2}).status_code == 422  # not sure
    assert client.post(f"{here}scarta/", {"row_version": 1, "sure": "on"}).status_code == 422  # seen before it was approved
    assert client.post(f"{here}scarta/", {"row_version": 2, "sure": "on"})["Location"] == here
    page = unescape(client.get(here).content.decode())
    assert "scarto in corso" in page and "Ritira la lista" not in page
    assert client.get(f"{here}verbale/").status_code == 404
    run_jobs()
    within(dpo)
    row = DiscardList.objects.get()
    assert (row.state, row.started_by, Job.objects.get(pk=row.job_id).progress) == ("done", dpo, 100)
    outcome = DiscardOutcome.objects.get()
    assert outcome.is_done
    assert services.digest_of(DiscardOutcome.objects.filter(is_done=True).values_list("item__beneficiary_id", flat=True)) == row.digest
    page = unescape(client.get(here).content.decode())
    assert "scartata" in page and "Il verbale si sta preparando" in page
    html = unescape(html_of(row.document, "A" * 26))
    for words in ("Nulla osta 77", ACT, str(coordinator), str(dpo), row.digest, "Persone scartate"):
        assert words in html, words
    assert str(world[0]) not in html
    assert Fact.objects.filter(code="privacy.person.discarded", subject_id=world[0].pk).count() == 1
    # Once: neither the page nor the worker does it again.
    assert client.post(f"{here}scarta/", {"row_version": row.row_version, "sure": "on"}).status_code == 409
    assert services.discard_next(discard_id=row.pk, run=None, by=within(dpo), today=TODAY) == 0
    assert DiscardOutcome.objects.count() == 1


@pytest.mark.django_db
def test_the_case_file_goes_last_and_the_name_with_it(signed_in, within, coordinator, dpo, world, prepared):
    person, access = world[0], within(coordinator)
    services.withdraw_list(discard=prepared, reason="Prima il resto", by=access)
    assert list(selectors.due(access, selectors.term_for(access, "case_file"), TODAY)) == []  # her sheets are there still
    carried_out(within, coordinator, dpo, "attendance")
    person.refresh_from_db()
    assert person.last_name == "Persona1" and person.discarded_on is None
    access = within(coordinator)
    assert list(selectors.due(access, selectors.term_for(access, "case_file"), TODAY)) == [person]
    row = carried_out(within, coordinator, dpo, "case_file")
    person.refresh_from_db()
    assert (str(person), person.codice_fiscale, person.discarded_on) == ("Nome scartato", "", TODAY)
    assert person.birth_date.day == 1 and (person.sex, person.residence_id) == (world[1].sex, world[1].residence_id)
    assert PaymentWay.objects.get(beneficiary=person).holder == "—"
    assert Placement.objects.get(beneficiary=person).person_key == "nome scartato"
    client = signed_in(coordinator)
    assert client.get(f"/persone/{person.public_id}/").status_code == 404
    assert "Nome scartato" not in client.get("/persone/").content.decode()
    assert "Nome scartato" in client.get(f"{HOME}liste/{row.public_id}/").content.decode()
    access = within(coordinator)
    for kind in ("case_file", "attendance"):
        assert person not in selectors.due(access, selectors.term_for(access, kind), TODAY + timedelta(days=4000))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("hold", "c'è un blocco"),
        ("request", "c'è una richiesta aperta sui suoi dati"),
        ("fact", "c'è un fatto nuovo, o qualcosa di aperto"),
        ("open", "c'è un fatto nuovo, o qualcosa di aperto"),
        ("term", "la durata è cambiata"),
    ],
)
@pytest.mark.django_db
def test_who_is_not_due_any_more_is_left_alone_and_it_says_why(signed_in, within, coordinator, dpo, world, started, change, why):
    person, access = world[0], within(coordinator)
    if change == "hold":
        services.place_hold(person=person, reason="Ricorso", until=None, by=access, today=TODAY)
    elif change == "request":
        requests.register_request(person=person, values=VALUES, by=access, today=TODAY)
    elif change == "fact":
        Placement.objects.filter(beneficiary=person).update(ended_on=LONG_AGO + timedelta(days=30))
    elif change == "open":
        make_helped(access, number=9).beneficiary.placements.update(beneficiary=person)
    else:
        services.set_term(kind="attendance", months=132, act=ACT, by=access)
    run_jobs()
    within(coordinator)
    started.refresh_from_db()
    outcome = DiscardOutcome.objects.get()
    assert (started.state, outcome.is_done, outcome.get_kept_for_display(), outcome.rows) == ("done", False, why, 0)
    person.refresh_from_db()
    assert person.last_name == "Persona1"
    page = unescape(signed_in(dpo).get(f"{HOME}liste/{started.public_id}/").content.decode())
    assert why in page and "rimasta" in page
    within(coordinator)
    assert why in unescape(html_of(Document.objects.get(pk=started.document_id), "A" * 26))


@pytest.mark.django_db
def test_who_was_left_alone_comes_again(within, coordinator, dpo, world, started):
    hold = services.place_hold(person=world[0], reason="Ricorso", until=None, by=within(coordinator), today=TODAY)
    run_jobs()
    services.lift_hold(hold=hold, reason="Deciso", by=within(coordinator), today=TODAY)
    access = within(coordinator)
    assert list(selectors.due(access, selectors.term_for(access, "attendance"), TODAY)) == [world[0]]


@pytest.mark.django_db
def test_the_case_file_waits_for_papers_that_came_in_between(within, coordinator, dpo, world, prepared):
    """Somebody takes the discarded sheets' outcome away: nobody can. But a list of the case file that was approved before looks again."""
    services.withdraw_list(discard=prepared, reason="Prima il resto", by=within(coordinator))
    carried_out(within, coordinator, dpo, "attendance")
    row = services.prepare_list(kind="case_file", by=within(coordinator), today=TODAY)
    row = services.approve_list(discard=row, number="8", on=TODAY, seen=1, by=within(dpo), today=TODAY)
    services.start_list(discard=row, seen=2, by=within(dpo))
    access = within(coordinator)
    assert selectors.left_alone(access, row, dict(row.items.values_list("beneficiary_id", "last_on")), TODAY) == {}
    # A second placement ended earlier than the last event: the sheets' own last event stays, the case file's too.
    other = make_helped(access, number=8, state="ended", ended_on=LONG_AGO + timedelta(days=5))
    Placement.objects.filter(pk=other.pk).update(beneficiary=world[0])
    why = selectors.left_alone(access, row, dict(row.items.values_list("beneficiary_id", "last_on")), TODAY)
    assert [str(word.label) for word in why.values()] == ["c'è un fatto nuovo, o qualcosa di aperto"]


@pytest.mark.django_db
def test_a_worker_that_dies_leaves_nothing_half_done_and_another_goes_on(signed_in, within, coordinator, dpo, world, monkeypatch):
    access = within(coordinator)
    services.set_term(kind="attendance", months=120, act=ACT, by=access)
    row = services.prepare_list(kind="attendance", by=access, today=TODAY)
    row = services.approve_list(discard=row, number="7", on=TODAY, seen=1, by=within(dpo), today=TODAY)
    monkeypatch.setattr(services, "PIECE", 1)
    row = services.start_list(discard=row, seen=2, by=within(dpo))
    first = Job.objects.get(pk=row.job_id)
    jobs.run(first.pk)
    within(dpo)
    assert DiscardOutcome.objects.count() == 1
    with monkeypatch.context() as patch:

        def die(*args, **kwargs):
            raise RuntimeError("out of power")

        patch.setattr(services, "record_fact", die)  # after the database did its part
        second = Job.objects.filter(name=services.NEXT, state=Job.State.QUEUED).get()
        for _attempt in range(jobs.ATTEMPTS):
            Job.objects.filter(pk=second.pk).update(run_after=first.created_at)
            jobs.run(second.pk)
    within(dpo)
    assert Job.objects.get(pk=second.pk).state == Job.State.FAILED
    assert DiscardOutcome.objects.count() == 1  # the second is whole
    here = f"{HOME}liste/{row.public_id}/"
    client = signed_in(dpo)
    assert "si è fermato" in unescape(client.get(here).content.decode())
    assert client.post(f"{here}riprendi/")["Location"] == here
    assert client.post(f"{here}riprendi/").status_code == 303  # it goes on by itself: nothing is asked twice
    within(dpo)
    assert Job.objects.filter(name=services.NEXT, state=Job.State.QUEUED).count() == 1
    run_jobs()
    within(dpo)
    row.refresh_from_db()
    assert (row.state, DiscardOutcome.objects.filter(is_done=True).count()) == ("done", 2)
    with pytest.raises(TransitionNotAllowed):
        services.start_again(discard=row, by=within(dpo))


# --- Nothing is left


FILES = ("agreements.paper/2015/a.pdf", "core.upload/2015/b.pdf")


@pytest.mark.django_db(transaction=True)
def test_of_a_person_in_every_table_nothing_is_found_any_more(dpo, coordinator, worker):
    """Planted in every table that hangs on her, in papers, files, messages and trails: each word is looked for, in all the database."""
    by = access_for(worker)
    with scope(by.scope):
        person = make_beneficiary(by)
        Beneficiary.objects.filter(pk=person.pk).update(last_name="Zqxvwy", search_key="zqxvwy prova")
        secret = ("Zqxvwy", person.codice_fiscale)
    name = connection.settings_dict["NAME"]
    planted = plant_everywhere(person)
    placement = planted["agreements.Placement"]["id"]
    month = planted["attendance.MonthAllowance"]["id"]
    with scope(by.scope):
        paper = _plant_about(by, placement)
    _plant_beside(by, paper, month)
    with scope(by.scope):
        row = DiscardList.objects.create(
            pk=800_000,  # the planted item is of list 1
            ambito=person.ambito, kind="case_file", counted_on=TODAY, months=120, term_act=ACT, people=1, created_by=coordinator,
            state="running", authority_act="7", authority_on=TODAY, approved_by=dpo, approved_at=MOMENT, started_by=dpo, started_at=MOMENT,
            digest=services.digest_of([person.pk]),
        )  # fmt: skip
        item = DiscardItem.objects.create(ambito=person.ambito, discard=row, beneficiary=person, last_on=LONG_AGO)
    assert len(everywhere.places(name, r"seme\d+")) > 150  # else nothing was planted
    by = access_for(dpo)
    with database.owner(name) as db:
        db.execute("DELETE FROM privacy_legalhold")  # the planted one would hold her
    with scope(by.scope):
        services._discard(item, person, kind="case_file", by=by, today=TODAY)
    _found, _dropped, stays = discard.decisions()
    left = everywhere.places(name, r"seme\d+")
    assert {place for place in left if place not in stays and place.partition(".")[2] not in stays} == set()
    assert everywhere.places(name, "|".join(re.escape(word) for word in secret), but=["accounts_user.first_name"]) == set()
    assert [file for file in FILES if default_storage.exists(file)] == []
    with scope(by.scope):
        paper = Document.objects.get(kind="x")
        assert (paper.state, paper.context, paper.file_name, paper.file_hash) == ("discarded", {}, "", "a" * 64)
        assert not Message.objects.filter(about_id=placement).exists() and not Todo.objects.filter(subject_id=placement).exists()
        fact = Fact.objects.get(code="x.planted")
        assert (fact.reason, fact.actor_id, fact.data) == ("—", worker.pk, {"number": 3})
        assert Look.objects.get(place="x:planted").reason == "—" and RowChange.objects.get(operation="plant").changes == {}
        outcome = DiscardOutcome.objects.get(item=item)
        assert outcome.files == 2 and outcome.rows > 60


def _plant_about(by, placement):
    """A paper with its file, an upload, a message, a to-do, and what was done, looked at and changed. Returns the paper's number."""
    label, common = "agreements.placement", {"ambito_id": by.ambito_id, "created_by_id": by.actor_id}
    about = {"subject_type": label, "subject_id": placement}
    for file in FILES:
        default_storage.delete(file)
        default_storage.save(file, ContentFile(b"seme1"))
    paper = Document.objects.create(
        kind="x", kind_label="Carta", number="2015/000001", template="x", context={"chi": "seme2"}, context_hash="b" * 64, state="ready",
        file_name=FILES[0], file_hash="a" * 64, size=5, issued_on=LONG_AGO, protocol_file="seme3", **about, **common,
    )  # fmt: skip
    Upload.objects.create(
        kind="x", original_name="seme4.pdf", content_type="application/pdf", file_name=FILES[1], file_hash="c" * 64, size=5,
        subject_type="core.document", subject_id=paper.pk, **common,
    )  # fmt: skip
    Message.objects.create(
        kind="x", address="seme5@example.org", subject="seme6", body="seme7", about_type=label, about_id=placement, **common
    )
    Todo.objects.create(kind="x", title="seme8", url="/", role="coordinator", ambito_id=by.ambito_id, **about)
    trail = {"at": "2015-05-05T10:00Z", "actor_id": by.actor_id, "ambito_id": by.ambito_id}
    Fact.objects.create(code="x.planted", reason="seme9", data={"number": 3}, **about, **trail)
    Look.objects.create(kind="detail", place="x:planted", reason="seme10", subject_type=label, subject_ids=[placement], **trail)
    RowChange.objects.create(
        table_name="agreements_placement", row_id=placement, operation="plant", changes={"a": ["seme11", "x"]}, **trail
    )
    return paper.pk


def _plant_beside(by, paper, month):
    """Signatures of the paper, and a payment of the month with what hangs on it."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        for table, parent, value in (
            ("agreements_signaturerequest", "document_id", paper),
            ("agreements_signature", "document_id", paper),
            ("treasury_liquidationitem", "source_id", month),
        ):
            _plant(db, table, {parent: value, "ambito_id": by.ambito_id})
        _plant(db, "agreements_evidence", {"signature_id": 700_000, "ambito_id": by.ambito_id})
        for table in ("treasury_itemcheck", "treasury_recovery"):
            _plant(db, table, {"item_id": 700_000, "ambito_id": by.ambito_id})
        _plant(db, "treasury_recoverystep", {"recovery_id": 700_000, "ambito_id": by.ambito_id})


def _plant(db, table, values):
    """A row by hand, past its constraints: its words are recognised."""
    from tests.privacy.planted import value_of

    for (name,) in db.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", [table]
    ).fetchall():
        db.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    row = {"id": 700_000, **values}
    for column, field in discard.columns_of(table).items():
        if column not in row:
            row[column] = (None if field.null else 1) if isinstance(field, models.ForeignKey) else value_of(field, 12)
    row |= {"source_type": "attendance.monthallowance"} if "source_type" in row else {}
    columns = ", ".join(f'"{column}"' for column in row)
    db.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
