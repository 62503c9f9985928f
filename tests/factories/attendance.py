"""Running placements with a week and a tutor's sign-in, as attendance meets them; days recorded through the services."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from codicefiscale import encode
from django.utils import timezone

from companies.hosts.enums import HostKind
from companies.hosts.models import Company, CompanyTutor, Engagement, Site
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Comune, RuleBookVersion
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import lead_body, name_key, rules_for
from placements.agreements.enums import AllowanceModel, ItemKind, PlacementState
from placements.agreements.models import FrameworkAgreement, PersonalProject, Placement, ReadinessItem, WeekDay
from placements.attendance import services
from placements.attendance.enums import Channel, MonthState, Outcome
from placements.attendance.models import AttendanceEvent, PlannedSession, Timesheet
from placements.attendance.rules import next_month
from placements.beneficiaries.enums import CareRole, Sex, TargetArea
from placements.beneficiaries.models import Beneficiary, CareMember

from .fixtures import TODAY, make_user

FOUR_MORNINGS = {0: 240, 1: 240, 2: 240, 3: 240}  # Monday to Thursday, 4 hours
PEOPLE = ["Maria Rossetti", "Luca Bianchini", "Anna Ghilotti", "Paolo Mevio", "Sara Tognini", "Ivan Pedroli", "Rita Scarsi", "Omar Vanoli"]


def system(ambito: Ambito) -> Access:
    return Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")


def make_host(ambito: Ambito, *, number: int = 1, comune: str = "Sondrio") -> Company:
    """A firm with one site."""
    with scope(system(ambito).scope):
        place = Comune.objects.get(name=comune, ambito__isnull=False)
        name = f"Forno Prova {number}"
        company = Company.objects.create(
            network_id=ambito.network_id,
            name=name,
            search_key=name_key(name),
            kind=HostKind.FIRM,
            tax_code=f"{90000000000 + number}",
            comune=place,
        )
        Site.objects.create(network_id=ambito.network_id, company=company, name="Laboratorio", address="Via di Prova 1", comune=place)
        return company


def make_tutor(ambito: Ambito, company: Company, *, number: int = 1) -> tuple[CompanyTutor, User]:
    """A company tutor with a sign-in."""
    with scope(system(ambito).scope):
        user = User.objects.create_user(
            f"tutor.{company.pk}.{number}@example.org", "cavallo batteria graffetta", first_name="Gino", last_name=f"Fornaio {number}"
        )
        Membership.objects.create(
            user=user, role=Role.COMPANY_TUTOR, network_id=ambito.network_id, company=company, valid_from=date(2020, 1, 1)
        )
        tutor = CompanyTutor.objects.create(
            network_id=ambito.network_id, first_name="Gino", last_name=f"Fornaio {number}", email=user.email, user=user
        )
        Engagement.objects.create(network_id=ambito.network_id, company=company, tutor=tutor, valid_from=date(2020, 1, 1))
        return tutor, user


def make_running_placement(
    ambito: Ambito,
    tutor: CompanyTutor,
    company: Company,
    *,
    number: int = 1,
    week: Mapping[int, int] | None = None,
    starts_on: date = date(2026, 10, 1),
    ends_on: date = date(2027, 3, 31),
    state: str = PlacementState.ACTIVE,
    today: date = TODAY,
    planned: bool = True,
    **changes: Any,
) -> Placement:
    """A placement with its project, its week from 9:00 and, when `planned`, its planned days."""
    access = system(ambito)
    with scope(access.scope):
        first, last = PEOPLE[number % len(PEOPLE)].split()
        born = date(1980, 1, 1).replace(year=1970 + number % 40)
        sex = Sex.FEMALE if first[-1] == "a" else Sex.MALE
        code = encode(last, first, sex, born.isoformat(), "Sondrio")
        sondrio = Comune.objects.get(name="Sondrio", ambito__isnull=False)
        residence = Comune.objects.filter(ambito=ambito).order_by("name")[0]
        person = Beneficiary.objects.create(
            ambito=ambito,
            first_name=first,
            last_name=last,
            search_key=name_key(f"{last} {first}"),
            codice_fiscale=code,
            codice_fiscale_hash=lookup_hash(f"{code}{number}"),
            birth_date=born,
            sex=sex,
            birthplace=sondrio,
            residence=residence,
            residence_ambito=ambito,
            target_area=TargetArea.DISADVANTAGE,
        )
        agreement = FrameworkAgreement.objects.create(
            ambito=ambito, company=company, valid_from=date(2026, 1, 1), valid_to=date(2027, 12, 31)
        )
        placement = Placement.objects.create(
            ambito=ambito,
            beneficiary=person,
            company=company,
            site=company.sites.get(),
            company_tutor=tutor,
            promoter_tutor=make_user(Role.PROMOTER_TUTOR, ambito, number=1000 + User.objects.count()),
            agreement=agreement,
            rulebook=rules_for(ambito, starts_on)[0],
            state=state,
            starts_on=starts_on,
            ends_on=ends_on,
            **changes,
        )
        ReadinessItem.objects.create(
            ambito=ambito, placement=placement, kind=ItemKind.PRIVACY, rule=56, severity="warn", satisfied_at="2026-01-01T00:00Z"
        )
        pattern = FOUR_MORNINGS if week is None else week
        project = PersonalProject.objects.create(
            ambito=ambito,
            placement=placement,
            effective_from=placement.starts_on,
            ends_on=placement.ends_on,
            tasks="Aiuto in laboratorio",
            weekly_minutes=sum(pattern.values()),
            allowance_model=AllowanceModel.NONE,
            payer=lead_body(ambito),
        )
        WeekDay.objects.bulk_create(
            WeekDay(ambito=ambito, project=project, weekday=day, starts_at=time(9), minutes=minutes) for day, minutes in pattern.items()
        )
        if planned:
            services.resync_planned(placement=placement, by=access, today=starts_on)
        return placement


def follow(user: User, placement: Placement) -> None:
    """The user is of the care team of the placement's person."""
    with scope(system(placement.ambito).scope):
        CareMember.objects.create(
            ambito=placement.ambito, beneficiary=placement.beneficiary, user=user, role=CareRole.MEMBER, valid_from=date(2026, 1, 1)
        )


def record(
    placement: Placement, day: date, outcome: str = Outcome.PRESENT, minutes: int | None = None, *, today: date = TODAY
) -> AttendanceEvent:
    """One event by the application itself."""
    access = system(placement.ambito)
    with scope(access.scope):
        return services.record_attendance(
            public_id=placement.public_id,
            day=day,
            outcome=outcome,
            minutes=minutes,
            submission=uuid.uuid4(),
            channel=Channel.IMPORT,
            by=access,
            today=today,
        )


def record_days(placement: Placement, days: Iterable[date], outcome: str = Outcome.PRESENT) -> None:
    for day in days:
        record(placement, day, outcome)


def rules_changed(placement: Placement, **values: Any) -> Placement:
    """The placement under a rule book of its own that differs in these values."""
    with scope(system(placement.ambito).scope):
        book = RuleBookVersion.objects.create(
            network_id=placement.ambito.network_id,
            ambito=placement.ambito,
            valid_from=date(2020, 1, 1) + timedelta(days=RuleBookVersion.objects.count()),
            values=Rules().changed(values).to_values(),
            act="Prova",
            published_by="Prova",
        )
        Placement.objects.filter(pk=placement.pk).update(rulebook=book)
        placement.rulebook = book
        return placement


def whole_month(placement: Placement, month: date, *, outcome: str = Outcome.PRESENT, today: date = TODAY) -> Timesheet:
    """Every planned day of a month said, and the sheet still open."""
    with scope(system(placement.ambito).scope):
        last = next_month(month) - timedelta(days=1)
        for day in (
            PlannedSession.objects.filter(placement=placement, day__range=(month, last)).order_by("day").values_list("day", flat=True)
        ):
            record(placement, day, outcome, today=today)
        return Timesheet.objects.get(placement=placement, month=month)


def settle(sheet: Timesheet, state: str, *, closer: User, confirmer: User | None = None, today: date = TODAY) -> Timesheet:
    """Walk an open sheet on to `state`: "closed", "confirmed" or "frozen", through the services."""
    access = system(sheet.ambito)
    with scope(access.scope):
        sheet = services.close_month(sheet=sheet, by=replace(access, actor=closer), today=today)
        if state != MonthState.CLOSED:
            sheet = services.confirm_month(sheet=sheet, by=replace(access, actor=confirmer), today=today)
        if state == MonthState.FROZEN:
            services.freeze_sheets(sheets=[sheet.pk], by=access, now=timezone.now())
            sheet.refresh_from_db()
        return sheet
