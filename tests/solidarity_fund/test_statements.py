"""A statement comes in as a file, its lines wait, each becomes what it is, once; every refusal in words and nothing half-written."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.scope import scope
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import ClosedPeriod, Entry, Pot
from solidarity_fund.models import BankLine, BankStatement, Contribution, StatementFile, StatementLayout
from solidarity_fund.selectors import statements as selectors
from solidarity_fund.selectors.holder import pot_reference
from solidarity_fund.services import contributions, lines, pledges, statements
from solidarity_fund.services import proofs as proof_services
from solidarity_fund.services import requests as request_services
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, grant, make_donor, make_helped, make_holder, make_pot
from tests.factories.statements import DONOR_IBAN, OTHER_IBAN, camt, entry, giornale
from tests.support.queries import OwnQueries
from tests.treasury.test_ledger import in_threads

pytestmark = pytest.mark.django_db
D, TODAY = Decimal, date(2026, 11, 18)


@pytest.fixture
def money(user_of, sondrio):
    return user_of(Role.ACCOUNTING, sondrio)


@pytest.fixture
def access(within, coordinator):
    return within(coordinator)


@pytest.fixture
def pot(access):
    return make_pot(access)


@pytest.fixture
def office(signed_in, money, access, pot):
    make_holder(access)
    return signed_in(money)


def page(name, row=None):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id] if row else [])


def upload(data, name="estratto.xml"):
    return SimpleUploadedFile(name, data)


NAMES = (
    "Latteria Prova",
    "Coro Le Cime",
    "Alpini Esempio",
    "Ferramenta Finta",
    "Bocciofila Invento",
    "Vivaio Immaginario",
    "Panificio Sogno",
    "Osteria Ipotesi",
    "Circolo Teatro",
)


def hand_in(client, data, *, file_format="camt", name="estratto.xml", **more):
    """What a clerk does, and then the worker."""
    answer = client.post(page("hand_in"), {"format": file_format, "file": upload(data, name), **more})
    if answer.status_code == 303:
        jobs.run(StatementFile.objects.latest("id").job_id)
    return answer


def line_of(amount):
    return BankLine.objects.get(amount=D(amount))


def test_a_statement_becomes_lines_that_wait(office, access):
    data = camt([entry("250.00", "2026-11-10", name="Latteria Prova", words="dono"), entry("-3.50", "2026-11-17", words="spese")])
    answer = hand_in(office, data)
    row = StatementFile.objects.get()
    assert answer["Location"] == page("statement_file", row)
    assert (row.state, row.new_lines, row.known_lines) == ("read", 2, 0)
    statement = BankStatement.objects.get()
    assert (statement.opening, statement.closing, statement.last_on) == (D("1000.00"), D("1246.50"), date(2026, 11, 17))
    shown = office.get(page("lines")).content.decode()
    assert "Latteria Prova" in shown and "250,00" in shown and "1.246,50" in shown
    found = selectors.totals(access, selectors.Wanted())
    assert found["waiting"] == selectors.Total(2, D("250.00"), D("3.50"))
    assert "righe da abbinare" in office.get(page("statement_file", row)).content.decode()
    assert office.get(page("statement_files")).status_code == 200
    table = b"".join(office.get(reverse("solidarity_fund:lines_file", args=["csv"])).streaming_content).decode()
    assert "Latteria Prova" in table and "250,00" in table


def test_the_same_file_and_the_same_lines_are_told_and_not_doubled(office):
    first = [entry("10.00", "2026-11-10", words="uno"), entry("10.00", "2026-11-10", words="uno")]
    hand_in(office, camt(first))
    assert BankLine.objects.count() == 2  # two that say the same are two
    answer = hand_in(office, camt(first))
    assert answer.status_code == 422 and "già stato caricato" in answer.context["form"].errors["file"][0]
    hand_in(office, camt(first, version="08", number="13"))
    again = StatementFile.objects.latest("id")
    assert (again.state, again.new_lines, again.known_lines) == ("read", 0, 2)
    assert "c'erano già" in office.get(page("statement_file", again)).content.decode().replace("&#x27;", "'")
    hand_in(office, camt([*first, entry("7.00", "2026-11-11", words="due")], number="14"))
    assert BankLine.objects.count() == 3 and StatementFile.objects.latest("id").known_lines == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row = BankLine.objects.first()
        BankLine.objects.create(
            network_id=row.network_id, statement=row.statement, account_key=row.account_key, key=row.key, booked_on=row.booked_on, amount=1
        )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (camt([entry("10.00", "2026-11-10")], closing="1.00"), "non tornano"),
        (camt([entry("10.00", "2026-11-10")])[:-40], "non è un XML intero"),
        (camt([entry("10.00", "2026-11-10")], iban=OTHER_IBAN), "altro conto (finisce con 1151)"),
        (camt([entry("10.00", "2026-11-19")]), "deve ancora venire"),
        (b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>', "tipo di documento"),
        (b"<Document/>", "non è un estratto conto CAMT.053"),
    ],
    ids=["sums", "broken", "other account", "future", "xxe", "other xml"],
)
def test_a_statement_that_cannot_be_is_refused_whole(office, data, says):
    hand_in(office, data)
    row = StatementFile.objects.get()
    assert row.state == "refused" and says in row.error
    assert says.split("(")[0] in office.get(page("statement_file", row)).content.decode()
    assert not BankLine.objects.exists() and not BankStatement.objects.exists() and not StatementLayout.objects.exists()
    assert hand_in(office, data).status_code == 303  # a refused file may be handed in again


@pytest.mark.parametrize(
    ("data", "more", "field", "words"),
    [
        (b"", {}, "file", "vuoto"),
        (b"a;b", {}, "file", "non è un XML"),
        (b"Giorno;Quanto\n1;2\n", {"file_format": "bank_table", "name": "x.csv"}, "file", "Non trovo la colonna"),
        (b"Data;Importo\n1;2\n", {"file_format": "bank_table", "name": "x.csv", "opening": "1"}, "closing", "tutti e due"),
    ],
)
def test_a_file_that_is_no_statement_is_said_at_once(office, data, more, field, words):
    answer = hand_in(office, data, **more)
    assert answer.status_code == 422 and words in answer.context["form"].errors[field][0]
    assert not StatementFile.objects.exists()


def test_without_a_holder_there_is_no_statement(signed_in, money, access, pot):
    assert "chi tiene il fondo" in signed_in(money).get(page("hand_in")).content.decode()
    assert hand_in(signed_in(money), camt([])).status_code == 422


def test_a_table_is_read_and_its_columns_are_remembered(office, access):
    table = "Giorno;Soldi;Perché\n10/11/2026;1.250,50;dono\n17/11/2026;-3,50;spese\n"
    named = {"column_booked_on": "Giorno", "column_amount": "Soldi", "column_words": "Perché"}
    hand_in(office, table.encode(), file_format="bank_table", name="x.csv", **named, opening="0", closing="1247")
    assert StatementFile.objects.get().error == ""
    assert StatementFile.objects.get().new_lines == 2 and line_of("1250.50").words == "dono"
    assert StatementLayout.objects.get().columns == {"booked_on": "Giorno", "amount": "Soldi", "words": "Perché"}
    hand_in(office, table.replace("spese", "altro").encode(), file_format="bank_table", name="y.csv")
    assert StatementFile.objects.latest("id").new_lines == 1
    assert office.get(page("hand_in")).context["form"].initial["format"] == "camt"


@pytest.mark.parametrize(("aux", "digits"), [("3", 17), ("0", 15)])
def test_a_treasurers_journal_keeps_only_what_is_ours(signed_in, money, access, pot, today, aux, digits):
    make_holder(access, way="treasurer", pagopa_aux=aux, pagopa_code="07")
    pledge = pledges.promise(donor=make_donor(access), pot=pot, amount=D(80), first_on=today, by=access, today=today)
    part = pledge.instalments.get()
    rows = [
        entry("1200.00", "2026-11-03", name="Mensa scolastica", words="rette"),
        entry("80.00", "2026-11-05", name="Maria Prova", words=f"/RFB/{part.notice[-digits:]}/80.00"),
        entry("5.00", "2026-11-06", name="Altri", words=f"dono {pot_reference(pot)}"),
    ]
    office = signed_in(money)
    hand_in(office, giornale(rows), file_format="giornale")
    row = StatementFile.objects.get()
    assert (row.state, row.new_lines, row.left_out) == ("read", 2, 1)
    assert not BankLine.objects.filter(name="Mensa scolastica").exists()
    best = selectors.proposals(access, line_of("80.00"))[0]
    assert (best.part, best.suggestion.why[0]) == (part, "c'è il riferimento della promessa")
    assert selectors.proposals(access, line_of("5.00"))[0].pot == pot
    assert selectors.bank_and_ledger(access) is None  # the balances are the body's, not the fund's
    # Known by its IUV, in the reference or in the words, a line came through pagoPA; by a reference of a pot, it did not.
    by_notice = lines.record_gift_of(line=line_of("80.00"), donor=pledge.donor, pot=pot, pledge=pledge, by=access, today=today)
    by_transfer = lines.record_gift_of(line=line_of("5.00"), donor=pledge.donor, pot=pot, by=access, today=today)
    assert (by_notice.way, by_transfer.way) == ("pagopa", "transfer")


# --- What a line is


def test_one_press_records_the_gift_of_a_promise_once(office, access, pot, today):
    pledge = pledges.promise(
        donor=make_donor(access, name="Latteria Prova"), pot=pot, amount=D(250), first_on=today, by=access, today=today
    )
    hand_in(office, camt([entry("250.00", "2026-11-10", iban=DONOR_IBAN, reference=pledge.instalments.get().reference)]))
    line = line_of("250.00")
    shown = office.get(page("line", line))
    assert "il riferimento della promessa" in shown.content.decode() and "250,00" in shown.content.decode()
    press = {"proposta": shown.context["proposals"][0].value}
    assert office.post(page("confirm_line", line), press).status_code == 303
    gift = Contribution.objects.get()
    assert (gift.amount, gift.pledge, gift.received_on) == (D("250.00"), pledge, date(2026, 11, 10))
    line.refresh_from_db()
    assert (line.state, line.contribution, line.made) == ("matched", gift, True) and line.entry.source_id == gift.pk
    pledge.refresh_from_db()
    assert pledge.state == "kept"
    assert office.post(page("confirm_line", line), press).status_code == 303
    assert Contribution.objects.count() == 1 and Entry.objects.count() == 1
    assert "registrato da questa riga" in office.get(page("line", line)).content.decode()

    # the same account gives again: it is known
    hand_in(office, camt([entry("40.00", "2026-11-15", iban=DONOR_IBAN, name="L. P.")], number="13"))
    best = selectors.proposals(access, line_of("40.00"))[0]
    assert (best.donor.name, best.pot, best.suggestion.why) == ("Latteria Prova", pot, ("ha già donato da questo conto",))


def test_a_contribution_that_is_there_already_is_matched_and_not_doubled(office, access, pot):
    gift = give(access, pot, "500", donor=make_donor(access, name="Coro Le Cime"), on=date(2026, 11, 9))
    hand_in(office, camt([entry("500.00", "2026-11-10", name="Coro Le Cime")]))
    line = line_of("500.00")
    best = selectors.proposals(access, line)[0]
    assert best.entry and best.suggestion.why == ("stesso importo", "è già nel registro", "pochi giorni di differenza", "stesso nome")
    office.post(page("confirm_line", line), {"proposta": best.value})
    line.refresh_from_db()
    assert (line.contribution, line.made) == (gift, False) and Contribution.objects.count() == 1

    assert office.post(page("undo_line", line), {"reason": ""}).status_code == 422
    assert office.post(page("undo_line", line), {"reason": "Era un'altra"}).status_code == 303
    line.refresh_from_db()
    assert (line.state, line.contribution) == ("waiting", None)
    assert not Entry.objects.filter(reverses__isnull=False).exists()  # the gift was there before: it stays


def test_undoing_a_gift_that_the_line_made_reverses_it(office, access, pot):
    hand_in(office, camt([entry("60.00", "2026-11-10", name="Ignoto")]))
    line, donor = line_of("60.00"), make_donor(access, kind="anonymous", name="Anonimo")
    assert office.get(page("gift_of_line", line)).status_code == 200
    data = {"donor": donor.public_id, "pot": pot.public_id}
    assert office.post(page("gift_of_line", line), data).status_code == 303
    answer = office.post(page("gift_of_line", line), data)
    assert answer.status_code == 409 and "già stata decisa" in answer.content.decode()
    assert office.post(page("undo_line", line), {"reason": "Era del Coro"}).status_code == 303
    line.refresh_from_db()
    assert line.state == "waiting" and treasury.free_balance(pot) == 0
    assert Contribution.objects.count() == 1 and Entry.objects.count() == 2
    office.post(page("gift_of_line", line), data)
    line.refresh_from_db()
    contributions.take_back_contribution(contribution=line.contribution, reason="Dalla pagina del donatore", by=access, today=TODAY)
    line.refresh_from_db()
    assert line.state == "waiting"


def test_where_gifts_are_accepted_by_an_act_a_line_becomes_one_with_it(signed_in, money, access, pot, today):
    make_holder(access, receives_by_act=True)
    office = signed_in(money)
    pledge = pledges.promise(donor=make_donor(access, name="Latteria Prova"), pot=pot, amount=D(90), first_on=today, by=access, today=today)
    hand_in(
        office, camt([entry("60.00", "2026-11-18", name="Coro"), entry("90.00", "2026-11-18", words=pledge.instalments.get().reference)])
    )
    plain, promised = line_of("60.00"), line_of("90.00")
    with pytest.raises(DomainError, match="accetta i doni con un atto"):
        lines.record_gift_of(line=plain, donor=pledge.donor, pot=pot, by=access, today=TODAY)
    best = selectors.proposals(access, promised)[0]
    answer = office.post(page("confirm_line", promised), {"proposta": best.value})
    assert answer["Location"] == page("gift_of_line", promised) + f"?proposta={best.value}" and not Contribution.objects.exists()
    shown = office.get(answer["Location"])
    assert "accetta i doni con un atto" in shown.content.decode()
    data = {name: shown.context["form"].initial[name] for name in ("donor", "pot")}
    assert data == {"donor": str(pledge.donor.public_id), "pot": str(pot.public_id)}
    for more, field, words in (
        ({}, "act_number", "accetta i doni con un atto"),
        ({"act_number": "33"}, "act_on", "il numero e la data"),
        ({"act_number": "33", "act_on": "2026-11-19"}, "act_on", "nel futuro"),
    ):
        refused = office.post(answer["Location"], {**data, **more})
        assert refused.status_code == 422 and words in refused.context["form"].errors[field][0]
    assert not Contribution.objects.exists() and line_of("90.00").state == "waiting"
    assert office.post(answer["Location"], {**data, "act_number": "33", "act_on": "2026-11-17"}).status_code == 303
    gift = Contribution.objects.get()
    assert (gift.act_number, gift.act_on, gift.pledge) == ("33", date(2026, 11, 17), pledge) and line_of("90.00").contribution == gift
    by_hand = office.post(page("gift_of_line", plain), {**data, "act_number": "34", "act_on": "2026-11-17"})
    assert by_hand.status_code == 303 and line_of("60.00").contribution.pledge is None


def test_money_out_is_a_payment_of_the_ledger_or_left_aside(office, within, worker, money, access, pot):
    give(access, pot, "100", on=date(2026, 11, 2))
    row = grant(access, ask(within(worker), make_helped(within(worker)), "62"), pot)
    request_services.pay_benefit(request=row, paid_on=TODAY, by=within(money), today=TODAY)
    hand_in(office, camt([entry("-62.00", "2026-11-18", name="Agenzia trasporti"), entry("-3.50", "2026-11-17", words="spese")]))
    out, fee = line_of("-62.00"), line_of("-3.50")
    best = selectors.proposals(access, out)[0]
    assert best.entry and "Aiuto versato" in best.entry.words
    office.post(page("confirm_line", out), {"proposta": best.value})
    assert selectors.proposals(access, fee) == []
    with pytest.raises(Exception, match="escono dal conto"):
        lines.record_gift_of(line=fee, donor=make_donor(access), pot=pot, by=access, today=TODAY)
    assert office.post(page("ignore_line", fee), {"reason": ""}).status_code == 422
    assert office.post(page("ignore_line", fee), {"reason": "Spese del conto"}).status_code == 303
    found = selectors.bank_and_ledger(access)
    # bank 1000 − 62 − 3.50; ledger 100 − 62; aside −3.50; the gift of 100 is on no line; 1000 were there before
    assert (found.bank, found.ledger, found.ignored, found.unmatched, found.unexplained) == (
        D("934.50"),
        D(38),
        D("-3.50"),
        D(100),
        D(1000),
    )
    assert found.difference == found.unexplained + found.waiting + found.ignored - found.unmatched
    assert office.post(page("undo_line", fee), {"reason": "La guardo di nuovo"}).status_code == 303


def test_help_and_what_comes_back_of_it_are_known_by_their_numbers(office, within, worker, money, access, pot):
    give(access, pot, "300", on=date(2026, 11, 2))
    rows = [grant(access, ask(within(worker), make_helped(within(worker), number=n), "62"), pot) for n in (1, 2)]
    for row, number in zip(rows, ("112", "12"), strict=True):
        request_services.pay_benefit(request=row, paid_on=TODAY, order_number=number, by=within(money), today=TODAY)
        proof_services.record_back(request=row, amount=D(9), received_on=TODAY, receipt=f"Q-{number}", by=within(money), today=TODAY)
    data = [entry("-62.00", "2026-11-18", words="Mandato n. 12"), entry("9.00", "2026-11-18", words="quietanza Q 12")]
    hand_in(office, camt(data))
    for amount, key in (("-62.00", f"payment:{rows[1].pk}"), ("9.00", f"back:{rows[1].backs.get().pk}")):
        best, other = selectors.proposals(access, line_of(amount))[:2]
        assert best.entry.key == f"solidarity_fund.{key}" and best.suggestion.why[-1] == "stesso riferimento"
        assert other.entry.source_id == rows[0].pk and "stesso riferimento" not in other.suggestion.why
    with OwnQueries() as own:
        shown = office.get(page("line", line_of("9.00"))).content.decode()
    assert len(own) <= 10 and "Persona" not in shown and "Mandato" not in shown
    office.post(page("confirm_line", line_of("9.00")), {"proposta": best.value})
    assert line_of("9.00").entry == best.entry


def test_a_line_of_a_closed_month_is_recorded_on_the_first_open_day(office, access, pot):
    ClosedPeriod.objects.create(network_id=access.network_id, closed_to="2026-11-15", state="closed")
    hand_in(office, camt([entry("60.00", "2026-11-10")]))
    gift = lines.record_gift_of(line=line_of("60.00"), donor=make_donor(access), pot=pot, by=access, today=TODAY)
    assert gift.received_on == date(2026, 11, 16) and "10/11/2026" in gift.reference


def test_a_line_never_becomes_more_than_its_promise(office, access, pot, today):
    pledge = pledges.promise(donor=make_donor(access), pot=pot, amount=D(50), first_on=today, by=access, today=today)
    hand_in(office, camt([entry("60.00", "2026-11-10", reference=pledge.instalments.get().reference)]))
    line = line_of("60.00")
    answer = office.post(page("confirm_line", line), {"proposta": selectors.proposals(access, line)[0].value}, follow=True)
    assert "mancano 50,00" in answer.content.decode()
    line.refresh_from_db()
    assert line.state == "waiting" and not Contribution.objects.exists()


def test_what_the_bank_said_never_changes(office):
    hand_in(office, camt([entry("60.00", "2026-11-10")]))
    for statement in ("UPDATE solidarity_fund_bankline SET amount = 1", "DELETE FROM solidarity_fund_bankline"):
        with pytest.raises(Exception, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_only_who_records_gifts_sees_statements(office, signed_in, worker, user_of, sondrio):
    hand_in(office, camt([entry("60.00", "2026-11-10")]))
    for user in (worker, user_of(Role.COMMISSION_MEMBER, sondrio)):
        for address in (page("lines"), page("hand_in"), page("line", line_of("60.00")), page("statement_files")):
            assert signed_in(user).get(address).status_code == 403


def test_pages_ask_as_much_for_many_lines_as_for_one(office, access, pot, today):
    def cost(address, most):
        with OwnQueries() as own:
            assert office.get(address).status_code == 200
        assert len(own) <= most, own.all
        return len(own)

    def fill(n, number):
        for k in range(n):
            donor = make_donor(access, name=NAMES[number + k])
            pledges.promise(donor=donor, pot=pot, amount=D(50), first_on=today, by=access, today=today)
        rows = [entry("50.00", "2026-11-10", name=NAMES[number + k], words=f"{number} {k}") for k in range(n)]
        hand_in(office, camt(rows, number=str(number)))

    fill(1, 1)
    line = BankLine.objects.get()
    before = (cost(page("lines"), 8), cost(page("line", line), 10))
    fill(6, 2)
    assert (cost(page("lines"), 8), cost(page("line", line), 10)) == before


# --- Races and properties


def told(error):
    """A refusal as a word, for the results of threads."""
    return type(error).__name__


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_confirm_one_line_make_one_contribution(sondrio, signed_in):
    money = make_user(Role.ACCOUNTING, sondrio)
    chief = access_for(make_user(Role.COORDINATOR, sondrio))
    with scope(chief.scope):
        pot, donor = make_pot(chief), make_donor(chief)
        make_holder(chief)
    with scope(chief.scope):
        row = statements.hand_in(file=upload(camt([entry("60.00", "2026-11-10")])), file_format="camt", columns={}, by=chief, today=TODAY)
    jobs.run(row.job_id)
    access = access_for(money)

    def confirm(_n):
        try:
            with scope(access.scope):
                lines.record_gift_of(line=BankLine.objects.get(), donor=donor, pot=pot, by=access, today=TODAY)
        except Conflict as error:
            return told(error)
        return "made"

    assert in_threads(6, confirm) == ["Conflict"] * 5 + ["made"]
    with scope(access.scope):
        assert Contribution.objects.count() == 1 and treasury.free_balance(pot) == D(60)


@pytest.mark.django_db(transaction=True)
def test_two_lines_do_not_take_the_same_movement(sondrio):
    chief = access_for(make_user(Role.COORDINATOR, sondrio))
    with scope(chief.scope):
        pot = make_pot(chief)
        make_holder(chief)
        give(chief, pot, "60", on=date(2026, 11, 9))
        row = statements.hand_in(
            file=upload(camt([entry("60.00", "2026-11-10", words=f"{n}") for n in range(4)])),
            file_format="camt", columns={}, by=chief, today=TODAY,
        )  # fmt: skip
    jobs.run(row.job_id)
    with scope(chief.scope):
        entry_id = Entry.objects.get().pk
        pks = list(BankLine.objects.values_list("pk", flat=True))

    def match(n):
        try:
            with scope(chief.scope):
                lines.match_line(line=BankLine.objects.get(pk=pks[n]), entry_id=entry_id, by=chief)
        except DomainError as error:
            return told(error)
        return "matched"

    found = in_threads(4, match)
    assert found == ["DomainError"] * 3 + ["matched"]
    with scope(chief.scope):
        assert BankLine.objects.filter(state="matched").count() == 1


STEPS = st.lists(st.tuples(st.sampled_from(["gift", "match", "ignore", "undo", "take_back"]), st.integers(0, 2)), max_size=10)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_however_lines_are_decided_no_euro_is_counted_twice(access, money, steps):
    """Three lines of 10, 20 and 30 euro, and a gift of 20 that is there already: the ledger is the sum of the gifts that stand, and each
    line that stands is one of them."""
    with transaction.atomic():
        pot, donor = make_pot(access, name="P"), make_donor(access)
        make_holder(access)
        give(access, pot, "20", donor=donor, on=date(2026, 11, 9))
        data = camt([entry(f"{n}0.00", "2026-11-10") for n in (1, 2, 3)])
        jobs.run(statements.hand_in(file=upload(data), file_format="camt", columns={}, by=access, today=TODAY).job_id)
        rows = list(BankLine.objects.order_by("amount"))
        for step, n in steps:
            try:
                with transaction.atomic():
                    _do(step, BankLine.objects.get(pk=rows[n].pk), donor, pot, access)
            except Exception as error:
                assert type(error).__name__ in {"Conflict", "DomainError", "TransitionNotAllowed"}, error
        standing = [g for g in Contribution.objects.all() if not _is_reversed(g)]
        assert treasury.balances(access, use=Pot.Use.FUND)[0].received == sum(g.amount for g in standing)
        matched = list(BankLine.objects.filter(state="matched").select_related("contribution"))
        assert len({row.entry_id for row in matched}) == len(matched)
        assert all(row.contribution in standing and row.contribution.amount == row.amount for row in matched)
        transaction.set_rollback(True)


def _is_reversed(gift):
    return Entry.objects.filter(source_type="solidarity_fund.contribution", source_id=gift.pk, reverses__isnull=False).exists()


def _do(step, line, donor, pot, access):
    if step == "gift":
        lines.record_gift_of(line=line, donor=donor, pot=pot, by=access, today=TODAY)
    elif step == "match":
        found = selectors.unmatched_entries(access, amount=line.amount).first()
        if found is None:
            raise Conflict
        lines.match_line(line=line, entry_id=found.pk, by=access)
    elif step == "ignore":
        lines.ignore_line(line=line, reason="Prova", by=access)
    elif step == "undo":
        lines.undo_line(line=line, reason="Prova", by=access, today=TODAY)
    elif line.contribution:
        contributions.take_back_contribution(contribution=line.contribution, reason="Prova", by=access, today=TODAY)
