"""The audit room: drawn by a seed that anybody can use again, without names anywhere, until a day, every look written."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from impresasolidale.projects import selectors
from impresasolidale.projects.audit_words import paid_in_words
from impresasolidale.projects.models import AuditItem
from impresasolidale.projects.services import audit, expenses
from impresasolidale.territory.models import Body
from impresasolidale.treasury import sample_rules
from impresasolidale.treasury.enums import ItemState, Payment, RunState
from impresasolidale.treasury.models import ItemShare, LiquidationItem, LiquidationRun
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user
from tests.factories.projects import check, make_expense, pdf, prove
from tests.factories.treasury import make_grant

pytestmark = pytest.mark.django_db
D = Decimal
NAMES = ("Ada", "Prova Rossi", "AdaRossi", "ada_rossi", "Studio Grafico", "Volantini della signora")


@pytest.fixture
def auditor(network):
    return make_user(Role.AUDITOR, None)


@pytest.fixture
def rows(access, other, project):
    """Five checked expenses; the first pays a person and has files with names."""
    found = []
    for n in range(5):
        more = {"payee": "Ada Prova Rossi", "payee_kind": "person", "words": "Volantini della signora Ada"} if n == 0 else {}
        row = make_expense(access, project, 100 + n, document_number=f"{n}", **more)
        prove(access, row)
        check(row, other)
        found.append(row)
    return found


def open_room(access, project, auditor, *, share=100, minimum=1, until=TODAY + timedelta(days=30)):
    return audit.open_room(project=project, auditor=auditor, share=share, minimum=minimum, until=until, by=access, today=TODAY)


@pytest.fixture
def room(access, project, auditor, rows):
    return open_room(access, project, auditor)


def pages(room):
    urls = [reverse("projects:my_rooms"), reverse("projects:my_room", args=[room.public_id])]
    return urls + [reverse("projects:my_item", args=[room.public_id, n]) for n in range(1, 6)]


def test_the_draw_can_be_done_again(access, project, auditor, rows):
    room = open_room(access, project, auditor, share=40, minimum=1)
    drawn = [item.expense.number for item in selectors.audit.items_of(room)]
    assert len(drawn) == 2  # 40 of a hundred of five, rounded up
    assert drawn == sample_rules.draw(room.seed, room.pool, share=40, minimum=1)
    assert room.pool[rows[0].number] == 2 and room.pool[rows[4].number] == 2 and room.pool[rows[2].number] == 1  # a person; the largest
    assert room.amount == 510


def test_what_was_drawn_stays_as_it_was(access, other, room, rows):
    expenses.reopen_expense(expense=rows[0], reason="x", by=other, today=TODAY)
    item = AuditItem.objects.get(sample=room, expense=rows[0])
    assert item.facts["state"] == "checked"
    for change in (
        "UPDATE projects_audititem SET facts = '{}'",
        "DELETE FROM projects_audititem",
        "UPDATE projects_auditsample SET seed = 'x'",
        "UPDATE projects_auditsample SET open_until = '2030-01-01'",
    ):
        with pytest.raises(Exception, match="append-only|permission denied|kept as it was"), transaction.atomic(), connection.cursor() as c:
            c.execute(change)


def test_no_name_stands_anywhere(signed_in, auditor, access, room, rows):
    """Pages, addresses, names of files and their heads; what is the auditor's own (the menu) is left out."""
    first = rows[0]
    for file in selectors.files_of(first):
        expenses.mask_file(expense=first, original=file, file=pdf("AdaRossi_senza.pdf"), by=access)
    client = signed_in(auditor)
    seen = 0
    for url in pages(room):
        response = client.get(url)
        html = response.content.decode()
        assert response.status_code == 200, url
        assert not [name for name in NAMES if name in html], url
        for link in set(re.findall(r'href="(/progetti/stanza/[^"]+/\d+/\d+/)"', html)):
            answer = client.get(link)
            head = " ".join(f"{k}: {v}" for k, v in answer.headers.items())
            assert answer.status_code == 200 and not [name for name in NAMES if name in head + link]
            assert re.search(r'filename="2026-\d{6}-\d+\.pdf"', head)
            b"".join(answer.streaming_content)
            seen += 1
    assert seen == 2  # the two copies without names; nobody said of the others that they have none


def test_a_file_is_shown_when_somebody_says_it_names_nobody(signed_in, auditor, access, room, rows):
    item = AuditItem.objects.get(sample=room, expense=rows[2])
    url = reverse("projects:my_item", args=[room.public_id, item.position])
    client = signed_in(auditor)
    assert "Altri 2 file" in client.get(url).content.decode()
    file = selectors.files_of(rows[2])[0]
    expenses.say_nameless(file=file, is_nameless=True, by=access, now=timezone.now())
    assert "Un altro file" in client.get(url).content.decode()
    served = client.get(f"{url}1/")
    assert served.status_code == 200 and client.get(f"{url}2/").status_code == 404
    b"".join(served.streaming_content)
    expenses.say_nameless(file=file, is_nameless=False, by=access, now=timezone.now())
    assert client.get(f"{url}1/").status_code == 404


def test_nothing_else_is_reachable(signed_in, auditor, access, room, rows, project):
    client = signed_in(auditor)
    for name in ("detail", "expenses", "plan", "staff", "instalments", "actions", "parts", "rooms", "new_expense"):
        assert client.get(reverse(f"projects:{name}", args=[project.public_id])).status_code == 403, name
    assert client.get(reverse("projects:list")).status_code == 403
    file = selectors.files_of(rows[0])[0]
    at = [project.public_id, rows[0].public_id]
    assert client.get(reverse("projects:expense", args=at)).status_code == 403
    assert client.get(reverse("projects:expense_file", args=[*at, file.public_id])).status_code == 403
    assert client.get(reverse("projects:share_note", args=at)).status_code == 403
    for url in pages(room):
        assert client.post(url).status_code == 405  # read-only


def test_somebody_else_s_room_does_not_exist(signed_in, room, network, worker):
    second = make_user(Role.AUDITOR, None, number=2)
    for url in pages(room)[1:]:
        assert signed_in(second).get(url).status_code == 404
        assert signed_in(worker).get(url).status_code == 403


def test_after_its_day_or_closed_it_is_refused(signed_in, auditor, access, project, rows, room):
    gone = open_room(access, project, auditor, until=TODAY)
    client = signed_in(auditor)
    assert client.get(pages(gone)[1]).status_code == 200
    audit.close_room(sample=gone, by=access, now=timezone.now())
    for url in pages(gone)[1:]:
        answer = client.get(url)
        assert answer.status_code == 403 and "si è chiusa il" in answer.content.decode()
    assert client.get(pages(room)[1]).status_code == 200
    assert not selectors.audit.is_open(room, room.open_until + timedelta(days=1))
    with pytest.raises(PermissionDenied):
        selectors.audit.my_room(access_for(auditor), room.public_id, room.open_until + timedelta(days=1))


def test_a_membership_that_ends_closes_the_door(signed_in, auditor, access, room):
    Membership.objects.filter(user=auditor).update(valid_to=TODAY - timedelta(days=1))
    assert signed_in(auditor).get(pages(room)[1]).status_code in (403, 404)


@pytest.mark.parametrize("field", ["until", "auditor"])
def test_a_room_does_not_outlive_its_auditor(access, project, auditor, rows, field):
    if field == "auditor":
        Membership.objects.filter(user=auditor).update(valid_to=TODAY + timedelta(days=5))
    until = TODAY - timedelta(days=1) if field == "until" else TODAY + timedelta(days=6)
    with pytest.raises(DomainError) as refused:
        open_room(access, project, auditor, until=until)
    assert refused.value.field == field


def test_without_checked_expenses_there_is_nothing_to_draw(access, project, auditor):
    make_expense(access, project)
    with pytest.raises(DomainError, match="controllate"):
        open_room(access, project, auditor)


def test_every_look_is_written(signed_in, auditor, room):
    client = signed_in(auditor)
    for url in pages(room)[1:3]:
        client.get(url)
    with scope(access_scope(auditor)):
        places = list(Look._base_manager.filter(actor_id=auditor.pk).order_by("id").values_list("place", flat=True))
    assert places == ["projects:my_room", "projects:my_item"]


def access_scope(user: User):
    return access_for(user).scope


def test_only_who_may_opens_one(other, project, auditor, rows):
    with pytest.raises(PermissionDenied):
        open_room(other, project, auditor)


def paid_row(
    ambito,
    pot,
    number,
    amount,
    *,
    order_on=date(2026, 11, 10),
    state=ItemState.PAID,
    person="Ada Prova Rossi",
    code="",
    part=None,
    rest=None,
):
    """A row of a liquidation as it stands after the treasurer's answer."""
    with scope(system(ambito).scope):
        run = LiquidationRun.objects.create(
            ambito=ambito, body=Body.objects.get(ambito=ambito, is_lead=True), number=f"2026/{number:06}", month=date(2026, 10, 1),
            supplement=number, checked_at=timezone.now(),
        )  # fmt: skip
        item = LiquidationItem.objects.create(
            ambito=ambito, run=run, position=1, source_type="attendance.monthallowance", source_id=number,
            code=code or f"C{number:05}", year=2026, words=f"Contributo di {person}", amount=D(amount), payment=Payment.TRANSFER,
            person=person, payee=person, order_number=f"M{number}", order_on=order_on,
        )  # fmt: skip
        for position, (source, euro) in enumerate([(pot, part or amount), *([(rest, amount - part)] if part else [])]):
            ItemShare.objects.create(ambito=ambito, item=item, position=position, pot=source, amount=D(euro))
        approved = {"approved_at": timezone.now(), "approved_by": make_user(Role.ACCOUNTING, ambito, number=50 + number)}
        LiquidationRun.objects.filter(pk=run.pk).update(state=RunState.APPROVED, **approved)
        for step in (ItemState.SENT, *([state] if state != ItemState.SENT else [])):
            LiquidationItem.objects.filter(pk=item.pk).update(state=step)
        return item


def test_allowances_that_the_grant_paid_are_drawn_without_names(
    signed_in, access, project, auditor, rows, sondrio, tirano, coordinator, within
):
    grant, other = make_grant(access), make_grant(access, name="Altra fondazione")
    ours = [paid_row(sondrio, grant, n, 100 + n, code="SAME1" if n < 3 else "") for n in range(1, 5)]
    theirs = paid_row(tirano, grant, 9, 450, part=300, rest=other)
    paid_row(sondrio, other, 11, 70)
    paid_row(sondrio, grant, 12, 71, order_on=date(2025, 12, 31))  # before the project
    paid_row(sondrio, grant, 13, 72, state=ItemState.SENT)
    within(coordinator)
    room = audit.open_room(
        project=project, auditor=auditor, share=100, minimum=1, until=TODAY + timedelta(days=30), by=access, today=TODAY, grant=grant
    )
    assert set(room.paid_pool) == {str(item.public_id) for item in [*ours, theirs]}
    assert room.paid_pool[str(theirs.public_id)] == 2 and set(room.paid_pool.values()) == {1, 2}
    assert room.paid_amount == 101 + 102 + 103 + 104 + 300
    drawn = [paid_in_words(row.facts) for row in selectors.audit.paid_rows_of(room)]
    assert sorted(row.amount for row in drawn) == [101, 102, 103, 104, 300]
    assert {row.ambito for row in drawn} == {"Sondrio", "Tirano"}
    assert sorted(row.person for row in drawn) == ["T-001", "T-001", "T-002", "T-003", "T-004"]  # two months of one person
    part = next(row for row in drawn if row.ambito == "Tirano")
    assert (part.total, part.run, part.order) == (450, "2026/000009", "M9")
    html = signed_in(auditor).get(reverse("projects:my_room", args=[room.public_id])).content.decode()
    assert "T-001" in html and "450,00" in html
    for secret in (*NAMES, "SAME1", "Contributo di", str(theirs.public_id)):
        assert secret not in html
    assert signed_in(auditor).get(reverse("projects:my_item", args=[room.public_id, 6])).status_code == 404  # a row has no page
    office = signed_in(coordinator).get(reverse("projects:room", args=[project.public_id, room.public_id])).content.decode()
    assert str(theirs.public_id) in office and "Ada Prova Rossi" not in office.partition("Contributi motivazionali estratti")[2]
    again = sample_rules.draw(room.seed, room.paid_pool, share=100, minimum=1)
    assert [room.paid_pool[key] for key in again] and len(again) == 5


def test_a_room_without_a_grant_has_no_allowances(signed_in, auditor, room, coordinator, project):
    assert room.grant is None and room.paid_pool == {}
    assert "Contributi motivazionali estratti" not in signed_in(auditor).get(pages(room)[1]).content.decode()


def test_the_form_offers_the_network_s_grants(signed_in, coordinator, access, project, auditor, rows):
    grant = make_grant(access)
    data = {"auditor": auditor.pk, "until": (TODAY + timedelta(days=9)).isoformat(), "share": 100, "minimum": 1, "grant": grant.public_id}
    client = signed_in(coordinator)
    at = reverse("projects:new_room", args=[project.public_id])
    assert client.post(at, {**data, "grant": project.public_id}).status_code == 422
    page = client.post(at, data)["Location"]
    assert "Con questo contributo non risulta ancora pagato niente" in client.get(page).content.decode()


def test_the_office_sees_what_the_auditor_does_not(signed_in, coordinator, room, project):
    html = signed_in(coordinator).get(reverse("projects:room", args=[project.public_id, room.public_id])).content.decode()
    assert room.seed in html and "Chiudi adesso" in html
