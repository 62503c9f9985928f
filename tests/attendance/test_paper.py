"""The paper way in: a month printed, handed in, typed in one grid; and the foglio presenze of what was said."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.jobs import run
from impresasolidale.core.models import Document, Fact, Job, Upload, Verification
from impresasolidale.core.rendering import html_of, pdf_of
from impresasolidale.core.scope import scope
from placements.agreements.models import Placement
from placements.attendance import services
from placements.attendance.models import AttendanceEvent, PaperScan, Timesheet
from placements.attendance.services import GridRefused, PaperDay
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY, make_user
from tests.support.queries import OwnQueries

from .test_office import token

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
PNG = b"\x89PNG\r\n\x1a\n foglio"


@pytest.fixture
def sheet(bakery, in_sondrio, worker):
    made.follow(worker, bakery.placement)
    return Timesheet.objects.get(placement=bakery.placement, month=OCTOBER)


@pytest.fixture
def by(worker):
    """The worker's access, its Ambito in reach."""
    access = access_for(worker)
    with scope(access.scope):
        yield access


def printed(sheet, by):
    """The paper sheet of a month and its page code."""
    document = services.issue_paper_sheet(sheet=sheet, by=by, today=TODAY)
    return document, Verification.objects.get(document_id=document.pk).code


def photo(name="foglio.png", data=PNG):
    return SimpleUploadedFile(name, data)


# --- Printed


def test_the_sheet_to_fill_shows_every_planned_day_and_who_signs(bakery, sheet, by):
    document, code = printed(sheet, by)
    html = html_of(document, code)
    # October 2026, Monday to Thursday from the 1st: seventeen days of four hours
    assert document.context["total"] == "68 h" and len(document.context["days"]) == 17
    assert document.context["days"][0] == {"day": "gio 1", "planned": "4 h", "starts": "9:00"}
    assert html.count('class="square"') == (17 + 3) * 5
    assert "Il tutor dell’impresa" in html and "Chi fa il tirocinio" in html and code[:8] in html and "5 novembre 2026" in html
    assert str(bakery.placement.beneficiary.last_name) in html
    assert bakery.placement.beneficiary.codice_fiscale not in html


@pytest.mark.parametrize(("asked", "lines"), [("both", 2), ("tutor", 1), ("none", 0)])
def test_who_signs_is_the_rule_book_s(bakery, sheet, by, asked, lines):
    made.rules_changed(bakery.placement, paper_signatures=asked)
    document, code = printed(sheet, by)
    assert html_of(document, code).count("Data e firma") == lines


def test_a_month_of_five_days_a_week_is_one_page_to_fill_and_one_to_read(sondrio, bakery, by, worker):
    placed = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=2, week=dict.fromkeys(range(5), 240))
    open_month = Timesheet.objects.get(placement=placed, month=OCTOBER)
    blank, code = printed(open_month, by)
    assert len(blank.context["days"]) == 22  # the working days of October 2026
    assert pdf_of(html_of(blank, code), identifier="x")[1] == 1
    made.whole_month(placed, OCTOBER)
    month = made.settle(open_month, "frozen", closer=worker)
    read = services.issue_timesheet(sheet=month, by=by, today=TODAY)
    assert read.context["head"] == ["Giorno", "Previste", "Com’è andata", "Fatte"]  # no note, no column for notes
    assert pdf_of(html_of(read, "A" * 26), identifier="x")[1] == 1


def test_a_new_sheet_takes_the_place_of_the_last(sheet, by):
    first, _code = printed(sheet, by)
    second, _code = printed(sheet, by)
    assert second.supersedes_id == first.pk and second.number == "2026/000002"


def test_a_closed_month_prints_no_sheet_to_fill(sondrio, bakery, sheet, by, user_of):
    made.whole_month(bakery.placement, OCTOBER)
    made.settle(sheet, "closed", closer=user_of(Role.SOCIAL_WORKER, sondrio, number=9))
    with pytest.raises(DomainError, match="già chiuso"):
        printed(sheet, by)


@pytest.mark.django_db(transaction=True)
def test_many_sheets_are_made_in_the_background(signed_in, worker, sondrio, bakery):
    made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=2)
    with scope(made.system(sondrio).scope):
        ids = [str(s.public_id) for s in Timesheet.objects.filter(month=OCTOBER)]
        gone = Timesheet.objects.filter(month=OCTOBER).select_related("placement__ambito", "ambito").last()
    client = signed_in(worker)
    page = client.get("/presenze/ufficio/fogli-di-carta/?mese=2026-10").content.decode()
    assert page.count('name="sheets"') == 2 and " checked" not in page
    everybody = client.get("/presenze/ufficio/fogli-di-carta/?mese=2026-10&tutti=1").content.decode()
    assert everybody.count(" checked") == 2 and "?mese=2026-10&amp;tutti=1" in page
    response = client.post("/presenze/ufficio/fogli-di-carta/?mese=2026-10", {"sheets": ids, **token()})
    assert response.status_code == 303
    made.whole_month(gone.placement, OCTOBER)
    made.settle(gone, "closed", closer=make_user(Role.SOCIAL_WORKER, sondrio, number=9))
    job = Job.objects.get(name="attendance.print_sheets")
    run(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and len(job.result["made"]) == 1 and len(job.result["refused"]) == 1
    html = client.get(job.result_url).content.decode()
    assert "Fogli pronti" in html and "già chiuso" in html
    assert signed_in(make_user(Role.SOCIAL_WORKER, sondrio, number=4)).get(job.result_url).status_code == 404
    assert client.post("/presenze/ufficio/fogli-di-carta/?mese=2026-10", token()).status_code == 422


# --- Handed in


def test_a_photo_is_kept_with_its_month(signed_in, worker, sheet, by):
    _document, code = printed(sheet, by)
    client = signed_in(worker)
    address = f"/presenze/fogli/{sheet.public_id}/compilato/"
    assert client.get(address).status_code == 200
    typed = f"{code[:4].lower()} {code[4:8]}"
    response = client.post(address, {"file": photo(), "page_code": typed, "has_tutor": "on", **token()})
    assert (response.status_code, response["Location"]) == (303, f"/presenze/fogli/{sheet.public_id}/griglia/")
    scan = PaperScan.objects.get()
    assert (scan.timesheet, scan.has_tutor, scan.has_person, scan.created_by) == (sheet, True, False, worker)
    assert scan.document.subject_id == sheet.pk
    assert Fact.objects.get(code="attendance.scan.received").data == {"page_code_checked": True, "tutor": True, "person": False}
    kept = client.get(f"/presenze/compilati/{scan.public_id}/")
    assert b"".join(kept.streaming_content) == PNG
    page = client.get(f"/presenze/{sheet.placement.public_id}/?mese=2026-10").content.decode()
    assert "solo il tutor" in page and "codice controllato" in page


def test_the_page_of_another_sheet_is_noticed(signed_in, worker, sondrio, bakery, sheet, by):
    other = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=2)
    _document, code = printed(Timesheet.objects.get(placement=other, month=OCTOBER), by)
    response = signed_in(worker).post(f"/presenze/fogli/{sheet.public_id}/compilato/", {"file": photo(), "page_code": code[:8], **token()})
    assert response.status_code == 422
    assert f"{other.beneficiary.first_name} {other.beneficiary.last_name}, ottobre 2026" in response.content.decode()
    assert not PaperScan.objects.exists() and not Upload.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"page_code": "ABCD"}, "page_code"),
        ({"page_code": "ZZZZ2222"}, "page_code"),
        ({"file": ""}, "file"),
        ({"file": "exe"}, "file"),
        ({"file": "empty"}, "file"),
    ],
)
def test_what_is_not_a_sheet_is_refused(signed_in, worker, sheet, values, field):
    files = {"exe": photo("foglio.png", b"MZ..."), "empty": photo("foglio.png", b"")}
    data = {"file": photo(), "page_code": "", **values, **token()}
    data["file"] = files.get(data["file"], data["file"]) if isinstance(data["file"], str) else data["file"]
    response = signed_in(worker).post(f"/presenze/fogli/{sheet.public_id}/compilato/", data)
    assert response.status_code == 422 and [*response.context["form"].errors] == [field]
    assert not PaperScan.objects.exists()


def test_a_code_of_another_ambito_is_unknown(stranger, sheet, by, signed_in, tirano):
    _document, code = printed(sheet, by)
    company = made.make_host(tirano, number=7)
    tutor, _user = made.make_tutor(tirano, company)
    theirs = made.make_running_placement(tirano, tutor, company, number=3)
    made.follow(stranger, theirs)
    with scope(made.system(tirano).scope):
        own = Timesheet.objects.get(placement=theirs, month=OCTOBER)
    response = signed_in(stranger).post(f"/presenze/fogli/{own.public_id}/compilato/", {"file": photo(), "page_code": code[:8], **token()})
    assert response.status_code == 422 and "Non conosciamo questo codice" in response.content.decode()


def test_paper_is_the_office_s_own(signed_in, stranger, sondrio, bakery, sheet, by, worker):
    document, _code = printed(sheet, by)
    scan = services.add_scan(sheet=sheet, file=photo(), page_code="", has_tutor=True, has_person=True, by=by)
    pages = (
        f"/presenze/compilati/{scan.public_id}/",
        f"/presenze/compilati/{scan.public_id}/togli/",
        f"/presenze/carte/{document.public_id}/",
        f"/presenze/fogli/{sheet.public_id}/griglia/",
        f"/presenze/fogli/{sheet.public_id}/compilato/",
    )
    for page in pages:
        assert signed_in(stranger).get(page).status_code == 404
        assert signed_in(bakery.user).get(page).status_code == 403
    assert signed_in(worker).get(pages[2]).status_code == 404  # not rendered yet


def test_a_wrong_picture_is_taken_off(signed_in, worker, sheet, by):
    scan = services.add_scan(sheet=sheet, file=photo(), page_code="", has_tutor=True, has_person=True, by=by)
    client = signed_in(worker)
    address = f"/presenze/compilati/{scan.public_id}/togli/"
    assert "firme non contano" in client.get(address).content.decode()
    assert client.post(address, token()).status_code == 303
    assert not PaperScan.objects.exists() and Upload.objects.count() == 1


# --- Typed


def grid(client, sheet, *, submission=None, **lines):
    """Post the grid: lines d01="present:3:30" or d05="sick"."""
    data = {"_submission": submission or str(uuid.uuid4())}
    for key, text in lines.items():
        outcome, _colon, hours = text.partition(":")
        data |= {f"{key}_outcome": outcome, f"{key}_minutes": hours}
    return client.post(f"/presenze/fogli/{sheet.public_id}/griglia/", data)


def test_a_month_is_typed_with_one_save(signed_in, worker, sheet):
    client = signed_in(worker)
    page = client.get(f"/presenze/fogli/{sheet.public_id}/griglia/").content.decode()
    assert page.count('_outcome"') >= 20 and "non è ancora caricato" in page
    response = grid(client, sheet, d01="present", d05="present:3:30", d06="sick", d07="closed", d08="appointment")
    assert response.status_code == 303
    said = {e.day.day: (e.outcome, e.minutes, e.channel, e.recorded_by_id) for e in AttendanceEvent.objects.all()}
    assert said == {
        1: ("present", 240, "paper", worker.pk),  # as planned
        5: ("present", 210, "paper", worker.pk),
        6: ("sick", 0, "paper", worker.pk),
        7: ("closed", 0, "paper", worker.pk),
        8: ("appointment", 0, "paper", worker.pk),
    }
    sheet.refresh_from_db()
    assert (sheet.done_minutes, sheet.days_present, sheet.days_absent) == (450, 2, 2)
    assert Fact.objects.get(code="attendance.month.typed").data == {"days": 5}


def test_a_day_that_was_not_planned_has_its_own_line(signed_in, worker, sheet):
    client = signed_in(worker)
    data = {"x1_day": "2", "x1_outcome": "present", "x1_minutes": "2", "x1_note": "made_up", **token()}
    assert client.post(f"/presenze/fogli/{sheet.public_id}/griglia/", data).status_code == 303
    event = AttendanceEvent.objects.get()
    assert (event.day, event.minutes, event.note) == (date(2026, 10, 2), 120, "made_up")


def test_every_refusal_stands_beside_its_line_and_nothing_is_lost(signed_in, worker, sheet):
    client = signed_in(worker)
    data = {
        "d01_outcome": "present", "d01_minutes": "4",
        "d05_outcome": "sick", "d05_minutes": "2",  # an absence has no hours
        "d06_outcome": "present", "d06_minutes": "13",  # over twelve
        "d07_outcome": "present", "d07_minutes": "boh",
        "d08_outcome": "sick", "d08_note": "late",
        "d12_minutes": "3",  # no outcome
        "x1_day": "31", "x1_outcome": "present",  # not planned, no hours
        "x2_outcome": "present", "x2_minutes": "3",  # which day?
        **token(),
    }  # fmt: skip
    address = f"/presenze/fogli/{sheet.public_id}/griglia/"
    response = client.post(address, data)
    form = response.context["form"]
    assert response.status_code == 422
    assert {*form.errors} == {"d07_minutes", "d12_outcome", "x2_day"}  # what the form itself can tell
    data |= {"d07_minutes": "4", "d12_minutes": "", "x2_outcome": "", "x2_minutes": "", **token()}
    response = client.post(address, data)
    form = response.context["form"]
    assert response.status_code == 422 and AttendanceEvent.objects.count() == 0
    assert {*form.errors} - {"__all__"} == {"d05_minutes", "d06_minutes", "d08_note", "x1_minutes"}
    html = response.content.decode()
    assert "Un’assenza non ha ore" in html and "Questa nota non va" in html and 'value="boh"' not in html and 'value="13"' in html
    data |= {"d05_minutes": "", "d06_minutes": "4", "d08_note": "phoned", "x1_minutes": "1:30", **token()}
    assert client.post(address, data).status_code == 303
    assert AttendanceEvent.objects.count() == 6


def test_sent_twice_the_month_is_written_once(signed_in, worker, sheet):
    client, submission = signed_in(worker), str(uuid.uuid4())
    lines = {"d01": "present", "d05": "sick"}
    first, second = (grid(client, sheet, submission=submission, **lines) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert AttendanceEvent.objects.count() == 2
    third = grid(client, sheet, **lines)  # typed again from the start: nothing is new
    assert third.status_code == 303 and AttendanceEvent.objects.count() == 2
    grid(client, sheet, d01="unjustified", d05="sick")
    assert [(e.day.day, e.outcome) for e in AttendanceEvent.objects.order_by("id")] == [(1, "present"), (5, "sick"), (1, "unjustified")]


def test_the_grid_may_begin_as_planned(signed_in, worker, sheet):
    form = signed_in(worker).get(f"/presenze/fogli/{sheet.public_id}/griglia/?come=previsto").context["form"]
    assert form["d01_outcome"].value() == "present" and form["d01_minutes"].value() == "4:00"
    assert signed_in(worker).get(f"/presenze/fogli/{sheet.public_id}/griglia/").context["form"]["d01_outcome"].value() == ""


def test_a_closed_month_takes_no_grid(signed_in, worker, sondrio, bakery, sheet, user_of):
    made.whole_month(bakery.placement, OCTOBER)
    made.settle(sheet, "closed", closer=user_of(Role.SOCIAL_WORKER, sondrio, number=9))
    response = grid(signed_in(worker), sheet, d01="sick")
    assert response.status_code == 409 and "già chiuso" in response.content.decode()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (PaperDay(date(2026, 11, 2), "present", 60), "day"),  # another month
        (PaperDay(date(2026, 10, 6), "withdrawn"), "outcome"),  # nothing to take back
        (PaperDay(date(2026, 10, 6), "flying"), "outcome"),
        (PaperDay(date(2026, 10, 6), "present", 60, travel=20), "travel_minutes"),  # not credited here
        (PaperDay(date(2026, 10, 6), "present", 60, note="phoned"), "note"),
    ],
)
def test_lines_the_service_refuses(sheet, by, line, field):
    with pytest.raises(GridRefused) as caught:
        services.record_paper_month(sheet=sheet, lines=[line], by=by, today=TODAY)
    assert caught.value.lines[line.day][0] == field


def test_the_same_day_twice_and_a_day_to_come_are_refused(bakery, sheet, by):
    november = Timesheet.objects.get(placement=bakery.placement, month=date(2026, 11, 1))
    lines = [PaperDay(date(2026, 11, 19), "present", 60), PaperDay(date(2026, 11, 17), "present"), PaperDay(date(2026, 11, 17), "sick")]
    with pytest.raises(GridRefused) as caught:
        services.record_paper_month(sheet=november, lines=lines, by=by, today=TODAY)
    assert {day.day: words for day, (_box, words) in caught.value.lines.items()} == {
        19: "Questo giorno deve ancora venire: si registra quando arriva.",
        17: "Questo giorno è scritto due volte.",
    }


def test_a_grid_costs_the_same_for_one_line_and_for_seventeen(sheet, by):
    days = [date(2026, 10, n) for n in range(1, 30) if date(2026, 10, n).weekday() < 4]
    costs = []
    for some in (days[:1], days[1:]):
        with OwnQueries() as own:
            services.record_paper_month(sheet=sheet, lines=[PaperDay(day, "present") for day in some], by=by, today=TODAY)
        costs.append(len(own))
    assert costs[0] == costs[1] <= 12


# --- Closed with its signatures


@pytest.mark.parametrize(
    ("asked", "scans", "words"),
    [
        ("both", [], "prima carica"),
        ("both", [(False, True)], "firma del tutor"),
        ("both", [(True, False)], "firma della persona"),
        ("both", [(True, False), (False, True)], ""),  # two pages, one signature each
        ("tutor", [(True, False)], ""),
        ("tutor", [(False, True)], "firma del tutor"),
        ("none", [], ""),
    ],
)
def test_a_month_from_paper_closes_with_its_signatures(bakery, sheet, by, asked, scans, words):
    made.rules_changed(bakery.placement, paper_signatures=asked)
    days = [PaperDay(date(2026, 10, n), "present") for n in range(1, 30) if date(2026, 10, n).weekday() < 4]
    services.record_paper_month(sheet=sheet, lines=days, by=by, today=TODAY)
    for has_tutor, has_person in scans:
        services.add_scan(sheet=sheet, file=photo(), page_code="", has_tutor=has_tutor, has_person=has_person, by=by)
    if words:
        with pytest.raises(DomainError, match=words):
            services.close_month(sheet=sheet, by=by, today=TODAY)
    else:
        assert services.close_month(sheet=sheet, by=by, today=TODAY).state == "closed"


def test_a_month_from_the_phone_needs_no_paper(bakery, sheet):
    made.whole_month(bakery.placement, OCTOBER)
    with scope(bakery.access.scope):
        assert services.close_month(sheet=sheet, by=bakery.access, today=TODAY).state == "closed"


# --- The foglio presenze


@pytest.mark.parametrize("state", ["confirmed", "frozen"])
def test_the_foglio_presenze_says_the_month_as_it_was_confirmed(signed_in, sondrio, bakery, coordinator, user_of, state):
    made.whole_month(bakery.placement, OCTOBER)
    made.record(bakery.placement, date(2026, 10, 1), "sick")
    with scope(made.system(sondrio).scope):
        sheet = Timesheet.objects.get(placement=bakery.placement, month=OCTOBER)
    closer = user_of(Role.SOCIAL_WORKER, sondrio, number=9)
    sheet = made.settle(sheet, state, closer=closer, confirmer=coordinator)
    response = signed_in(coordinator).post(f"/presenze/fogli/{sheet.public_id}/foglio-presenze/", token())
    assert response.status_code == 303
    with scope(made.system(sondrio).scope):
        document = Document.objects.get(kind="attendance.timesheet")
        html = html_of(document, "A" * 26)
    sums = dict(document.context["sums"])
    # 17 days of 4 h planned, 16 done: 64 of 68, 94.1 %, rounded down
    assert sums == {
        "Ore previste": "68 h",
        "Ore fatte": "64 h",
        "Ore riconosciute": "64 h, il 94 % del previsto",
        "Giorni di presenza (INAIL)": "16",
        "Giorni di assenza": "1",
    }
    assert document.context["rows"][0][:4] == ["gio 1", "4 h", "assente, malattia", "—"]
    validation = dict(document.context["validation"])
    assert validation["Chiuso da"].startswith(closer.get_full_name())
    assert validation["Confermato da"].startswith(coordinator.get_full_name())
    assert (validation.get("Impronta del mese definitivo") == sheet.snapshot_hash) is (state == "frozen")
    assert "Foglio presenze di ottobre 2026" in html
    page = signed_in(coordinator).get(f"/presenze/{bakery.placement.public_id}/?mese=2026-10").content.decode()
    assert "Foglio presenze" in page and document.number in page


def test_before_it_is_confirmed_there_is_no_foglio_presenze(signed_in, coordinator, sheet):
    response = signed_in(coordinator).post(f"/presenze/fogli/{sheet.public_id}/foglio-presenze/", token(), follow=True)
    assert "quando il mese è confermato" in response.content.decode()
    assert not Document.objects.exists()


def test_while_a_suspension_runs_its_days_take_no_line(bakery, sheet, by):
    Placement.objects.filter(pk=bakery.placement.pk).update(state="suspended")
    with pytest.raises(GridRefused):
        services.record_paper_month(sheet=sheet, lines=[PaperDay(date(2026, 10, 1), "present")], by=by, today=TODAY)


def test_a_sheet_closed_while_the_grid_was_open_is_a_conflict(sondrio, bakery, sheet, by, user_of):
    made.whole_month(bakery.placement, OCTOBER)
    made.settle(sheet, "closed", closer=user_of(Role.SOCIAL_WORKER, sondrio, number=9))
    with pytest.raises(Conflict):
        services.record_paper_month(sheet=sheet, lines=[PaperDay(date(2026, 10, 1), "sick")], by=by, today=TODAY)
