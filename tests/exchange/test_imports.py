"""A file from the office comes in: matched, checked, corrected, imported, undone; each through the pages that people use."""

import io
from datetime import date
from uuid import RFC_4122

import pytest
from codicefiscale import encode
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from companies.hosts.models import Company, Engagement, Site
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Fact, Job
from impresasolidale.core.scope import scope
from impresasolidale.exchange import services
from impresasolidale.exchange.enums import ImportKind
from impresasolidale.exchange.kinds import KINDS, guess
from impresasolidale.exchange.models import ImportBatch, ImportRow, in_turn
from impresasolidale.exchange.services import passes
from placements.attendance.models import AttendanceEvent
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services import record_referral, update_beneficiary
from tests.factories.attendance import make_host, make_running_placement, make_tutor, record, system
from tests.factories.beneficiaries import identity
from tests.factories.fixtures import TODAY
from tests.support.queries import OwnQueries

from .files import csv, upload

pytestmark = pytest.mark.django_db
PEOPLE = [
    "Cod. Fiscale",
    "Cognome",
    "Nome",
    "Data di nascita",
    "Residenza",
    "Telefono",
    "Area",
    "Servizio inviante",
    "Operatore",
    "Segnalato il",
]
VAT = ["00743110157", "01234567897", "07643520567"]


def person(number, **changes):
    who = identity(number)
    row = [
        who["codice_fiscale"],
        who["last_name"],
        who["first_name"],
        "",
        "Sondrio",
        "333 1234567",
        "disabilità",
        "SerD",
        "Dott. Prova",
        "01/09/2026",
    ]
    for name, value in changes.items():
        row[PEOPLE.index(name.replace("_", " "))] = value
    return row


def work():
    """The worker: all that waits, until nothing does."""
    while waiting := list(Job.objects.filter(name__startswith="exchange.", state="queued").order_by("id").values_list("pk", flat=True)):
        for pk in waiting:
            jobs.run(pk)
    assert not Job.objects.filter(name__startswith="exchange.").exclude(state="done").exists()


def page(name, batch=None, *more):
    return reverse(f"exchange:{name}", args=[*([batch.public_id] if batch else []), *more])


def hand_in(client, kind, data, name="elenco.csv"):
    answer = client.post(page("new_import"), {"kind": kind, "file": upload(data, name)})
    if answer.status_code == 303:
        work()
    return answer


def batch_now():
    return ImportBatch.objects.latest("id")


def match(client, batch=None, **changes):
    """Accept what the page proposes, but for `changes`."""
    batch = batch or batch_now()
    form = client.get(page("columns", batch)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | changes
    answer = client.post(page("columns", batch), data)
    if answer.status_code == 303:
        work()
    return answer


def outcomes(batch=None):
    return list(ImportRow.objects.filter(batch=batch or batch_now()).order_by("number").values_list("outcome", flat=True))


def bring(client, kind, rows, **changes):
    assert hand_in(client, kind, csv(rows)).status_code == 303
    assert match(client, **changes).status_code == 303, "columns"
    return batch_now()


def confirm(client, batch):
    answer = client.post(page("confirm", batch))
    work()
    batch.refresh_from_db()
    return answer


def undo(client, batch):
    answer = client.post(page("undo", batch), {"reason": "Era il file sbagliato"})
    work()
    batch.refresh_from_db()
    return answer


SAME = {"fix_charge_service": "serd", "fix_charge_case_manager": "Dott.ssa Prova", "fix_charge_valid_from": "01/09/2026"}


def test_people_from_a_file_to_their_records_and_back(office, access):
    batch = bring(office, "people", [PEOPLE, person(1), person(2), person(3, Residenza="Sondriio")], **SAME)
    assert batch.mapping["codice_fiscale"] == 0 and batch.mapping["referral_received_on"] == 9
    assert outcomes() == ["good", "good", "wrong"]
    assert Beneficiary.objects.count() == 0
    shown = office.get(page("import", batch)).content.decode()
    assert "Non trovo questo comune" in shown and "Sondrio" in shown
    wrong = page("row", batch, 4)
    form = office.get(wrong).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    assert office.post(wrong, {**values, "residence": "Milanoo"})["Location"] == wrong
    assert office.post(wrong, {**values, "residence": "Sondrio"}).status_code == 303
    assert outcomes() == ["good", "good", "good"]
    assert confirm(office, batch).status_code == 303
    assert (batch.state, batch.counts) == ("taken", {"taken": 3})
    made = Beneficiary.objects.get(last_name=identity(1)["last_name"])
    assert (made.target_area, str(made.residence), made.phone) == ("disability", "Sondrio (SO)", "333 1234567")
    assert made.referrals.get().received_on == date(2026, 9, 1)
    assert office.get(page("subject", batch, 2))["Location"] == reverse("beneficiaries:detail", args=[made.public_id])
    assert Fact.objects.filter(code="exchange.row.imported").count() == 3
    undo(office, batch)
    assert (batch.state, batch.counts, Beneficiary.objects.count()) == ("undone", {"undone": 3}, 0)


def test_the_first_line_of_the_file_is_what_the_page_of_columns_shows(office):
    hand_in(office, "people", csv([PEOPLE, person(1)]))
    shown = office.get(page("columns", batch_now())).content.decode()
    assert "A · Cod. Fiscale" in shown and "per esempio" in shown


def test_what_is_there_already_is_known_and_what_looks_like_it_is_asked(office, access):
    bring(office, "people", [PEOPLE, person(1)], **SAME)
    confirm(office, batch_now())
    who = identity(1)
    twin = identity(11, born=date.fromisoformat(str(Beneficiary.objects.get().birth_date)))  # same name, same day
    again = [PEOPLE, person(1, Telefono="0342 1"), person(2), person(2)]
    if twin["codice_fiscale"] != who["codice_fiscale"]:
        again.append([twin["codice_fiscale"], twin["last_name"], twin["first_name"], *person(1)[3:]])
    batch = bring(office, "people", again, **SAME)
    assert outcomes()[:3] == ["known", "good", "wrong"]
    assert "alla riga 3" in ImportRow.objects.get(batch=batch, number=4).problems[""]
    assert office.get(page("subject", batch, 2)).status_code == 303
    confirm(office, batch)
    assert Beneficiary.objects.count() == 2 and batch.counts["taken"] == 1


def test_a_person_with_a_similar_name_born_the_same_day_wants_a_tick(office, access):
    bring(office, "people", [PEOPLE, person(1)], **SAME)
    confirm(office, batch_now())
    row = person(1)
    there = Beneficiary.objects.get()
    row[0] = encode(there.last_name, there.first_name, there.sex, there.birth_date.isoformat(), "Tirano")
    batch = bring(office, "people", [PEOPLE, row], **SAME)
    assert outcomes() == ["perhaps"]
    wrong = page("row", batch, 2)
    form = office.get(wrong).context["form"]
    values = {name: form[name].value() or "" for name in form.fields if name != "is_other_person"}
    office.post(wrong, {**values, "is_other_person": "on"})
    assert outcomes() == ["good"]
    confirm(office, batch)
    assert Beneficiary.objects.count() == 2


def test_undoing_leaves_what_somebody_touched_and_says_why(office, access, coordinator, worker, signed_in):
    batch = bring(office, "people", [PEOPLE, person(1), person(2), person(3)], **SAME)
    confirm(office, batch)
    first, second, _third = Beneficiary.objects.order_by("id")
    by = access_for(worker)
    update_beneficiary(beneficiary=first, row_version=1, by=by, today=TODAY, phone="0342 99")
    record_referral(beneficiary=second, by=by, today=TODAY, service="sil", operator="Altri", received_on=date(2026, 10, 1))
    undo(office, batch)
    assert batch.counts == {"kept": 2, "undone": 1}
    assert set(Beneficiary.objects.values_list("pk", flat=True)) == {first.pk, second.pk}
    shown = office.get(page("import", batch) + "?esito=kept").content.decode().replace("&#x27;", "'")
    assert "qualcuno l'ha modificata" in shown and "segnalazione" in shown


COMPANIES = ["Ragione sociale", "Tipo", "P.IVA", "Indirizzo", "Comune", "Sede", "Indirizzo sede", "Comune sede", "Legale rappresentante"]


def company(n, **changes):
    row = [f"Falegnameria Invento {'ABC'[n]}", "", VAT[n], "Via Prova 1", "Sondrio", "", "", "", "Piera Prova"]
    for name, value in changes.items():
        row[COMPANIES.index(name.replace("_", " "))] = value
    return row


def test_companies_with_their_sites_and_then_their_tutors(office, access):
    rows = [
        COMPANIES,
        company(0),
        company(0, Sede="Magazzino", Indirizzo_sede="Via Lontana 2", Comune_sede="Tirano"),
        company(1, **{"P.IVA": "01234567890"}),
    ]
    batch = bring(office, "companies", rows, fix_kind="firm")
    assert outcomes()[2] == "wrong"
    confirm(office, batch)
    made = Company.objects.get(partita_iva=VAT[0])
    assert sorted(made.sites.values_list("name", flat=True)) == ["Magazzino", "Sede principale"]
    assert not made.on_register  # nobody said yes
    assert batch.counts == {"taken": 2, "wrong": 1}
    tutors = [
        ["Cognome", "Nome", "Email", "Partita IVA impresa", "Dal"],
        ["Verdi", "Ugo", "ugo@example.org", VAT[0], "01.09.2026"],
        ["Neri", "Ida", "ida@example.org", VAT[2], "2026-09-01"],
    ]
    second = bring(office, "tutors", tutors)
    assert outcomes(second) == ["good", "wrong"]
    assert "porta qui prima le imprese" in ImportRow.objects.get(batch=second, number=3).problems["company_code"]
    confirm(office, second)
    assert Engagement.objects.get(company=made).valid_from == date(2026, 9, 1)
    undo(office, batch)  # the company is in use by the tutor; its further site is not
    assert batch.counts["kept"] == 1 and Site.objects.filter(company=made).count() == 1
    undo(office, second)
    assert not Engagement.objects.exists() and second.counts == {"undone": 1, "wrong": 1}


def test_the_same_file_twice_says_so(office, access):
    data = csv([PEOPLE, person(1)])
    assert hand_in(office, "people", data).status_code == 303
    again = hand_in(office, "people", data, name="altro-nome.csv")
    assert again.status_code == 422 and "già stato portato qui" in str(again.context["form"].errors["file"])
    office.post(page("drop", batch_now()))
    assert not ImportRow.objects.exists()
    assert hand_in(office, "people", data).status_code == 303


def test_the_columns_are_remembered_for_the_next_file_of_that_shape(office, access):
    bring(office, "people", [PEOPLE, person(1)], **SAME, col_phone="")
    hand_in(office, "people", csv([PEOPLE, person(2)]))
    answer = office.get(page("columns", batch_now()))
    assert "come l'altra volta" in answer.content.decode().replace("&#x27;", "'")
    assert answer.context["form"]["col_phone"].value() == "" and answer.context["form"]["col_codice_fiscale"].value() == "0"


def test_a_column_for_two_things_and_a_needed_one_that_is_missing_are_refused(office, access):
    hand_in(office, "people", csv([PEOPLE, person(1)]))
    answer = match(office, col_last_name="0")
    assert answer.status_code == 422 and "due cose diverse" in answer.content.decode()
    answer = match(office, col_last_name="")
    assert answer.status_code == 422 and answer.context["form"].errors["col_last_name"]


def test_the_file_is_thrown_away_and_its_rows_are_ciphertext(office, access, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        hand_in(office, "people", csv([PEOPLE, person(1)]))
    assert batch_now().file_name == ""
    stored = [f"exchange.import/{year}" for year in default_storage.listdir("exchange.import")[0]]
    assert not [name for folder in stored for name in default_storage.listdir(folder)[1] if str(batch_now().public_id) in name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells FROM exchange_importrow")
        stored = cursor.fetchone()[0]
    assert stored.startswith("v1:") and identity(1)["last_name"] not in stored


def test_rows_are_forgotten_after_a_month_and_then_nothing_is_undone(office, access):
    batch = bring(office, "people", [PEOPLE, person(1)], **SAME)
    confirm(office, batch)
    assert services.forget_old(today=TODAY) == 0
    ImportBatch.objects.update(created_at="2026-10-01T08:00Z")
    assert services.forget_old(today=TODAY) == 1
    assert not ImportRow.objects.exists() and Beneficiary.objects.count() == 1
    answer = office.post(page("undo", batch), {"reason": "tardi"})
    assert answer.status_code == 422 and "non si annulla più" in answer.content.decode()
    assert office.get(page("import", batch)).status_code == 200


def test_who_may_bring_in_what(signed_in, coordinator, worker, stranger, user_of, sondrio, office, access):
    batch = bring(office, "people", [PEOPLE, person(1)], **SAME)
    mine = signed_in(worker)  # attendance alone
    assert [kind.code for kind in mine.get(page("home")).context["kinds"]] == ["attendance"]
    assert mine.get(page("import", batch)).status_code == 404
    assert mine.post(page("new_import"), {"kind": "people", "file": upload(csv([PEOPLE, person(2)]))}).status_code == 422
    assert mine.get(page("template", None, "people")).status_code == 404
    assert signed_in(stranger).get(page("import", batch)).status_code == 404
    for role in (Role.CLERK, Role.TRAINER, Role.DPO, Role.ACCOUNTING):
        assert signed_in(user_of(role, sondrio)).get(page("home")).status_code == 403


def test_a_row_of_another_office_is_in_nobodys_reach(office, access, tirano, sondrio):
    bring(office, "people", [PEOPLE, person(1)], **SAME)
    with scope(system(tirano).scope):
        assert not ImportBatch.objects.exists() and not ImportRow.objects.exists()


def test_what_was_not_taken_is_downloaded_with_its_reasons(office, access):
    batch = bring(office, "people", [PEOPLE, person(1), person(2, Residenza="=cmd()")], **SAME)
    confirm(office, batch)
    text = b"".join(office.get(page("not_taken", batch, "csv")).streaming_content).decode()
    assert "Non trovo questo comune" in text and "'=cmd()" in text and identity(1)["last_name"] not in text


def test_the_pages_stay_within_their_queries(office, access):
    batch = bring(office, "people", [PEOPLE, person(1), person(2)], **SAME)
    office.get(page("import", batch))
    with OwnQueries() as few:
        office.get(page("import", batch))
    rows = [PEOPLE, *(person(n) for n in range(3, 40))]
    more = bring(office, "people", rows, **SAME)
    with OwnQueries() as many:
        office.get(page("import", more))
    with OwnQueries() as home:
        office.get(page("home"))
    assert len(many) <= len(few) <= 10 and len(home) <= 8


# --- Attendance


@pytest.fixture
def placement(sondrio):
    company = make_host(sondrio)
    tutor, _user = make_tutor(sondrio, company)
    row = make_running_placement(sondrio, tutor, company)
    with scope(system(sondrio).scope):
        Beneficiary.objects.filter(pk=row.beneficiary_id).update(codice_fiscale_hash=lookup_hash(row.beneficiary.codice_fiscale))
    return row


DAYS = ["CF", "Data", "Esito", "Ore"]


def test_a_month_of_attendance_is_written_and_taken_back(signed_in, worker, within, placement):
    _access, client = within(worker), signed_in(worker)
    code = placement.beneficiary.codice_fiscale
    record(placement, date(2026, 10, 8), "sick")
    rows = [
        DAYS,
        [code, "05/10/2026", "P", ""],
        [code, "6/10/2026", "presente", "3,5"],
        [code, "07-10-2026", "malattia", ""],
        [code, "2026-10-08", "presente", "4"],
        [code, "31/02/2026", "P", ""],
        [code, "11/10/2026", "P", ""],
        ["RSSMRA80A01H501U", "05/10/2026", "P", ""],
        [code, "05/10/2026", "P", ""],
    ]
    batch = bring(client, "attendance", rows)
    assert outcomes() == ["good", "good", "good", "wrong", "wrong", "wrong", "wrong", "wrong"]
    problems = {row.number: row.problems for row in ImportRow.objects.filter(batch=batch).exclude(problems__isnull=True)}
    assert "già scritto altro" in problems[5]["day"] and "day" in problems[6] and "non era previsto" in problems[7]["minutes"]
    assert "Nessun tirocinio" in problems[8]["codice_fiscale"] and "due volte" in problems[9]["day"]
    assert AttendanceEvent.objects.filter(channel="import").count() == 1  # the one above
    confirm(client, batch)
    assert batch.counts == {"taken": 3, "wrong": 5}
    written = AttendanceEvent.objects.filter(channel="import").exclude(day=date(2026, 10, 8)).order_by("day")
    assert list(written.values_list("outcome", "minutes", "recorded_by_id")) == [
        ("present", 240, worker.pk), ("present", 210, worker.pk), ("sick", 0, worker.pk),
    ]  # fmt: skip
    record(placement, date(2026, 10, 7), "justified")
    undo(client, batch)
    assert batch.counts == {"undone": 2, "kept": 1, "wrong": 5}


def test_a_piece_that_died_is_done_again_and_nothing_twice(signed_in, worker, within, placement, monkeypatch):
    """A worker dies after its statement and before its commit: the piece is rolled back, and done by the next."""
    _access, client = within(worker), signed_in(worker)
    monkeypatch.setattr(passes, "PIECE_OF_DAYS", 2)
    code = placement.beneficiary.codice_fiscale
    days = [d for d in range(5, 30) if date(2026, 10, d).weekday() < 4][:7]
    batch = bring(client, "attendance", [DAYS, *([code, f"{d}/10/2026", "P", ""] for d in days)])
    died = []
    whole = passes._go_on

    def dies(batch, rows, name, **more):
        if name == "exchange.take_rows" and batch.cursor and not died:
            died.append(batch.cursor)
            raise RuntimeError("killed")
        whole(batch, rows, name, **more)

    monkeypatch.setattr(passes, "_go_on", dies)
    client.post(page("confirm", batch))
    for _round in range(20):
        Job.objects.filter(state="queued").update(run_after="2026-01-01T00:00Z")
        for pk in Job.objects.filter(name="exchange.take_rows", state="queued").values_list("pk", flat=True):
            jobs.run(pk)
    batch.refresh_from_db()
    assert died and batch.state == "taken" and batch.counts == {"taken": 7}
    assert list(AttendanceEvent.objects.order_by("day").values_list("day", flat=True)) == [date(2026, 10, d) for d in days]


def test_a_piece_asked_twice_is_done_once(signed_in, worker, within, placement):
    _access, client = within(worker), signed_in(worker)
    batch = bring(client, "attendance", [DAYS, [placement.beneficiary.codice_fiscale, "05/10/2026", "P", ""]])
    client.post(page("confirm", batch))
    job = Job.objects.filter(name="exchange.take_rows").get()
    work()
    Job.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(job.pk)
    assert AttendanceEvent.objects.count() == 1


@pytest.mark.parametrize("kind", ImportKind)
def test_every_kind_has_a_form_to_download_that_it_recognises(kind, office, access):
    answer = office.get(page("template", None, kind))
    assert answer.status_code == 200
    head = [cell.value for cell in next(load_workbook(io.BytesIO(answer.content)).active.iter_rows())]
    fields = KINDS[kind].fields(by=access, today=TODAY)
    assert guess(head, fields) == {name: n for n, name in enumerate(fields)}


def test_what_marks_a_day_is_made_in_turn():
    marks = [in_turn() for _ in range(2000)]
    assert len(set(marks)) == 2000 and {(mark.version, mark.variant) for mark in marks} == {(7, RFC_4122)}
    times = [mark.int >> 80 for mark in marks]
    assert times == sorted(times)
