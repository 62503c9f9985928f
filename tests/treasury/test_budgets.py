"""Budgets, grants and commitments: what moves, what is refused, and the pages that show it."""

import io
import uuid
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Fact
from impresasolidale.treasury import selectors, services
from impresasolidale.treasury.models import Budget, Commitment, Entry, Pot
from impresasolidale.treasury.rules import pot_name
from impresasolidale.treasury.services import Act
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import make_pot
from tests.factories.treasury import ACT, figures, lead, line, make_budget, make_commitment, make_grant

D = Decimal


@pytest.fixture
def access(coordinator, within):
    return within(coordinator)


@pytest.fixture
def budget(access):
    return make_budget(access)


def change(verb, row, amount, by, *, act=ACT, reason="Nuovi tirocini"):
    row.refresh_from_db()
    return getattr(services, verb)(commitment=row, amount=D(amount), act=act, reason=reason, seen=row.row_version, by=by, today=TODAY)


def vary(budget, amount, by, *, raises, reason="Assestamento"):
    budget.refresh_from_db()
    return services.vary_budget(
        budget=budget, amount=D(amount), raises=raises, act=ACT, reason=reason, seen=budget.row_version, by=by, today=TODAY
    )


# --- Budgets


@pytest.mark.django_db
def test_a_line_of_the_budget_from_allocation_to_the_last_cent(access, budget):
    assert line(access, budget) == (1000, 0, 0, 1000)
    row = make_commitment(access, budget.pot, "400")
    assert line(access, budget) == (1000, 400, 0, 600)
    services.pay_commitment(commitment=row, amount=D("150.50"), key="p1", posted_on=TODAY, words="Contributi di ottobre", by=access)
    assert line(access, budget) == (1000, D("249.50"), D("150.50"), 600)
    vary(budget, "200", access, raises=True)
    vary(budget, "800", access, raises=False)  # to the last free euro
    assert line(access, budget) == (400, D("249.50"), D("150.50"), 0)  # 1000 + 200 - 800 = 249.50 + 150.50 + 0
    assert figures(row) == (400, D("150.50"), D("249.50"), 0)


@pytest.mark.django_db
def test_an_allocation_never_falls_below_what_is_committed_or_spent(access, budget):
    make_commitment(access, budget.pot, "400")
    with pytest.raises(DomainError, match="600,00") as refused:
        vary(budget, "600.01", access, raises=False)
    assert refused.value.field == "amount"
    assert line(access, budget) == (1000, 400, 0, 600)
    budget.refresh_from_db()
    assert budget.row_version == 1


@pytest.mark.django_db
def test_a_variation_has_its_act_its_reason_and_its_version(access, budget):
    with pytest.raises(ReasonRequired):
        vary(budget, "10", access, raises=True, reason=" ")
    with pytest.raises(Conflict):
        services.vary_budget(budget=budget, amount=D(10), raises=True, act=ACT, reason="x", seen=7, by=access, today=TODAY)
    for act, field in ((Act(" ", TODAY), "act_number"), (Act("1", date(2026, 11, 19)), "act_on")):
        with pytest.raises(DomainError) as refused:
            services.vary_budget(budget=budget, amount=D(10), raises=True, act=act, reason="x", seen=1, by=access, today=TODAY)
        assert refused.value.field == field
    vary(budget, "10", access, raises=True)
    fact = Fact.objects.filter(code="treasury.budget.raised").get()
    assert fact.reason == "Assestamento" and fact.data == {"number": "12", "on": "2026-01-20", "amount": "10"}
    words = list(Entry.objects.order_by("id").values_list("words", flat=True))
    assert words == ["Stanziamento iniziale, atto n. 12 del 20 gennaio 2026", "Variazione in aumento, atto n. 12 del 20 gennaio 2026"]


@pytest.mark.django_db
def test_a_line_is_there_once_and_of_a_body_of_ours(access, budget, tirano):
    with pytest.raises(DomainError) as refused:
        make_budget(access)
    assert refused.value.field == "chapter"
    make_budget(access, year=2027)
    with pytest.raises(DomainError) as refused:
        make_budget(access, chapter="2", body=lead(access).__class__.objects.get(ambito=tirano, is_lead=True))
    assert refused.value.field == "body"


@pytest.mark.django_db
def test_a_pot_behind_a_budget_is_a_budget_s(access):
    """The database's own word, whoever writes."""
    fund = make_pot(access)
    with pytest.raises(IntegrityError, match="may not stand behind"), transaction.atomic():
        Budget.objects.create(ambito_id=access.ambito_id, body=lead(access), pot=fund, year=2026, chapter="1")
    with pytest.raises(IntegrityError, match="may not stand behind"), transaction.atomic():
        Commitment.objects.create(
            ambito_id=access.ambito_id, body=lead(access), pot=fund, year=2026, number="1", act_number="1", act_on=TODAY
        )


def test_a_long_body_gives_way_in_the_name_of_a_pot():
    name = pot_name("Comunità " * 20, 2026, "1204.10", "J81B21000010002")
    assert len(name) == 120 and name.endswith(", 2026, capitolo 1204.10, CUP J81B21000010002")


@pytest.mark.django_db
def test_a_grant_is_of_the_network_and_open_to_its_ambiti(access, tirano, within):
    pot = make_grant(access, "60000")
    ours = make_commitment(access, pot, "10000")
    other = within(make_user(Role.COORDINATOR, tirano))
    theirs = make_commitment(other, pot, "50000", number="7")
    with pytest.raises(DomainError, match="0,00"):
        make_commitment(other, pot, "0.01", number="8")
    assert [(g.allocated, g.committed, g.free) for g in selectors.grants(other)] == [(60000, 60000, 0)]
    assert list(selectors.commitments(other)) == [theirs]
    with pytest.raises(Exception, match="No Commitment"):
        selectors.commitment_for(other, ours.public_id)
    shown = [m.entry for m in selectors.all_movements(selectors.our_entries(other))]
    assert [entry.source_id for entry in shown if entry.source_type == "treasury.commitment"] == [theirs.pk]


@pytest.mark.django_db
def test_a_grant_is_varied_once_for_the_same_key(access):
    pot = make_grant(access, "100")
    values = {"pot": pot, "act": ACT, "reason": "Ridefinizione", "by": access, "today": TODAY}
    for _n in range(2):
        services.vary_grant(amount=D(40), raises=False, key="k", **values)
    assert [g.allocated for g in selectors.grants(access)] == [60]
    with pytest.raises(DomainError):
        services.vary_grant(amount=D(61), raises=False, key="k2", **values)


# --- Commitments


@pytest.mark.django_db
def test_a_commitment_is_raised_lowered_and_ended(access, budget):
    row = make_commitment(access, budget.pot, "400")
    change("raise_commitment", row, "100", access)
    change("lower_commitment", row, "50", access)
    assert figures(row) == (450, 0, 450, 0)
    services.pay_commitment(commitment=row, amount=D(200), key="p", posted_on=TODAY, words="x", by=access)
    with pytest.raises(DomainError, match="250,00"):
        change("lower_commitment", row, "250.01", access)
    row.refresh_from_db()
    ended = services.end_commitment(commitment=row, act=ACT, reason="Finiti", seen=row.row_version, by=access, today=TODAY)
    assert figures(ended) == (450, 200, 0, 250) and ended.ended_on == ACT.on
    assert line(access, budget) == (1000, 0, 200, 800)
    with pytest.raises(TransitionNotAllowed):
        services.end_commitment(commitment=row, act=ACT, reason="Finiti", seen=ended.row_version, by=access, today=TODAY)
    with pytest.raises(DomainError, match="chiuso"):
        change("raise_commitment", row, "1", access)
    with pytest.raises(DomainError, match="chiuso"):
        services.pay_commitment(commitment=row, amount=D(1), key="p2", posted_on=TODAY, words="x", by=access)
    # the payment already made answers as before
    assert services.pay_commitment(commitment=row, amount=D(200), key="p", posted_on=TODAY, words="x", by=access).key == "p"


@pytest.mark.django_db
def test_a_payment_takes_what_its_own_commitment_has_left(access, budget):
    """Another commitment of the same pot is nobody's reserve."""
    first, _second = make_commitment(access, budget.pot, "100"), make_commitment(access, budget.pot, "500", number="102")
    with pytest.raises(services.NotEnoughMoney, match="100,00"):
        services.pay_commitment(commitment=first, amount=D("100.01"), key="p", posted_on=TODAY, words="x", by=access)
    services.pay_commitment(commitment=first, amount=D(100), key="p", posted_on=TODAY, words="x", by=access)
    assert figures(first) == (100, 100, 0, 0)


@pytest.mark.django_db
def test_what_comes_back_after_the_end_is_set_free(access, budget):
    row = make_commitment(access, budget.pot, "100")
    entry = services.pay_commitment(commitment=row, amount=D(60), key="p", posted_on=TODAY, words="x", by=access)
    row.refresh_from_db()
    row = services.end_commitment(commitment=row, act=ACT, reason="Finiti", seen=row.row_version, by=access, today=TODAY)
    with pytest.raises(DomainError, match="niente da liberare"):
        services.release_left(commitment=row, reason="x", seen=row.row_version, by=access, today=TODAY)
    services.reverse_entry(entry=entry, reason="IBAN chiuso", posted_on=TODAY, by=access)
    assert figures(row) == (100, 0, 60, 40)
    row = services.release_left(commitment=row, reason="Tornato", seen=row.row_version, by=access, today=TODAY)
    assert figures(row) == (100, 0, 0, 100) and line(access, budget) == (1000, 0, 0, 1000)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [({"amount": "1000.01"}, "amount"), ({"year": 2027}, "year"), ({"number": "101"}, "number"), ({"amount": "0"}, "amount")],
)
def test_commitments_that_cannot_be(access, budget, changes, field):
    make_commitment(access, budget.pot, "1", number="101")
    with pytest.raises(DomainError) as refused, transaction.atomic():
        make_commitment(access, budget.pot, **{"amount": "10", "number": "5", **changes})
    assert refused.value.field == field
    assert Commitment.objects.count() == 1


@pytest.mark.django_db
def test_the_fund_never_pays_an_allowance(access):
    with pytest.raises(DomainError) as refused:
        make_commitment(access, make_pot(access), "1")
    assert refused.value.field == "pot"


@pytest.mark.django_db
def test_an_old_act_is_posted_on_the_first_open_day(access, budget):
    from impresasolidale.treasury.models import ClosedPeriod

    ClosedPeriod.objects.create(network_id=access.network_id, closed_to=date(2026, 6, 30), state="closed")
    row = make_commitment(access, budget.pot, "5")
    assert [e.posted_on for e in selectors.commitment_entries(access, row)] == [date(2026, 7, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.CLERK, Role.AUDITOR])
def test_others_write_no_budget(sondrio, within, role, access):
    from django.core.exceptions import PermissionDenied

    other = within(make_user(role, sondrio))
    with pytest.raises(PermissionDenied):
        make_budget(other)


# --- Pages


@pytest.fixture
def office(coordinator, signed_in):
    return signed_in(coordinator)


def send(client, page, *args, **values):
    url = reverse(f"treasury:{page}", args=args)
    return client.post(url, {"_submission": uuid.uuid4(), **values})


ACT_FIELDS = {"act_number": "31", "act_on": "2026-02-10"}


@pytest.mark.django_db
def test_an_office_s_year_through_the_pages(office, access):
    assert "Ancora nessuna riga" in office.get(reverse("treasury:home")).content.decode()
    opened = send(office, "new_budget", body=lead(access).public_id, year=2026, chapter="1204.10", cup="", amount="10.000,00", **ACT_FIELDS)
    assert opened.status_code == 303
    budget = Budget.objects.get()
    assert opened.url == reverse("treasury:budget", args=[budget.public_id])
    varied = send(office, "vary_budget", budget.public_id, direction="down", amount="500", reason="Taglio", row_version=1, **ACT_FIELDS)
    assert varied.status_code == 303
    page = office.get(opened.url).content.decode()
    assert "Dei 9.500,00\u00a0€ assegnati" in page and "Variazione in diminuzione, atto n. 31 del 10 febbraio 2026" in page
    line_of = {"pot": budget.pot.public_id, "body": "", "chapter": "", "cup": ""}
    made = send(office, "new_commitment", year=2026, number="88", amount="2.000,00", **line_of, **ACT_FIELDS)
    row = Commitment.objects.get()
    assert made.url == reverse("treasury:commitment", args=[row.public_id])
    send(office, "raise_commitment", row.public_id, amount="100", reason="Un tirocinio in più", row_version=1, **ACT_FIELDS)
    stale = send(office, "lower_commitment", row.public_id, amount="100", reason="Uno in meno", row_version=1, **ACT_FIELDS)
    assert stale.status_code == 409
    over = send(office, "lower_commitment", row.public_id, amount="9000", reason="Uno in meno", row_version=2, **ACT_FIELDS)
    assert over.status_code == 422 and "restano 2.100,00" in over.content.decode()
    assert "Di 2.100,00\u00a0€ messi da parte" in office.get(made.url).content.decode()
    send(office, "end_commitment", row.public_id, reason="Finiti", row_version=2, **ACT_FIELDS)
    assert "2.100,00\u00a0€ sono tornati liberi" in office.get(made.url).content.decode()
    assert office.get(reverse("treasury:end_commitment", args=[row.public_id])).status_code == 303
    home = office.get(reverse("treasury:home")).content.decode()
    assert "9.500,00\u00a0€ di bilancio" in home
    assert office.get(reverse("treasury:commitments") + "?stato=open").content.decode().count("n. 88") == 0


@pytest.mark.django_db
def test_a_grant_through_the_pages(office, access):
    made = send(office, "new_grant", name="Fondazione Cariplo", purpose="Impresa solidale", amount="60000", **ACT_FIELDS)
    pot = Pot.objects.get(use="grant")
    assert made.url == reverse("treasury:grant", args=[pot.public_id])
    assert send(office, "vary_grant", pot.public_id, direction="up", amount="1", reason="Saldo", **ACT_FIELDS).status_code == 303
    assert "Dei 60.001,00\u00a0€ assegnati" in office.get(made.url).content.decode()


@pytest.mark.django_db
def test_lists_are_kept_as_files(office, access):
    budget = make_budget(access)
    make_commitment(access, budget.pot, "400.50", number="=1+1")
    text = b"".join(office.get(reverse("treasury:commitments_file", args=["csv"])).streaming_content).decode()
    assert "'=1+1" in text and ";400,50;0,00;400,50;0,00" in text
    sheet = openpyxl.load_workbook(io.BytesIO(office.get(reverse("treasury:commitments_file", args=["xlsx"])).content)).active
    assert [cell.value for cell in sheet[2]][8:] == [400.5, 0, 400.5, 0]
    moved = b"".join(office.get(reverse("treasury:movements_file", args=["csv"])).streaming_content).decode()
    assert moved.count("\r\n") == 3 and "Impegno, atto n. 12" in moved
    narrowed = office.get(reverse("treasury:movements") + f"?salvadanaio={budget.pot.public_id}&fino_al=2026-01-01")
    assert "Con questi filtri" in narrowed.content.decode()
    assert office.get(reverse("treasury:movements_file", args=["pdf"])).status_code == 404


@pytest.mark.django_db
def test_another_ambito_finds_none_of_it(access, tirano, signed_in):
    budget = make_budget(access)
    row = make_commitment(access, budget.pot)
    stranger = signed_in(make_user(Role.COORDINATOR, tirano))
    lines = [(name, budget.public_id) for name in ("budget", "vary_budget")]
    for name, pk in [*lines, ("commitment", row.public_id), ("end_commitment", row.public_id)]:
        assert stranger.get(reverse(f"treasury:{name}", args=[pk])).status_code == 404
    assert "1204.10" not in stranger.get(reverse("treasury:home")).content.decode()
    assert "1204.10" not in stranger.get(reverse("treasury:movements")).content.decode()
