"""The fund for tests: pots, donors, contributions, requests and decisions, all through the services; and people who may be helped."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from companies.hosts.enums import HostKind
from companies.hosts.models import Company, CompanyTutor, Site
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.territory.models import Ambito, Body, Comune, RuleBookVersion
from impresasolidale.territory.selectors import rules_for
from impresasolidale.treasury.models import ClosedPeriod, Pot
from impresasolidale.treasury.services import open_pot
from placements.agreements.enums import ItemKind
from placements.agreements.models import FrameworkAgreement, Placement, ReadinessItem
from placements.beneficiaries.enums import PaymentKind, TargetArea
from placements.beneficiaries.models import Beneficiary, PaymentWay
from solidarity_fund.enums import BenefitForm, BenefitKind, CriteriaState
from solidarity_fund.models import (
    BenefitRequest,
    Contribution,
    CriteriaKind,
    Donor,
    FundCriteria,
    FundHolder,
    GiftInKind,
    Procedure,
    ProcedurePaper,
    Sitting,
)
from solidarity_fund.services import commission, contributions, donors, goods, holder, procedures, requests

from .agreements import scan
from .fixtures import TODAY
from .statements import IBAN


def make_pot(access: Access, *, name: str = "Fondo comune", use: Pot.Use = Pot.Use.FUND) -> Pot:
    return open_pot(name=name, use=use, purpose="Per ciò che serve", by=access)


def make_donor(
    access: Access, *, name: str = "Falegnameria Prova snc", kind: str = "company", shows_name: bool = False, **more: Any
) -> Donor:
    values = {"kind": kind, "name": name, "tax_code": "", "email": "", "shows_name": shows_name, **more}
    return donors.add_donor(values=values, by=access)


def give(access: Access, pot: Pot, amount: str | Decimal = "500", *, donor: Donor | None = None, on: date = TODAY) -> Contribution:
    """A contribution of `amount` euro in the pot."""
    return contributions.record_contribution(
        donor=donor or make_donor(access),
        pot=pot,
        amount=Decimal(amount),
        received_on=on,
        reference="Bonifico 1",
        by=access,
        today=max(on, TODAY),
    )


def make_holder(access: Access, *, way: str = "bank", **values: Any) -> FundHolder:
    """Who holds the fund today: the lead body of the Ambito, with a bank account unless told otherwise."""
    body = Body.objects.get(ambito_id=access.ambito_id, is_lead=True)
    given: dict[str, Any] = {
        "valid_from": TODAY, "act_number": "12/2026", "act_on": TODAY, "way_in": way, "iban": IBAN if way == "bank" else "",
        "receives_by_act": False, **values,
    }  # fmt: skip
    return holder.name_holder(body=body, values=given, by=access, today=TODAY)


def make_goods(access: Access, *, donor: Donor | None = None, **values: Any) -> GiftInKind:
    given: dict[str, Any] = {
        "kind": "clothing", "description": "Scarpe antinfortunistiche", "quantity": 3, "unit_value": Decimal("45.00"),
        "valued_by": "invoice", "valued_note": "Fattura 7", "received_on": TODAY, **values,
    }  # fmt: skip
    return goods.record_goods(donor=donor or make_donor(access), values=given, by=access, today=TODAY)


def make_helped(
    access: Access, *, number: int = 1, state: str = "active", ended_on: date | None = None, rulebook: RuleBookVersion | None = None
) -> Placement:
    """A placement (plain rows) whose person may be helped; `ended_on` for the states that have ended."""
    ambito = Ambito.objects.get(pk=access.ambito_id)
    comune = Comune.objects.filter(ambito=ambito).order_by("name").first()
    owner = {"ambito": ambito}
    person = Beneficiary.objects.create(
        **owner,
        first_name="Prova",
        last_name=f"Persona{number}",
        search_key=f"persona{number:03d} prova",
        codice_fiscale=f"PRV{number:013d}",
        codice_fiscale_hash=f"{ambito.pk}-{number:050d}",
        birth_date=date(1990, 1, 1),
        sex="F",
        birthplace=comune,
        residence=comune,
        residence_ambito=ambito,
        target_area=TargetArea.values[0],
    )
    PaymentWay.objects.create(**owner, beneficiary=person, kind=PaymentKind.CASH, holder="Prova Persona", valid_from=date(2020, 1, 1))
    company = Company.objects.create(
        network_id=access.network_id,
        name=f"Impresa Prova {number}",
        search_key=f"impresa prova {number}",
        kind=HostKind.values[0],
        tax_code=f"{number:011d}",
        comune=comune,
    )
    site = Site.objects.create(network_id=access.network_id, company=company, name="Sede", address="Via Prova 1", comune=comune)
    tutor = CompanyTutor.objects.create(
        network_id=access.network_id, first_name="Prova", last_name="Tutor", email=f"tutor{ambito.pk}.{number}@example.org"
    )
    start = (ended_on or TODAY) - timedelta(days=90)
    agreement = FrameworkAgreement.objects.create(**owner, company=company, valid_from=start, valid_to=start + timedelta(days=700))
    placement = Placement.objects.create(
        **owner,
        beneficiary=person,
        company=company,
        site=site,
        company_tutor=tutor,
        promoter_tutor_id=access.actor_id,
        agreement=agreement,
        rulebook=rulebook or rules_for(ambito, TODAY)[0],
        state=state,
        starts_on=start,
        ends_on=ended_on or start + timedelta(days=365),
        ended_on=ended_on,
    )
    ReadinessItem.objects.create(
        **owner, placement=placement, kind=ItemKind.AGREEMENT, rule=1, severity=ReadinessItem.Severity.BLOCK, satisfied_at=timezone.now()
    )
    return placement


def publish(
    access: Access,
    *,
    valid_from: date = TODAY - timedelta(days=300),
    ceilings: dict[str, str] | None = None,
    form: str = BenefitForm.EITHER,
    **values: Any,
) -> FundCriteria:
    """Criteria as plain rows, published: every kind of help, with the `ceilings` that are told, given in this `form`."""
    shipped: dict[str, Any] = {"act_number": "12/2026", "act_on": valid_from, "published_on": valid_from, "advance_limit": Decimal(150)}
    row = FundCriteria.objects.create(
        network_id=access.network_id,
        state=CriteriaState.PUBLISHED,
        valid_from=valid_from,
        link="https://www.example.org/criteri",
        appeal="Ricorso al TAR entro 60 giorni.",
        decided_by_id=access.actor_id,
        **{**shipped, **values},
    )
    CriteriaKind.objects.bulk_create(
        CriteriaKind(
            network_id=access.network_id,
            criteria=row,
            kind=kind,
            ceiling=Decimal((ceilings or {})[kind]) if kind in (ceilings or {}) else None,
            form=form,
        )
        for kind in BenefitKind.values
    )
    return row


def need_criteria(access: Access) -> None:
    """Nobody is granted anything before criteria are published (rule 64): these are, where a test wrote none."""
    if not FundCriteria.objects.filter(network_id=access.network_id).exists():
        publish(access)


def ask(
    access: Access, placement: Placement, amount: str = "80", *, kind: str = "transport", today: date = TODAY, **more: Any
) -> BenefitRequest:
    need_criteria(access)
    return requests.ask_benefit(
        placement=placement, kind=kind, amount=Decimal(amount), quote="Preventivo 12", by=access, today=today, **more
    )


def grant(access: Access, request: BenefitRequest, pot: Pot, *, today: date = TODAY, **changes: Any) -> BenefitRequest:
    return requests.grant_benefit(request=request, pot=pot, seen=request.row_version, by=access, today=today, **changes)


def announce(access: Access, request: BenefitRequest, *, today: date = TODAY) -> ProcedurePaper:
    """The pre-notice of a refusal, delivered on the same day."""
    paper = procedures.announce_refusal(request=request, grounds="L'importo è più alto di quanto serve.", by=access, today=today)
    return procedures.record_delivery(paper=paper, on=today, way="by_hand", file=scan(), by=access, today=today)


def hear(access: Access, request: BenefitRequest, *, today: date = TODAY) -> Procedure:
    """The pre-notice was delivered and the person answered it: the refusal may follow."""
    announce(access, request, today=today)
    return procedures.record_observations(request=request, on=today, text="Il modello più semplice non c'è.", by=access, today=today)


def make_ready(access: Access, request: BenefitRequest, *, today: date = TODAY) -> BenefitRequest:
    """The office found it whole; `access` is of somebody else than who asked."""
    assert access.actor
    return requests.screen_request(request=request, responsible=access.actor, by=access, today=today)


def sit(access: Access, members: Sequence[User], cases: Sequence[BenefitRequest], *, today: date = TODAY) -> Sitting:
    """A sitting of today under way, with everybody there; the first member presides. `access` keeps it."""
    sitting = commission.call_sitting(held_on=today, starts_at=None, place="Sala civica", president=members[0], by=access, today=today)
    commission.put_on_agenda(sitting=sitting, requests=cases, by=access)
    return commission.open_sitting(sitting=sitting, present=[m.pk for m in members], by=access, today=today)


def pay(access: Access, request: BenefitRequest, *, on: date = TODAY) -> BenefitRequest:
    """The accounting office pays what was granted."""
    return requests.pay_benefit(request=request, paid_on=on, by=access, today=max(on, TODAY))


def close_books(network_id: int, to: date) -> None:
    """The books closed up to a day, as if two people had."""
    ClosedPeriod.objects.create(network_id=network_id, closed_to=to, state=ClosedPeriod.State.CLOSED)
