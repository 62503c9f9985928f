"""Criteria, requests in every state, the commission's sittings, a refusal under way, an advance, proofs: by the services, day by day."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.territory.calendar import move_working_days
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.selectors import first_open_day
from placements.agreements.enums import PlacementState
from placements.beneficiaries.models import PaymentWay
from solidarity_fund.documents.requests import APPEAL
from solidarity_fund.enums import BenefitForm, BenefitKind, Conflict, DeliveryWay, Missing, Need, PayWay, Verdict
from solidarity_fund.models import AgendaItem, BenefitRequest, FundCriteria, Sitting
from solidarity_fund.services import commission, criteria, payees, procedures, proofs, requests
from solidarity_fund.services.payees import TO_PERSON, Payee

from .liquidations import iban
from .placements import Placed
from .users import People
from .world import District, World, acting_for

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
COLLEAGUES = (("Ada", "Colombina Verdi"), ("Ivo", "Stambecchi"))  # the other two members of Sondrio's commission
KINDS = (  # kind, at most, how
    (BenefitKind.TRANSPORT, "250", BenefitForm.EITHER),
    (BenefitKind.CLOTHING, "150", BenefitForm.EITHER),
    (BenefitKind.MEALS, "120", BenefitForm.GOODS),
    (BenefitKind.COURSE, "200", BenefitForm.EITHER),
    (BenefitKind.HEALTH, "400", BenefitForm.EITHER),
    (BenefitKind.DEVICE, "200", BenefitForm.EITHER),
    (BenefitKind.EMERGENCY, None, BenefitForm.EITHER),
)


def _file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


class Story:
    """One office and its people; each step is done by one of them, on a day."""

    def __init__(self, world: World, people: People, placed: list[Placed], district: District) -> None:
        self.world, self.district = world, district
        office = people.offices[district.ambito.pk]
        self.chief, self.money = (acting_for(office.by_role[role], district) for role in (Role.COORDINATOR, Role.ACCOUNTING))
        self.member = acting_for(office.by_role[Role.COMMISSION_MEMBER], district)
        self.first = first_open_day(world.network.pk)
        self.steps = 0
        self.people = [one for one in placed if one.district is district and self._is_helped(one)]

    def _is_helped(self, one: Placed) -> bool:
        """In a placement for two months, and paid somehow."""
        if one.row.state != PlacementState.ACTIVE or (self.world.today - one.row.starts_on).days < 60:
            return False
        with scope(self.chief.scope):
            return PaymentWay.objects.filter(beneficiary=one.person.row, valid_to=None, withdrawn_at=None).exists()

    def ago(self, days: int) -> date:
        """A day in books that are open."""
        return max(self.world.ago(days), self.first)

    def act(self, by: Access, on: date, work: Any, /, **values: Any) -> Any:
        self.steps += 1
        with self.world.acting("fund", self.district.ambito.name, self.steps, on=on), scope(by.scope):
            return work(by=by, **values)

    def worker(self, one: Placed) -> Access:
        return acting_for(one.person.referent, self.district)

    def ask(self, n: int, kind: str, amount: str, quote: str, need: str, *, on: date, **more: Any) -> tuple[BenefitRequest, Access]:
        one = self.people[n % len(self.people)]
        by = self.worker(one)
        payee = more.pop("payee", TO_PERSON)
        row = self.act(
            by, on, requests.ask_benefit, placement=one.row, kind=kind, amount=Decimal(amount), quote=quote, need=need,
            quote_file=_file("preventivo.pdf"), payee=payee, today=on, **more,
        )  # fmt: skip
        return row, by

    def ready(self, row: BenefitRequest, on: date) -> BenefitRequest:
        done: BenefitRequest = self.act(self.chief, on, requests.screen_request, request=row, responsible=self.chief.actor, today=on)
        return done

    def pay(self, row: BenefitRequest, on: date, number: str) -> BenefitRequest:
        with scope(self.money.scope):
            fresh = BenefitRequest.objects.select_related("rulebook", "criteria", "ambito").get(pk=row.pk)
        done: BenefitRequest = self.act(self.money, on, requests.pay_benefit, request=fresh, paid_on=on, order_number=number, today=on)
        return done


def create_commission(world: World, people: People, placed: list[Placed]) -> None:
    """What the pages of requests show; after the payment ways and the rows of `fund`."""
    story = Story(world, people, placed, world.districts[0])
    _criteria(world, people, story)
    members = [story.member, *_colleagues(world, people, story)]
    pot = _pots(story)
    _sondrio(story, members, pot)
    _elsewhere(Story(world, people, placed, world.districts[1]), pot)


def _criteria(world: World, people: People, story: Story) -> None:
    second = acting_for(people.offices[world.districts[1].ambito.pk].coordinator, world.districts[1])
    on = world.ago(400)
    values = {
        "valid_from": on, "act_number": "Assemblea dei sindaci n. 7", "act_on": world.ago(410), "proof_days": 45, "term_days": 30,
        "missing_days": 15, "advance_limit": Decimal(150), "ratify_days": 30, "appeal": APPEAL,
    }  # fmt: skip
    kinds = [(str(kind), Decimal(most) if most else None, str(form)) for kind, most, form in KINDS]
    row: FundCriteria = story.act(story.chief, world.ago(405), criteria.propose_criteria, values=values, kinds=kinds, today=world.ago(405))
    link = "https://www.example.org/fondo/criteri"
    story.act(second, on, criteria.publish_criteria, criteria=row, published_on=on, link=link, today=on)


def _colleagues(world: World, people: People, story: Story) -> list[Access]:
    found = []
    for n, (first, last) in enumerate(COLLEAGUES, start=2):
        email = f"commissione{n}.sondrio@example.org"
        user = User.objects.create(
            public_id=world.uuid("fund colleague", n), email=email, first_name=first, last_name=last, password=people.password
        )
        Membership.objects.create(
            user=user, role=Role.COMMISSION_MEMBER, network=world.network, ambito=story.district.ambito, valid_from=date(2020, 1, 1)
        )
        found.append(acting_for(user, story.district))
    return found


def _pots(story: Story) -> Pot:
    """The pots of one purpose say so as data; the free one pays any kind."""
    with scope(story.chief.scope):
        pots = {pot.name: pot for pot in Pot.objects.filter(use=Pot.Use.FUND)}
    for name, kind in (("Trasporti", BenefitKind.TRANSPORT), ("Abiti da lavoro", BenefitKind.CLOTHING)):
        story.act(story.chief, story.ago(60), criteria.set_purpose, pot=pots[name], kinds=[kind])
    return pots["Libero"]


def _sondrio(story: Story, members: list[Access], pot: Pot) -> None:
    """A sitting gone by with its minutes, one to come with its opinions, and what is between them."""
    shop = Payee(PayWay.SUPPLIER, "Calzature Passo Sicuro", "", iban(901))
    bus, _w = story.ask(0, BenefitKind.TRANSPORT, "124.00", "Abbonamento bimestrale della corriera", Need.REACH_WORK, on=story.ago(44))
    shoes, _w = story.ask(1, BenefitKind.CLOTHING, "96.00", "Scarpe antinfortunistiche", Need.WORK_THINGS, on=story.ago(43), payee=shop)
    phone, phone_by = story.ask(2, BenefitKind.DEVICE, "199.00", "Telefono nuovo", Need.TOGETHER, on=story.ago(43))
    meals, _w = story.ask(
        3, BenefitKind.MEALS, "110.00", "Buoni per il pranzo di un mese", Need.EVERYDAY, on=story.ago(42), payee=Payee(PayWay.VOUCHER)
    )
    advance, _w = story.ask(4, BenefitKind.EMERGENCY, "140.00", "Bolletta della luce", Need.HOME, on=story.ago(41), is_urgent=True)
    ready = [story.ready(row, story.ago(40)) for row in (bus, shoes, phone, meals)]
    with scope(story.chief.scope):
        fresh = BenefitRequest.objects.select_related("rulebook", "ambito").get(pk=advance.pk)
    advance = story.act(
        story.chief, story.ago(40), requests.grant_advance, request=fresh, pot=pot, seen=fresh.row_version, today=story.ago(40)
    )
    story.pay(advance, story.ago(39), "201")

    held = move_working_days(story.ago(37), 1)
    sitting: Sitting = story.act(
        story.chief, story.ago(40), commission.call_sitting, held_on=held, starts_at=time(15), place="Sala riunioni di Palazzo Immaginario",
        president=members[1].actor, today=story.ago(40),
    )  # fmt: skip
    story.act(story.chief, story.ago(39), commission.put_on_agenda, sitting=sitting, requests=[*ready, advance])
    _say(story, members[0], ready[0], Verdict.FAVOURABLE, "Senza la corriera non arriva al lavoro.", story.ago(37))
    _say(story, members[2], ready[2], Verdict.CONTRARY, "Ce ne sono di più semplici a metà prezzo.", story.ago(37))
    story.act(members[2], story.ago(37), commission.stand_aside, request=ready[1], reason=Conflict.RELATION)
    sitting = story.act(story.chief, held, commission.open_sitting, sitting=sitting, present=[m.actor_id for m in members], today=held)
    with scope(story.chief.scope):
        items = list(AgendaItem.objects.filter(sitting=sitting).select_related("sitting", "request").order_by("position"))
    for n, item in enumerate(items):
        for m, member in enumerate(members):
            if (n, m) != (1, 2):
                story.act(story.chief, held, commission.cast_vote, item=item, member=member.actor, in_favour=n != 2 or m == 0, today=held)
        story.act(
            story.chief, held, commission.decide_case, item=item, today=held,
            pot=pot if n in (0, 1, 3) else None,
            amount=Decimal("62.00") if n == 0 else None,
            reason=("Per ora un mese.", "", "Il prezzo è il doppio di quanto serve.", "", "L'urgenza c'era.")[n],
        )  # fmt: skip
    story.act(story.chief, held, commission.close_sitting, sitting=sitting)
    story.act(members[1], story.ago(34), commission.approve_minutes, sitting=sitting, today=story.ago(34))

    _after(story, bus, shoes, meals, advance)
    _refusal(story, phone, phone_by)
    _to_come(story, members, phone)


def _say(story: Story, member: Access, row: BenefitRequest, verdict: str, reason: str, on: date, amount: str | None = None) -> None:
    story.act(
        member,
        on,
        commission.give_opinion,
        request=row,
        verdict=verdict,
        reason=reason,
        today=on,
        amount=Decimal(amount) if amount else None,
    )


def _after(story: Story, bus: BenefitRequest, shoes: BenefitRequest, meals: BenefitRequest, advance: BenefitRequest) -> None:
    """Payments, and their proofs: one accepted, one to look at, one in part with money back, one that somebody owes."""
    billed = Payee(PayWay.SUPPLIER, "Calzature Passo Sicuro", "", iban(901), "112/A", story.ago(34))
    story.act(story.money, story.ago(33), payees.set_payee, request=shoes, payee=billed, today=story.ago(33))
    bus, shoes, meals = (story.pay(row, story.ago(32), str(202 + n)) for n, row in enumerate((bus, shoes, meals)))
    with scope(story.chief.scope):
        authors = {row.pk: acting_for(User.objects.get(pk=row.created_by_id or 0), story.district) for row in (bus, shoes, advance)}
    proof = story.act(
        authors[shoes.pk], story.ago(25), proofs.add_proof, request=shoes, amount=Decimal("96.00"), spent_on=story.ago(31),
        file=_file("fattura.pdf"), today=story.ago(25),
    )  # fmt: skip
    story.act(story.money, story.ago(24), proofs.accept_proof, proof=proof, today=story.ago(24))
    story.act(
        authors[advance.pk], story.ago(20), proofs.add_proof, request=advance, amount=Decimal("131.50"), spent_on=story.ago(38),
        file=_file("bolletta.pdf"), today=story.ago(20),
    )  # fmt: skip
    story.act(
        story.money, story.ago(18), proofs.record_back, request=advance, amount=Decimal("8.50"), received_on=story.ago(18), receipt="Q 31",
        today=story.ago(18),
    )  # fmt: skip
    with scope(story.money.scope):
        code = meals.vouchers.order_by("id").values_list("code", flat=True).first()
    story.act(story.money, story.ago(15), proofs.use_voucher, request=meals, code=code, used_on=story.ago(15), today=story.ago(15))


def _refusal(story: Story, phone: BenefitRequest, worker: Access) -> None:
    """The commission said no; the person was told before, and has answered: it goes to the next sitting."""
    told, heard = story.ago(9), story.ago(4)
    story.act(story.chief, story.ago(33), procedures.issue_start_notice, request=phone, today=story.ago(33))
    grounds = "Il telefono chiesto costa il doppio di un modello semplice, che basta per avvisare quando non si può venire."
    paper = story.act(story.chief, told, procedures.announce_refusal, request=phone, grounds=grounds, today=told)
    values = {"way": DeliveryWay.SOCIAL_WORKER, "file": _file("ricevuta.pdf")}
    story.act(worker, told, procedures.record_delivery, paper=paper, on=told, today=told, **values)
    text = "Il modello semplice non legge bene i messaggi a voce, che per me sono più facili."
    story.act(worker, heard, procedures.record_observations, request=phone, on=heard, text=text, today=heard)


def _to_come(story: Story, members: list[Access], phone: BenefitRequest) -> None:
    """The next sitting with opinions; a request sent back, one to be looked at, one urgent."""
    today = story.world.today
    course, _w = story.ask(5, BenefitKind.COURSE, "150.00", "Corso di muletto, iscrizione", Need.WORK_THINGS, on=story.ago(12))
    train, _w = story.ask(6, BenefitKind.TRANSPORT, "62.00", "Abbonamento mensile del treno", Need.REACH_WORK, on=story.ago(11))
    back, _w = story.ask(7, BenefitKind.HEALTH, "240.00", "Occhiali", Need.UNEXPECTED, on=story.ago(8))
    story.ask(8, BenefitKind.CLOTHING, "81.00", "Scarponi da montagna per il vivaio", Need.WORK_THINGS, on=story.ago(2))
    story.ask(9, BenefitKind.EMERGENCY, "120.00", "Bombola del gas e legna", Need.HOME, on=story.ago(1), is_urgent=True)
    course, train = (story.ready(row, story.ago(6)) for row in (course, train))
    what = [Missing.QUOTE, Missing.ISEE]
    story.act(story.chief, story.ago(6), requests.return_request, request=back, what=what, today=story.ago(6))
    sitting = story.act(
        story.chief, story.ago(3), commission.call_sitting, held_on=move_working_days(today, 4), starts_at=time(15, 30),
        place="Sala riunioni di Palazzo Immaginario", president=members[1].actor, today=story.ago(3),
    )  # fmt: skip
    story.act(story.chief, story.ago(3), commission.put_on_agenda, sitting=sitting, requests=[course, train, phone])
    _say(story, members[0], course, Verdict.FAVOURABLE, "Serve per il posto che gli hanno proposto.", story.ago(1))
    _say(story, members[1], course, Verdict.CHANGED, "La prima parte del corso costa cento euro.", story.ago(1), "100.00")


def _elsewhere(story: Story, pot: Pot) -> None:
    """Another office, where a second person decides: one grant that is paid, one to decide, and a first sitting to come."""
    bus, _w = story.ask(0, BenefitKind.TRANSPORT, "62.00", "Abbonamento mensile del treno", Need.REACH_WORK, on=story.ago(20))
    story.ask(1, BenefitKind.COURSE, "60.00", "Piscina, dieci ingressi", Need.TOGETHER, on=story.ago(3))
    with scope(story.chief.scope):
        fresh = BenefitRequest.objects.select_related("rulebook", "ambito").get(pk=bus.pk)
    on = story.ago(17)
    granted = story.act(
        story.chief,
        on,
        requests.grant_benefit,
        request=fresh,
        pot=pot,
        seen=fresh.row_version,
        reason="È la strada per il lavoro.",
        today=on,
    )
    story.pay(granted, story.ago(14), "31")
    story.act(
        story.chief, story.ago(2), commission.call_sitting, held_on=move_working_days(story.world.today, 6), starts_at=time(17),
        place="Sala consiliare", president=story.member.actor, today=story.ago(2),
    )  # fmt: skip
