"""How money comes into the fund: two holders, promises, receipts and thanks, goods, and one statement whose lines wait."""

from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.territory.enums import BodyKind
from impresasolidale.territory.models import Body
from impresasolidale.treasury.models import Entry, Pot
from solidarity_fund.enums import UNSETTLED
from solidarity_fund.models import BenefitRequest, Contribution, Donor, GiftInKind, Pledge, StatementFile
from solidarity_fund.selectors.contributions import CONTRIBUTION_TYPE
from solidarity_fund.services import contributions, goods, holder, lines, pledges, receipts, statements

from .users import People
from .world import World, acting_for

IBAN = "IT60X0542811101000000123456"  # the example of the Italian bankers' own documents
MOVED = 45  # days since a foundation holds the fund
KEPT = (  # donor's place by name, euro, days ago, parts, months between them
    ("Fondazione Noce Buona", "1200.00", 200, 4, 3),
    ("Coro Le Cime Stonate", "300.00", 150, 2, 6),
    ("Gruppo alpini di Valle Immaginaria", "500.00", 20, 1, 1),
)
GOODS = (
    (
        BenefitRequest.Kind.CLOTHING,
        "Scarpe con la punta rinforzata, numeri dal 38 al 45",
        12,
        "48.00",
        GiftInKind.Valued.INVOICE,
        "Fattura 214",
    ),
    (BenefitRequest.Kind.TRANSPORT, "Biciclette usate, riviste dal ciclista", 4, "90.00", GiftInKind.Valued.ESTIMATE, "Stima del ciclista"),
    (BenefitRequest.Kind.DEVICE, "Telefoni ricondizionati", 5, "110.00", GiftInKind.Valued.PRICE_LIST, "Listino di ottobre"),
)


def create_money_in(world: World, people: People) -> None:
    """At the door of the services, on the days the demo tells."""
    district = world.districts[0]
    office = people.offices[district.ambito.pk]
    chief, money = acting_for(office.coordinator, district), acting_for(office.by_role[Role.ACCOUNTING], district)
    with scope(chief.scope):
        _holders(world, chief)
    with scope(money.scope):
        _donors(world)
        # Who signs in for a donor.
        Membership.objects.filter(role=Role.DONOR, network=world.network).update(donor=Donor.objects.get(name="Fondazione Noce Buona"))
        promised = _promises(world, money)
        _receipts(world, money)
        _goods(world, money)
        _statement(world, money, promised)
    with scope(acting_for(office.workers[0], district).scope):
        _assign(world, acting_for(office.workers[0], district))


def _holders(world: World, by: Access) -> None:
    first, then = world.ago(400), world.ago(MOVED)
    common = {"receives_by_act": False}
    with world.acting("first holder", on=first):
        treasurer = {"way_in": "treasurer", "pagopa_aux": "3", "pagopa_code": "07", "pagopa_url": "https://paga.example.org/sondrio/"}
        values = {"valid_from": first, "act_number": "118/2025", "act_on": first, **treasurer, **common}
        holder.name_holder(body=world.districts[0].body, values=values, by=by, today=first)
    body = Body.objects.create(
        public_id=world.uuid("Body", "holder"),
        name="Fondazione di comunità Valle Immaginaria",
        kind=BodyKind.FOUNDATION,
        is_public=False,
        tax_code="93000880141",
        address="Piazza Prova 3",
        comune=world.districts[0].seat,
        network=world.network,
    )
    with world.acting("second holder", on=then):
        values = {"valid_from": then, "act_number": "52/2026", "act_on": then, "way_in": "bank", "iban": IBAN, **common}
        holder.name_holder(body=body, values=values, by=by, today=then)
        text = "Si attesta di avere ricevuto il dono qui descritto per il fondo di solidarietà. Ogni dono toglie un ostacolo. Grazie."
        words = {"valid_from": then, "text": text, "tax_text": "", "tax_source": ""}
        holder.word_receipts(body=body, values=words, by=by, today=then)


def _donors(world: World) -> None:
    """Who agreed to be written to; one by letter."""
    for n, donor in enumerate(Donor.objects.exclude(kind=Donor.Kind.ANONYMOUS).order_by("id")):
        if n % 3 == 2:
            donor.email, donor.address = "", "Via Immaginaria 12\n23100 Sondrio SO"
        donor.contact_agreed_on = world.ago(300) if n % 4 != 3 else None
        donor.save(update_fields=["email", "address", "contact_agreed_on"])


def _promises(world: World, by: Access) -> list[Pledge]:
    pot = Pot.objects.filter(use=Pot.Use.FUND).order_by("id").first()
    assert pot
    made = []
    for name, euro, days, parts, months in KEPT:
        on = world.ago(days)
        with world.acting("promise", name, on=on):
            made.append(
                pledges.promise(
                    donor=Donor.objects.get(name=name),
                    pot=pot,
                    amount=Decimal(euro),
                    first_on=on + timedelta(days=10),
                    parts=parts,
                    every_months=months,
                    purpose="Per ciò che serve di più",
                    by=by,
                    today=on,
                )
            )
    on = world.ago(15)
    with world.acting("first part", on=on):
        contributions.record_contribution(
            donor=made[0].donor, pot=pot, amount=Decimal("300.00"), received_on=on, reference="Bonifico", pledge=made[0], by=by, today=on
        )
    return made


def _receipts(world: World, by: Access) -> None:
    """Of the gifts of the last months, and thanks to who agreed."""
    rows = Contribution.objects.exclude(donor__kind=Donor.Kind.ANONYMOUS).select_related("donor", "pot").order_by("-received_on", "-id")[:8]
    for n, gift in enumerate(reversed(rows)):
        on = min(gift.received_on + timedelta(days=2), world.today)
        with world.acting("receipt of a gift", n, on=on):
            receipts.issue_receipt(subject=gift, by=by, today=on)
            if gift.donor.may_be_written_to and n % 2:
                receipts.send_thanks(subject=gift, by=by, now=world.at(on, 12))


def _goods(world: World, by: Access) -> None:
    donors = list(Donor.objects.filter(kind=Donor.Kind.COMPANY).order_by("id"))
    for n, (kind, description, quantity, euro, valued_by, note) in enumerate(GOODS):
        on = world.ago(70 - 20 * n)
        values = {
            "kind": kind, "description": description, "quantity": quantity, "unit_value": Decimal(euro), "valued_by": valued_by,
            "valued_note": note, "received_on": on,
        }  # fmt: skip
        with world.acting("goods", n, on=on):
            goods.record_goods(donor=donors[n % len(donors)], values=values, by=by, today=on)


def _assign(world: World, by: Access) -> None:
    """Some pieces are with people already, one is put aside. In every office that asks for that kind of help."""
    for n, gift in enumerate(GiftInKind.objects.order_by("id")):
        for request in BenefitRequest.objects.filter(ambito_id=by.ambito_id, kind=gift.kind, state__in=UNSETTLED).order_by("id")[:2]:
            with world.acting("pieces", n, request.pk, on=world.ago(1)):
                goods.assign(gift=gift, request=request, quantity=1, by=by, today=world.ago(1))
                if n == 0 and request.state == BenefitRequest.State.GRANTED:
                    goods.hand_over(gift=gift, request=request, quantity=1, by=by, today=world.ago(1))


def _statement(world: World, by: Access, promised: list[Pledge]) -> None:
    """One statement of the new account: a part of a promise, gifts that are in the register already, somebody unknown, the bank's costs."""
    today = world.today
    gifts = Contribution.objects.filter(received_on__gte=world.ago(MOVED)).select_related("donor").order_by("received_on", "id")[:3]
    rows = [(gift.received_on, gift.amount, gift.donor.name, "Erogazione liberale", "", f"GIRO{n}") for n, gift in enumerate(gifts)]
    part = promised[2].instalments.get()
    rows += [
        (world.ago(6), part.amount, "GRUPPO ALPINI VALLE IMMAGINARIA", f"dono {part.reference_words}", part.reference, "RATA1"),
        (world.ago(4), Decimal("75.00"), "Fondazione Noce Buona", "seconda rata", "", "RATA2"),
        (world.ago(3), Decimal("20.00"), "Una persona di passaggio", "per chi ne ha bisogno", "", "NUOVO1"),
        (world.ago(2), Decimal("-4.50"), "", "Spese di tenuta del conto", "", "SPESE1"),
    ]
    file = SimpleUploadedFile("estratto-conto.xml", _camt(rows, opening=Decimal("3150.00")))
    with world.acting("statement", on=today, hour=8):
        row = statements.hand_in(file=file, file_format=StatementFile.Format.CAMT, columns={}, by=by, today=today)
        statements.read_file(file_id=row.pk, run=_Quiet(), by=by, today=today)  # type: ignore[arg-type]
    with world.acting("matching", on=today, hour=9):
        if gifts:
            line = row.statements.get().lines.get(key="ref:GIRO0")
            entry = Entry.objects.get(source_type=CONTRIBUTION_TYPE, source_id=gifts[0].pk, reverses=None)
            lines.match_line(line=line, entry_id=entry.pk, by=by)
        lines.ignore_line(line=row.statements.get().lines.get(key="ref:SPESE1"), reason="Spese della banca", by=by)


class _Quiet:
    """The worker's run, here: nobody looks at the bar."""

    def progress(self, done: int, total: int, words: str = "") -> None:
        """Nothing to tell."""


def _camt(rows: list[tuple[date, Decimal, str, str, str, str]], *, opening: Decimal) -> bytes:
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{"CRDT" if amount > 0 else "DBIT"}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{key}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(name)}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>{escape(words)}</Ustrd>"
        + (f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>" if reference else "")
        + "</RmtInf></TxDtls></NtryDtls></Ntry>"
        for on, amount, name, words, reference, key in rows
    )
    closing, days = opening + sum((row[1] for row in rows), Decimal(0)), [row[0] for row in rows]
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
        for code, amount, on in (("OPBD", opening, min(days)), ("CLBD", closing, max(days)))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>1</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{balances}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()
