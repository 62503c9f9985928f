"""The audit room: drawn by a seed that anybody can use again, without names anywhere, until a day, every look written."""

import re
from datetime import timedelta
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
from impresasolidale.projects.models import AuditItem
from impresasolidale.projects.services import audit, expenses
from impresasolidale.treasury import sample_rules
from tests.factories.fixtures import TODAY, make_user
from tests.factories.projects import check, make_expense, pdf, prove

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


def test_the_office_sees_what_the_auditor_does_not(signed_in, coordinator, room, project):
    html = signed_in(coordinator).get(reverse("projects:room", args=[project.public_id, room.public_id])).content.decode()
    assert room.seed in html and "Chiudi adesso" in html
