"""The start light's rows: facts are read for many placements at once, judged by rules.py, written when they changed.

As many queries for one as for all that are judged at once. Called after every change and every night (house.md §3, Start light).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies.hosts.models import Taken
from companies.training.selectors import trained_tutor_ids
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.todos import done
from impresasolidale.territory.rules import Severity, months_between
from impresasolidale.treasury.models import Budget
from placements.beneficiaries.enums import RepresentativeKind
from placements.beneficiaries.models import Assessment, Representative, StatusEvidence, TakingInCharge
from placements.beneficiaries.rules import is_minor

from . import rules
from .documents import signers_of
from .enums import (
    AGREED,
    HOSTED,
    INHERITED_TODO,
    ITEM_RULE,
    LIVE,
    WAIVER_LAPSED,
    WATCHED,
    AgreementState,
    AllowanceModel,
    CommunicationKind,
    CoverKind,
    Insurer,
    ItemKind,
    ProjectState,
    TaxTreatment,
)
from .models import (
    Attestation,
    BenefitCheck,
    Communication,
    Cover,
    DeclaredUse,
    FundingShare,
    OutsidePlace,
    PersonalProject,
    Placement,
    ReadinessItem,
    ReplacementFlag,
    SafetyEvidence,
    Signature,
)
from .rules import Evidence, Facts, Period

PIECE = 200  # placements judged at once


@transaction.atomic
def refresh_readiness(*, placement: Placement, by: Access, today: date) -> list[ReadinessItem]:
    """Judge one placement again; its items in the order of the list."""
    return refresh_many(ids=[placement.pk], by=by, today=today).get(placement.pk, [])


@transaction.atomic
def refresh_many(*, ids: Iterable[int], by: Access, today: date) -> dict[int, list[ReadinessItem]]:
    """Judge these placements again under lock. Severities come from each placement's own rule book.

    A waived item stays waived to the last day of its waiver.
    """
    placements = list(
        Placement.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(ids), state__in=WATCHED)
        .select_related("beneficiary", "company", "company_tutor", "agreement", "rulebook", "benefit_check")
        .order_by("pk")
    )
    if not placements:
        return {}
    facts = _facts(placements, by=by, today=today)
    before: dict[tuple[int, str], ReadinessItem] = {
        (item.placement_id, item.kind): item for item in ReadinessItem.objects.filter(placement__in=placements).select_related("waived_by")
    }
    now, changed, found = timezone.now(), [], {}
    for placement in placements:
        with translation.override("it"):  # what is stored reads the same whoever caused it
            judged = rules.judge(facts[placement.pk], placement.rulebook.rules)
        rows = []
        for kind, (light, said) in judged.items():
            severity = Severity.WARN if placement.entered_on and said == Severity.BLOCK else said  # inherited: never blocked, always said
            item = before.pop((placement.pk, kind), None) or ReadinessItem(placement=placement, ambito_id=placement.ambito_id, kind=kind)
            was = _values(item)
            if item.waived_until and item.waived_until < today:
                _lapse(item, placement, by=by)
            item.rule = light.rule or ITEM_RULE[kind]
            item.severity, item.why, item.expires_on = severity, light.why[:240], light.expires_on
            item.satisfied_at = (item.satisfied_at or now) if light.satisfied else None
            if item.pk is None or _values(item) != was:
                changed.append(item)
                if placement.entered_on and light.satisfied:
                    done(kind=f"{INHERITED_TODO}{kind}", subject=placement, by=by)
            rows.append(item)
        found[placement.pk] = rows
    if before:  # rules that the placement's rule book switches off
        ReadinessItem.objects.filter(pk__in=[item.pk for item in before.values()]).delete()
    if changed:
        ReadinessItem.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["placement", "kind"],
            update_fields=["rule", "severity", "why", "satisfied_at", "expires_on", "waived_by", "waived_at", "waived_until", "reason"],
        )
    return found


def refresh_where(*, by: Access, today: date, **which: Any) -> None:
    """Judge again the placements of the active Ambito that match any of these, e.g. `company=…`; all that are still watched when nothing
    is said."""
    for ids in watched(by=by, **which):
        refresh_many(ids=ids, by=by, today=today)


def watched(*, by: Access, **which: Any) -> list[list[int]]:
    """The keys of those placements, in order and in pieces: what is known of thousands at once would not fit into a worker."""
    ids = list(_watched(**which).filter(ambito_id=by.ambito_id).order_by("pk").values_list("pk", flat=True))
    return [ids[first : first + PIECE] for first in range(0, len(ids), PIECE)]


def ambiti_of_watched(**which: Any) -> list[int]:
    """Of the Ambiti that are reached, those that have any."""
    return list(_watched(**which).order_by().values_list("ambito_id", flat=True).distinct())


def _watched(**which: Any) -> QuerySet[Placement]:
    return Placement.objects.filter(Q(**which, _connector=Q.OR), state__in=WATCHED)


@transaction.atomic
def waive_item(
    *, placement: Placement, kind: str, reason: str, by: Access, today: date | None = None, until: date | None = None
) -> ReadinessItem:
    """Let an item pass with a reason, for ever or to the day `until` included: then it counts as open again (refresh_many).

    Refused for hard legal rules (kind H), for items that are not open, and for a day that has passed.
    """
    by.require(Permission.WAIVE_RULES)
    if by.actor is None:
        raise PermissionDenied
    if not reason.strip():
        raise ReasonRequired
    item = ReadinessItem.objects.select_for_update(of=("self",), no_key=True).filter(placement=placement, kind=kind).first()
    if item is None or not item.is_open:
        raise DomainError(_("Questa voce è già a posto: non serve una deroga."))
    if not rules.may_waive(kind):
        raise DomainError(_("Questa voce viene da un obbligo di legge: non si può derogare."))
    if until and until < (today or timezone.localdate()):
        raise DomainError(_("Questo giorno è già passato: scegline uno da oggi in poi, o lascia vuoto."), field="until")
    item.waived_by, item.reason, item.waived_at, item.waived_until = by.actor, reason.strip(), timezone.now(), until
    item.save(update_fields=["waived_by", "reason", "waived_at", "waived_until"])
    record_fact(
        "agreements.readiness.waived", placement, by=by, reason=item.reason, kind=kind, rule=item.rule, until=until and until.isoformat()
    )
    return item


def _lapse(item: ReadinessItem, placement: Placement, *, by: Access) -> None:
    """The waiver is over: the item is as if it had never been; who gave it and why stay in the facts."""
    record_fact(
        WAIVER_LAPSED,
        placement,
        by=by,
        reason=item.reason,
        kind=item.kind,
        rule=item.rule,
        until=str(item.waived_until),
        waived_by=item.waived_by_id,
    )
    item.waived_by, item.reason, item.waived_at, item.waived_until = None, "", None, None


def open_blocks(items: Iterable[ReadinessItem]) -> list[str]:
    """The red items, in words."""
    return [str(ItemKind(item.kind).label) for item in items if item.is_open and item.severity == ReadinessItem.Severity.BLOCK]


def _values(item: ReadinessItem) -> tuple[Any, ...]:
    return item.rule, item.severity, item.why, item.expires_on, item.satisfied_at, item.waived_until


def _facts(placements: list[Placement], *, by: Access, today: date) -> dict[int, Facts]:
    people = {p.beneficiary_id for p in placements}
    tutors = {p.company_tutor_id for p in placements if p.company_tutor_id}
    charges = _by(TakingInCharge.objects.filter(beneficiary__in=people), "beneficiary_id")
    assessed = _by(Assessment.objects.filter(beneficiary__in=people), "beneficiary_id")
    represented = _by(
        Representative.objects.filter(beneficiary__in=people).order_by("-signs_alone", "-valid_from", "-id"), "beneficiary_id"
    )
    others = _by(Placement.objects.filter(beneficiary__in=people, state__in={*HOSTED, *LIVE}), "beneficiary_id")
    elsewhere = _by(DeclaredUse.objects.filter(beneficiary__in=people), "beneficiary_id")
    entrusted = _live(Taken.objects.all(), placements, "company_tutor_id")
    hosted = _live(Taken.objects.all(), placements, "company_id")
    followed = _live(Placement.objects.filter(state__in=LIVE), placements, "promoter_tutor_id")
    covers = _by(Cover.objects.filter(ambito__in={p.ambito_id for p in placements}, withdrawn_at=None), "ambito_id", "kind", "company_id")
    starts = {
        row.placement_id: row
        for row in Communication.objects.filter(placement__in=placements, kind=CommunicationKind.START, annulled_at=None)
    }
    evidence = _by(SafetyEvidence.objects.filter(beneficiary__in=people, annulled_at=None), "beneficiary_id")
    outside = _by(OutsidePlace.objects.filter(placement__in=placements), "placement_id")
    certified = _by(StatusEvidence.objects.filter(beneficiary__in=people, withdrawn_on=None), "beneficiary_id")
    flags = dict(ReplacementFlag.objects.filter(placement__in=placements, cleared_on=None).values_list("placement", "reason"))
    projects = {  # the version in force; while none is, the one in work
        project.placement_id: project
        for project in PersonalProject.objects.filter(placement__in=placements, state__in=AGREED)
        .select_related("document")
        .annotate(has_share=Exists(FundingShare.objects.filter(project=OuterRef("pk"))))
        .order_by(Case(When(state=ProjectState.EFFECTIVE, then=1), default=0), "version")
    }
    documents = {placement_id: project.document for placement_id, project in projects.items()}
    done: defaultdict[int, set[str]] = defaultdict(set)
    for document_id, role in Signature.objects.filter(document__in=[d for d in documents.values() if d]).values_list("document", "role"):
        done[document_id].add(role)
    lines = Counter(
        Budget.objects.filter(body__in={project.payer_id for project in projects.values()}).values_list("ambito", "body", "year")
    )
    attested = dict(Attestation.objects.filter(placement__in=placements).order_by().values_list("placement").annotate(until=Max("until")))
    trained = trained_tutor_ids(by, tutors, today)

    def of(p: Placement) -> Facts:
        person, document, project, start = p.beneficiary, documents.get(p.pk), projects.get(p.pk), starts.get(p.pk)
        book = p.rulebook.rules
        inail_by, liability_by = p.inail_by or book.inail_insurer, p.liability_by or book.liability_insurer
        minor = is_minor(person.birth_date, p.starts_on)
        signs = next((r for r in represented[person.pk] if _signs(r, minor=minor, on=p.starts_on)), None)
        ended = [(r.valid_to, str(r)) for r in represented[person.pk] if r.valid_to and _signs(r, minor=minor, on=r.valid_to)]
        last, whose = max(ended, default=(date.max, ""))
        on = min(max(p.starts_on, today), p.ends_on)
        check: BenefitCheck | None = getattr(p, "benefit_check", None)
        made = sorted((row for row in assessed[person.pk] if row.made_on <= on), key=lambda row: (row.made_on, row.pk))
        assessment = made[-1] if made and made[0].made_on <= p.starts_on else None  # one by the start, and then the newest
        return Facts(
            starts_on=p.starts_on,
            ends_on=p.ends_on,
            judged_on=on,
            agreement=Period(start=p.agreement.valid_from, to=p.agreement.valid_to) if p.agreement else None,
            agreement_signed=bool(p.agreement and p.agreement.state == AgreementState.SIGNED),
            signers_required=tuple(s["code"] for s in signers_of(document)) if document else (),
            signers_done=frozenset(done[document.pk]) if document else frozenset(),
            birth_date=person.birth_date,
            schooling_completed=person.schooling_completed,
            privacy_notice_on=person.privacy_notice_on,
            assessed_on=assessment.made_on if assessment else None,
            assessed_to=assessment.valid_to if assessment else None,
            charges=_periods(charges[person.pk]),
            representative=str(signs or ""),
            expired_decree=(whose, last) if signs is None and last < p.starts_on else None,
            is_minor=minor,
            earlier_months=sum(months_between(o.starts_on, o.last_day) for o in others[person.pk] if o.pk != p.pk)
            + sum(use.months for use in elsewhere[person.pk]),
            attested_until=attested.get(p.pk),
            has_company_tutor=p.company_tutor_id is not None,
            has_promoter_tutor=p.promoter_tutor_id is not None,
            same_tutor=bool(p.company_tutor and p.company_tutor.user_id and p.company_tutor.user_id == p.promoter_tutor_id),
            tutor_is_trained=p.company_tutor_id in trained,
            tutor_others=rules.others_at_once(entrusted[p.company_tutor_id], p),
            promoter_others=rules.others_at_once(followed[p.promoter_tutor_id], p),
            company_others=rules.others_at_once(hosted[p.company_id], p),
            company_staff=p.company.staff_count,
            safety_declared_on=p.company.safety_declared_on,
            inail_by=inail_by,
            liability_by=liability_by,
            inail=_periods(covers[p.ambito_id, CoverKind.INAIL, _insurer(inail_by, p)]),
            liability=_periods(covers[p.ambito_id, CoverKind.LIABILITY, _insurer(liability_by, p)]),
            communication_sender=start.sender if start else "",
            communication_on=start.sent_on if start else None,
            communication_number=start.code if start else "",
            risk_class=p.company.risk_class,
            evidence=tuple(
                Evidence(kind=e.kind, done_on=e.done_on, to=e.valid_to, hours=e.hours or 0, risk_class=e.risk_class)
                for e in evidence[person.pk]
            ),
            needs_fitness=p.needs_fitness,
            works_outside=bool(project and project.outside_activities.strip()),
            outside_places=len(outside[p.pk]),
            outside_untold=sum(place.told_on is None for place in outside[p.pk]),
            replacement_flag=flags.get(p.pk, ""),
            **_money(project, p, lines),
            benefits=rules.benefits_of(
                ((row.category, row.percent) for row in certified[person.pk] if row.valid_to is None or row.valid_to >= on),
                taxed=is_taxed(project),
                rules=book,
            ),
            told_on=check.told_on if check else None,
            noted_on=check.noted_on if check else None,
        )

    return {p.pk: of(p) for p in placements}


def is_taxed(project: PersonalProject | None) -> bool:
    """Whether the version pays an allowance that counts as income (rule 41)."""
    return bool(project and project.allowance_model != AllowanceModel.NONE and project.tax_treatment == TaxTreatment.TAXED)


def _money(project: Any, p: Placement, lines: Mapping[tuple[int, int, int], int]) -> dict[str, Any]:
    """What a version says of its allowance; nothing while there is none."""
    if project is None or project.allowance_model == AllowanceModel.NONE:
        return {}
    return {"is_paid": True, "has_source": project.has_share or lines[p.ambito_id, project.payer_id, p.starts_on.year] == 1}


def _live(rows: QuerySet[Any], placements: list[Placement], column: str) -> defaultdict[Any, list[Any]]:
    """The placements under way of the companies, or the tutors, of these: of their rows only what tells who and when."""
    found = rows.filter(**{f"{column}__in": {getattr(p, column) for p in placements} - {None}})
    return _by(found.only("beneficiary_id", "starts_on", "ends_on", column), column)


def _by(rows: Iterable[Any], *columns: str) -> defaultdict[Any, list[Any]]:
    """Rows by the value of a column, or of several."""
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        key = tuple(getattr(row, column) for column in columns)
        found[key if len(columns) > 1 else key[0]].append(row)
    return found


def _insurer(who: str, placement: Placement) -> int | None:
    """Whose covers count: a company's, or None for the promoter's."""
    return placement.company_id if who == Insurer.HOST else None


def _periods(rows: Iterable[Any]) -> tuple[Period, ...]:
    return tuple(Period(start=row.valid_from, to=row.valid_to) for row in rows)


def _signs(row: Representative, *, minor: bool, on: date) -> bool:
    """As beneficiaries.selectors.signing_representative, for rows already read."""
    kinds = {RepresentativeKind.GUARDIAN, *([RepresentativeKind.PARENT] if minor else [])}
    return row.valid_from <= on and (row.valid_to is None or row.valid_to >= on) and (row.signs_alone or row.kind in kinds)
