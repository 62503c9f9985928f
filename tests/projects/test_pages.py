"""Every page opens and posts for who may, within its budget; 403, 404 and bad input in words."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope, unscoped
from impresasolidale.projects import selectors
from impresasolidale.projects.models import Expense, Instalment, Partner, Project
from impresasolidale.projects.services import projects, staff
from impresasolidale.territory.models import Comune, Network
from tests.factories.fixtures import TODAY, make_user
from tests.factories.projects import (
    PROJECT,
    check,
    cofinancing,
    grant,
    invoice_xml,
    item,
    lead_of,
    make_expense,
    make_member,
    pdf,
    prove,
    receive,
    report,
)
from tests.projects.test_results import act, indicator, photo
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
D = Decimal
OF_PROJECT = (
    "detail edit reopen parts plan expenses new_expense read_invoice instalments new_instalment staff new_member new_sheet new_indicator"
    " new_milestone actions new_action rooms new_room add_participation add_item add_source add_package"
).split()


def at(project, name, *more):
    return reverse(f"projects:{name}", args=[project.public_id, *more])


@pytest.fixture
def whole(access, other, project):
    """A project with one of everything."""
    receive(access, other, project)
    rows = [make_expense(access, project, 100 + n, document_number=f"{n}", granted=50) for n in range(3)]
    for row in rows[1:]:
        prove(access, row)
        check(row, other)
    report(rows[2], other)
    work = projects.add_work_package(project=project, code="AZ1", name="Coordinamento", by=access)
    member = make_member(access, project)
    sheet = staff.open_sheet(project=project, member=member, month=date(2026, 3, 1), by=access)
    staff.write_hours(sheet=sheet, work_package=work, minutes={date(2026, 3, 2): 90}, by=access, today=TODAY)
    action = act(access, project, photo=photo(), consent="Non si riconosce nessuno", partners=[lead_of(project).partner])
    row = indicator(access, project)
    instalment = Instalment.objects.get(project=project)
    return {"rows": rows, "sheet": sheet, "work": work, "member": member, "action": action, "indicator": row, "instalment": instalment}


def addresses(project, whole):
    rows, sheet = whole["rows"], whole["sheet"].public_id
    yield reverse("projects:list")
    yield reverse("projects:new")
    for name in ("partners", "new_partner", "add_comuni"):
        yield reverse(f"projects:{name}")
    partner = lead_of(project).partner
    for name in ("partner", "edit_partner", "add_role", "add_document"):
        yield reverse(f"projects:{name}", args=[partner.public_id])
    yield from (at(project, name) for name in OF_PROJECT)
    yield at(project, "plan_version", 1)
    yield at(project, "edit_item", item(project, "A07").public_id)
    for row in rows:
        yield at(project, "expense", row.public_id)
    for name in ("edit_expense", "add_file", "prove", "withdraw"):
        yield at(project, name, rows[0].public_id)
    for name in ("reopen_expense", "report", "return", "accept", "reject"):
        yield at(project, name, rows[1].public_id)
    yield at(project, "expense_file", rows[1].public_id, selectors.files_of(rows[1])[0].public_id)
    yield at(project, "mask_file", rows[1].public_id, selectors.files_of(rows[1])[0].public_id)
    for name in ("ask_instalment", "arrived", "not_arrived", "reverse_instalment"):
        yield at(project, name, whole["instalment"].public_id)
    yield at(project, "new_rate", whole["member"].public_id)
    for name in ("sheet", "sign_sheet", "reopen_sheet", "charge_sheet"):
        yield at(project, name, sheet)
    yield at(project, "hours", sheet, whole["work"].public_id)
    yield at(project, "edit_action", whole["action"].public_id)
    yield at(project, "action_photo", whole["action"].public_id)
    yield at(project, "edit_indicator", whole["indicator"].public_id)
    yield reverse("project_results:indicators", args=[project.public_id])
    for kind in ("csv", "xlsx"):
        yield at(project, "expenses_file", kind)
        yield at(project, "actions_file", kind)
        yield reverse("projects:partners_file", args=[kind])


def status_of(client, url):
    """Read to the end, so that no file stays open."""
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def test_every_page_opens_for_the_coordinator(signed_in, coordinator, access, project, whole):
    client = signed_in(coordinator)
    found = {url: status_of(client, url) for url in addresses(project, whole)}
    assert {url: status for url, status in found.items() if status != 200} == {}
    assert client.get(at(project, "share_note", whole["rows"][1].public_id)).status_code == 404  # the worker has not made it yet


def test_without_the_right_403_and_a_narrowed_membership_too(signed_in, worker, user_of, sondrio, project, whole):
    comune = Comune.objects.filter(ambito=sondrio).first()
    narrowed = make_user(Role.COORDINATOR, sondrio, number=9, comune=comune)
    for user in (worker, narrowed):
        client = signed_in(user)
        found = {url: status_of(client, url) for url in addresses(project, whole)}
        assert set(found.values()) == {403}, user
    clerk = signed_in(user_of(Role.CLERK, sondrio))
    assert clerk.get(at(project, "expenses")).status_code == 200
    for name in ("edit", "new_instalment", "rooms", "add_item"):
        assert clerk.get(at(project, name)).status_code == 403, name
    assert clerk.post(at(project, "check", whole["rows"][0].public_id)).status_code == 403


def test_another_network_s_project_does_not_exist(signed_in, coordinator, access, project, db):
    with unscoped("test"):
        elsewhere = Network.objects.create(name="Altra rete", code="altra")
    with scope(replace(access, network_id=elsewhere.pk, networks=frozenset({elsewhere.pk})).scope):
        foreign = Project.objects.create(network=elsewhere, **PROJECT)
        partner = Partner.objects.create(network=elsewhere, name="Ente d'altrove", kind="public")
    client = signed_in(coordinator)
    for name in OF_PROJECT:
        assert client.get(at(foreign, name)).status_code == 404, name
    assert client.get(reverse("projects:partner", args=[partner.public_id])).status_code == 404
    assert client.get(reverse("project_results:indicators", args=[foreign.public_id])).status_code == 404
    assert "Altra" not in client.get(reverse("projects:list")).content.decode()


BUDGETS = {"detail": 12, "plan": 10, "expenses": 8, "instalments": 10, "staff": 10, "actions": 8, "parts": 10, "rooms": 8}


@pytest.mark.parametrize(("name", "most"), BUDGETS.items())
def test_pages_keep_their_budget(signed_in, coordinator, access, project, whole, name, most):
    client = signed_in(coordinator)
    with OwnQueries() as few:
        client.get(at(project, name))
    assert len(few) <= most, few
    for n in range(8):
        make_expense(access, project, 10, document_number=f"x{n}")
        act(access, project, title=f"Serata {n}", partners=[lead_of(project).partner])
    with OwnQueries() as many:
        client.get(at(project, name))
    assert len(many) == len(few), many


def test_details_keep_their_budget(signed_in, coordinator, access, project, whole):
    client = signed_in(coordinator)
    for url, most in (
        (at(project, "expense", whole["rows"][1].public_id), 10),
        (at(project, "sheet", whole["sheet"].public_id), 10),
        (reverse("project_results:indicators", args=[project.public_id]), 12),
        (reverse("projects:partners"), 8),
        (reverse("projects:list"), 8),
        (reverse("projects:partner", args=[lead_of(project).partner.public_id]), 10),
    ):
        with OwnQueries() as own:
            client.get(url)
        assert len(own) <= most, (url, own)


def test_an_invoice_fills_the_form_and_becomes_an_expense(signed_in, coordinator, accountant, access, project):
    client = signed_in(coordinator)
    read = client.post(at(project, "read_invoice"), {"file": SimpleUploadedFile("IT01533030480_1.xml", invoice_xml())})
    assert read.status_code == 303
    page = client.get(read.url)
    form = page.context["form"]
    assert form.initial["payee"] == "Tipografia Prova srl" and form.initial["cig"] == "Z0A1B2C3D4"
    given = {name: str(value).replace(".", ",") if isinstance(value, D) else value for name, value in form.initial.items()}
    share = f"share_{cofinancing(project).public_id.hex}"
    sent = {
        **given,
        "participation": str(lead_of(project).public_id),
        "item": str(item(project, "A07").public_id),
        "by_percent": "si",
        share: "99",
    }
    wrong = client.post(read.url, sent)
    assert (
        wrong.status_code == 422
        and "percentuali devono dare 100" in wrong.content.decode()
        and "Tipografia Prova" in wrong.content.decode()
    )
    made = client.post(read.url, {**sent, share: "100"})
    assert made.status_code == 303
    row = Expense.objects.get()
    assert (row.amount, row.charged, row.cup) == (122, 122, "J81B26000120007") and [f.kind for f in selectors.files_of(row)] == [
        "invoice_xml"
    ]
    again = client.post(read.url, {**sent, share: "100"})
    assert again.status_code == 404  # what was read is this expense's now
    twice = client.post(at(project, "new_expense"), {**sent, share: "100"})
    assert twice.status_code == 422 and "già registrato" in twice.content.decode()
    mine = client.post(at(project, "check", row.public_id), {"row_version": 1})
    assert mine.status_code == 303 and Expense.objects.get().state == "draft"
    signed_in(accountant).post(at(project, "check", row.public_id), {"row_version": 1})
    assert Expense.objects.get().state == "checked"


@pytest.mark.parametrize("name", ["fattura.xml.p7m", "x.xml"])
def test_a_bad_invoice_is_said_on_the_page(signed_in, coordinator, access, project, name):
    content = b"\x30\x82\x01\x01" if name.endswith("p7m") else b"<!DOCTYPE a><a/>"
    answer = signed_in(coordinator).post(at(project, "read_invoice"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and ("p7m" in answer.content.decode())
    assert signed_in(coordinator).get(at(project, "new_expense") + "?fattura=nessuna").status_code == 404


def test_the_evidence_list_has_every_document_and_share(signed_in, coordinator, project, whole):
    content = signed_in(coordinator).get(at(project, "expenses_file", "xlsx")).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    head = rows[0]
    assert {"Spesa", "Fondazione di prova", "Cofinanziamento dei partner", "Prova di pagamento", "Riconosciuto"} <= set(head)
    of_grant = [row[head.index("Fondazione di prova")] for row in rows[1:]]
    assert [float(x) for x in of_grant] == [50, 50, 50] and [row[head.index("Imputato")] for row in rows[1:]] == [100, 101, 102]
    filtered = signed_in(coordinator).get(at(project, "expenses_file", "csv") + "?stato=reported")
    assert len(b"".join(filtered.streaming_content).decode().strip().splitlines()) == 2


def test_hours_are_written_on_the_calendar(signed_in, coordinator, access, project, whole):
    client, url = signed_in(coordinator), at(project, "hours", whole["sheet"].public_id, whole["work"].public_id)
    wrong = client.post(url, {"day_2": "25:00"})
    assert wrong.status_code == 422 and "24" in wrong.content.decode()
    assert client.post(url, {"day_2": "3:30", "day_3": "4,5"}).status_code == 303
    assert [h.minutes for h in selectors.staff.hours_of(whole["sheet"])] == [210, 270]
    signed = client.post(at(project, "sign_sheet", whole["sheet"].public_id), {"file": pdf(), "on": "2026-04-02"})
    assert signed.status_code == 303
    share = {f"share_{grant(project).public_id.hex}": "100"}
    charged = client.post(at(project, "charge_sheet", whole["sheet"].public_id), share)
    assert charged.status_code == 303 and Expense.objects.get(document_kind="sheet").charged == 200  # 8 h at 25


def test_lists_say_what_to_do_when_they_are_empty(signed_in, coordinator, access, project):
    client = signed_in(coordinator)
    for url, words in (
        (at(project, "expenses"), "Ancora nessuna spesa"),
        (at(project, "expenses") + "?stato=rejected", "Togli i filtri"),
        (at(project, "actions"), "Ancora nessuna azione"),
        (at(project, "rooms"), "Ancora nessuna stanza"),
        (at(project, "instalments"), "Ancora nessuna rata"),
        (reverse("project_results:indicators", args=[project.public_id]), "Ancora nessun indicatore"),
    ):
        assert words in client.get(url).content.decode(), url
