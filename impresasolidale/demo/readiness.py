"""The start light of every placement, judged on the demo's facts by the rules the offices use."""

from collections import defaultdict
from datetime import date

from django.utils import translation

from impresasolidale.territory.rules import Severity, months_between
from placements.agreements.enums import ITEM_RULE, LIVE, AgreementState, AllowanceModel, ItemKind, TaxTreatment
from placements.agreements.models import BenefitCheck, ReadinessItem
from placements.agreements.rules import Evidence, Facts, Period, benefits_of, judge, may_waive, others_at_once
from placements.beneficiaries.enums import RepresentativeKind
from placements.beneficiaries.rules import is_minor

from .hosts import Hosts
from .people import Person
from .placements import Placed, cover_days
from .world import World

WAIVED = "Il corso è già in calendario: intanto l'educatore passa dall'impresa ogni settimana."


def signing_representative(person: Person, on: date) -> str:
    """Who signs for the person, or beside them: a guardian, a parent while minor, whoever signs alone (rule 6)."""
    found = person.representative
    if found is None or found.valid_from > on:
        return ""
    kinds = {RepresentativeKind.GUARDIAN, *([RepresentativeKind.PARENT] if is_minor(person.row.birth_date, on) else [])}
    return str(found) if found.signs_alone or found.kind in kinds else ""


def create_readiness(world: World, placed: list[Placed], hosts: Hosts, papers: dict[int, tuple[tuple[str, ...], set[str]]]) -> None:
    """`papers`: placement → (who must sign its project, who has)."""
    first, last = cover_days(world.today)
    cover = Period(start=first, to=last)
    entrusted, followed, hosted = defaultdict(list), defaultdict(list), defaultdict(list)
    lives = defaultdict(list)
    for one in placed:
        if one.row.state in LIVE:
            entrusted[one.row.company_tutor_id].append(one.row)
            followed[one.row.ambito_id, one.row.promoter_tutor_id].append(one.row)
            hosted[one.row.ambito_id, one.row.company_id].append(one.row)
        if "activated" in one.steps or one.row.state in LIVE:
            lives[one.row.beneficiary_id].append(one.row)
    for n, one in enumerate(placed):
        row, person = one.row, one.person
        required, done = papers.get(row.pk, ((), set()))
        on = min(max(row.starts_on, world.today), row.ends_on)
        status = person.status if person.status and (person.status.valid_to is None or person.status.valid_to >= on) else None
        taxed = bool(one.project and one.project.tax_treatment == TaxTreatment.TAXED)
        benefits = benefits_of([(status.category, status.percent)] if status else [], taxed=taxed, rules=one.district.rules)
        check = None
        if benefits.inclusion_income and "activated" in one.steps:
            told_on = one.steps["validated"]
            check = world.new(BenefitCheck, ambito=row.ambito, placement=row, told_on=told_on, noted_on=told_on, created_by=person.referent)
        facts = Facts(
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            agreement=Period(start=one.agreement.row.valid_from, to=one.agreement.row.valid_to) if one.agreement else None,
            agreement_signed=bool(one.agreement and one.agreement.state == AgreementState.SIGNED),
            signers_required=required,
            signers_done=frozenset(done),
            birth_date=person.row.birth_date,
            schooling_completed=person.row.schooling_completed,
            privacy_notice_on=person.row.privacy_notice_on,
            assessed_on=person.assessment.made_on if person.assessment else None,
            charges=(Period(start=person.charge.valid_from, to=person.charge.valid_to),),
            representative=signing_representative(person, row.starts_on),
            is_minor=is_minor(person.row.birth_date, row.starts_on),
            earlier_months=sum(months_between(o.starts_on, o.last_day) for o in lives[row.beneficiary_id] if o is not row),
            has_company_tutor=True,
            has_promoter_tutor=True,
            tutor_is_trained=row.company_tutor_id in hosts.trained,
            tutor_others=others_at_once(entrusted[row.company_tutor_id], row),
            promoter_others=others_at_once(followed[row.ambito_id, row.promoter_tutor_id], row),
            company_others=others_at_once(hosted[row.ambito_id, row.company_id], row),
            company_staff=row.company.staff_count,
            safety_declared_on=row.company.safety_declared_on,
            inail=(cover,),
            is_paid=one.project.allowance_model != AllowanceModel.NONE,
            has_source=True,
            liability=(cover,),
            judged_on=on,
            communication_sender=one.start.sender if one.start else "",
            communication_on=one.start.sent_on if one.start else None,
            communication_number=one.start.code if one.start else "",
            risk_class=row.company.risk_class,
            evidence=tuple(
                Evidence(kind=e.kind, done_on=e.done_on, to=e.valid_to, hours=e.hours or 0, risk_class=e.risk_class)
                for e in person.evidence
            ),
            needs_fitness=row.needs_fitness,
            works_outside=bool(one.project.outside_activities),
            outside_places=len(one.places),
            outside_untold=sum(place.told_on is None for place in one.places),
            benefits=benefits,
            told_on=check.told_on if check else None,
            noted_on=check.noted_on if check else None,
        )
        judged_on = one.steps.get("validated") or world.ago(1)
        with translation.override("it"):
            judged = judge(facts, one.district.rules)
        for kind, (light, said) in judged.items():
            severity = Severity.WARN if row.entered_on and said == Severity.BLOCK else said
            waived = not light.satisfied and kind == ItemKind.TRAINED_TUTOR and may_waive(kind) and "validated" in one.steps and n % 2 == 0
            world.new(
                ReadinessItem,
                ambito=row.ambito,
                placement=row,
                kind=kind,
                rule=light.rule or ITEM_RULE[kind],
                severity=severity,
                why=light.why[:240],
                satisfied_at=world.at(judged_on, 12) if light.satisfied else None,
                expires_on=light.expires_on,
                waived_by=one.office.coordinator if waived else None,
                waived_at=world.at(judged_on, 12) if waived else None,
                reason=WAIVED if waived else "",
            )
