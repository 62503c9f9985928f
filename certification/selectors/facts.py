"""What the data say of companies, over all Ambiti of a network: figures, and the rows behind them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from companies.hosts.enums import ExpensePayer
from companies.hosts.models import Block, Company, Engagement, HostExpense, Site
from companies.training.selectors import trained_tutors
from impresasolidale.accounts.access import Access
from impresasolidale.core.periods import not_over
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import Rules, Severity
from impresasolidale.territory.selectors import common_rules
from placements.agreements.change_enums import EndCause, SuspensionCause
from placements.agreements.enums import HOSTED, OVER, RUNNING, ProjectKind, ProjectState
from placements.agreements.models import EarlyEnd, PersonalProject, Placement, ReplacementFlag, Suspension
from placements.attendance.models import Timesheet
from placements.matching.models import Proposal, SiteSheet
from placements.monitoring.models import PlacementEvent, Visit
from placements.monitoring.visit_enums import COUNTED, EventKind, VisitState
from solidarity_fund.models import Contribution, GiftInKind

from ..enums import SizeBand
from ..rules import Facts, window_start, year_starts
from ..scheme import size_band

HELD = (ProjectState.EFFECTIVE, ProjectState.SUPERSEDED)  # versions that were in force


@contextmanager
def across(access: Access) -> Iterator[None]:
    """All Ambiti of the network, for figures alone: a recognition belongs to the network, whatever Ambito the person comes from."""
    networks = access.scope.networks
    ambiti = frozenset(Ambito.objects.filter(network_id__in=networks).values_list("pk", flat=True))
    with scope(Scope(networks=networks, ambiti=ambiti, actor_id=access.actor_id)):
        yield


def band_of(company: Company) -> SizeBand:
    """The size of a company: by how many are at work, else as its record says it. Who said neither counts as large: to be silent never
    pays."""
    if company.staff_count is not None:
        return size_band(company.staff_count)
    return SizeBand(company.size_class) if company.size_class else SizeBand.LARGE


def is_sized(company: Company) -> bool:
    return company.staff_count is not None or bool(company.size_class)


# --- Figures


def facts_of(access: Access, companies: Iterable[int], today: date) -> dict[int, Facts]:
    """Facts by company id over all Ambiti, in five statements whatever the number of companies. No person is named."""
    ids = list(companies)
    if not ids:
        return {}
    rules = common_rules(access.own_network, today)
    with across(access):
        return facts_within(ids, today, rules)


def facts_within(ids: Sequence[int], today: date, rules: Rules) -> dict[int, Facts]:
    """The same for who is `across` already, in three."""
    found: dict[int, dict[str, Any]] = {pk: {} for pk in ids}
    of_placements, of_sheets, elsewhere = statements(ids, today, rules)
    for row in (*of_placements, *of_sheets):
        found[row.pop("of")].update(row)
    for company, figure, number in elsewhere:
        found[company][figure] = found[company].get(figure, 0) + number
    return {pk: Facts(**values) for pk, values in found.items()}


def statements(ids: Sequence[int], today: date, rules: Rules) -> tuple[QuerySet, QuerySet, QuerySet]:
    """What is asked of the database: two give rows {"of": company, figure: value, …}, the third (company, figure, how much)."""
    return _of_placements(ids, today, rules), _of_sheets(ids, today, rules), _counted_elsewhere(ids, today, rules)


def _of_placements(ids: Sequence[int], today: date, rules: Rules) -> QuerySet:
    rows = _marked(ids, today).order_by().values(of=F("company_id"))
    counts = {figure: Count("pk", filter=wanted) for figure, wanted in _wanted(today, rules).items() if figure != "hosted"}
    return rows.annotate(hosted=Count("pk"), people=Count("beneficiary", distinct=True), since=Min("starts_on"), **counts)


def _of_sheets(ids: Sequence[int], today: date, rules: Rules) -> QuerySet:
    recent = _recently(ids, today, rules)
    rows = _all_sheets(ids).order_by().values(of=F("placement__company_id"))
    return rows.annotate(
        months=Count("pk"),
        minutes=Sum("done_minutes"),
        recent_months=Count("pk", filter=recent),
        recent_minutes=Coalesce(Sum("done_minutes", filter=recent), 0),
        years=Count(_year(today), distinct=True, filter=recent),
    )


def _counted_elsewhere(ids: Sequence[int], today: date, rules: Rules) -> QuerySet:
    """(company, figure, how much) of what stands in other tables, in one statement; money and goods are two lines of one figure."""
    cents = {"money": Sum("amount"), "goods": Sum(F("quantity") * F("unit_value"))}
    first, *others = (
        _line(tutors(ids, today), "company_id", "tutors_trained", Count("tutor", distinct=True)),
        _line(described_sites(ids, today), "company_id", "sites_described", Count("pk")),
        _line(extensions(ids, today, rules), "placement__company_id", "extended", Count("pk")),
        _line(visits(ids, today, rules), "placement__company_id", "visits", Count("pk")),
        _line(suspensions(ids, today), "placement__company_id", "paused", Count("pk")),
        _line(blocks(ids, today), "company_id", "blocks", Count("ambito", distinct=True)),
        _line(complaints(ids, today), "placement__company_id", "complaints", Count("pk")),
        _line(gifts(ids, today), "donor__company_id", "given_cents", Cast(cents["money"] * 100, BigIntegerField())),
        _line(goods_given(ids, today), "donor__company_id", "given_cents", Cast(cents["goods"] * 100, BigIntegerField())),
    )
    return first.union(*others, all=True)


def _line(rows: QuerySet, company: str, figure: str, number: Any) -> QuerySet[Any, Any]:
    named = Value(figure, output_field=CharField())
    return rows.order_by().values(of=F(company)).annotate(figure=named, number=number).values_list("of", "figure", "number")


# --- The rows behind them, which the pages that open a figure list


def _marked(ids: Sequence[int], today: date) -> QuerySet[Placement]:
    """Placements that really began, with what the figures ask of each."""
    projects = _projects()
    before = Placement.objects.filter(
        beneficiary=OuterRef("beneficiary"), company=OuterRef("company"), state__in=HOSTED, starts_on__lt=OuterRef("starts_on")
    )
    return Placement.objects.filter(company__in=ids, state__in=HOSTED).annotate(
        is_doubted=_doubt(),
        is_paid=ExpressionWrapper(_paid_by_others(), output_field=BooleanField()),
        came_back=Exists(before),
        gave_up=Exists(EarlyEnd.objects.filter(placement=OuterRef("pk"), cause=EndCause.HOST)),
        was_adapted=ExpressionWrapper(
            Exists(projects.exclude(adaptations="")) | Exists(Proposal.objects.filter(placement=OuterRef("pk")).exclude(adaptations={})),
            output_field=BooleanField(),
        ),
    )


def _projects() -> QuerySet[PersonalProject]:
    return PersonalProject.objects.filter(placement=OuterRef("pk"), state__in=HELD)


def _doubt() -> Exists:
    """Rule 27: somebody saw the person in the place of staff, and it is not cleared."""
    return Exists(ReplacementFlag.objects.filter(placement=OuterRef("pk"), cleared_on=None))


def _paid_by_others() -> Q:
    """Rule 87: a funder stands on it, and the company put in nothing of its own."""
    own = HostExpense.objects.filter(company=OuterRef("company"), payer=ExpensePayer.COMPANY)
    return ~Q(funding_source="") & ~Exists(own) & ~Exists(_projects().filter(meals_provided=True))


def _wanted(today: date, rules: Rules) -> dict[str, Q]:
    """Figure → which of the marked placements it counts. Those that count for points: not in doubt (rule 27) and, where the office chose
    it (rule 87 on "block"), not wholly paid by others."""
    counted = Q(is_doubted=False) & (Q(is_paid=False) if rules.severity(87) == Severity.BLOCK else Q())
    recent = counted & (Q(ended_on=None) | Q(ended_on__gte=window_start(today)))
    return {
        "hosted": Q(),
        "running": Q(state__in=RUNNING),
        "in_doubt": Q(is_doubted=True),
        "paid_by_others": Q(is_paid=True),
        "counted": counted,
        "recent": recent,
        "returned": recent & Q(came_back=True),
        "completed": recent & Q(state__in=OVER, gave_up=False),
        "broken_off": recent & Q(gave_up=True),
        "adapted": recent & Q(was_adapted=True),
    }


def placements_behind(figure: str, ids: Sequence[int], today: date, rules: Rules) -> QuerySet[Placement]:
    """The placements that a figure counts. Raises KeyError for a figure that is not of placements."""
    return _marked(ids, today).filter(_wanted(today, rules)[figure])


def _all_sheets(ids: Sequence[int]) -> QuerySet[Timesheet]:
    return Timesheet.objects.filter(placement__company__in=ids, placement__state__in=HOSTED, days_present__gt=0)


def _recently(ids: Sequence[int], today: date, rules: Rules) -> Q:
    return Q(month__gte=window_start(today), placement__in=_counted(ids, rules))


def recent_sheets(ids: Sequence[int], today: date, rules: Rules) -> QuerySet[Timesheet]:
    """Months of presence of the window, of placements that count."""
    return _all_sheets(ids).filter(_recently(ids, today, rules))


def _counted(ids: Sequence[int], rules: Rules) -> QuerySet[Any, Any]:
    """The placements behind "counted", with nothing beside."""
    rows = Placement.objects.filter(~_doubt(), company__in=ids, state__in=HOSTED)
    return (rows.exclude(_paid_by_others()) if rules.severity(87) == Severity.BLOCK else rows).values("pk")


def _year(today: date) -> Case:
    """Which year of the window a month stands in."""
    starts = year_starts(today)
    return Case(*(When(month__gte=first, then=number) for number, first in reversed(list(enumerate(starts)))), default=0)


def tutors(ids: Sequence[int], today: date) -> QuerySet[Engagement]:
    """Trained tutors who work there (rule 91)."""
    return Engagement.objects.filter(not_over(today), company__in=ids, tutor__in=trained_tutors(today))


def described_sites(ids: Sequence[int], today: date) -> QuerySet[Site]:
    """Open sites whose last sheet names something that can be adapted."""
    last = SiteSheet.objects.filter(site=OuterRef("pk"), valid_from__lte=today).order_by("-id").values("adaptations")[:1]
    return (
        Site.objects.filter(Q(closed_on=None) | Q(closed_on__gte=today), company__in=ids)
        .alias(last=last)
        .exclude(Q(last=None) | Q(last={}))
    )


def extensions(ids: Sequence[int], today: date, rules: Rules) -> QuerySet[PersonalProject]:
    return PersonalProject.objects.filter(
        placement__in=_counted(ids, rules),
        kind=ProjectKind.EXTENSION,
        state__in=HELD,
        effective_from__gte=window_start(today),
        effective_from__lte=today,
    )


def visits(ids: Sequence[int], today: date, rules: Rules) -> QuerySet[Visit]:
    """Visits that were held on the spot (rule 48)."""
    return Visit.objects.filter(
        placement__in=_counted(ids, rules), state=VisitState.DONE, kind__in=COUNTED, held_on__gte=window_start(today)
    )


def suspensions(ids: Sequence[int], today: date) -> QuerySet[Suspension]:
    """Pauses that the company asked for, begun in the window; of every placement, in doubt or not."""
    return Suspension.objects.filter(
        placement__company__in=ids,
        placement__state__in=HOSTED,
        cause=SuspensionCause.HOST,
        starts_on__gte=window_start(today),
        starts_on__lte=today,
    )


def blocks(ids: Sequence[int], today: date) -> QuerySet[Block]:
    return Block.objects.filter(Block.holding(today), company__in=ids)


def complaints(ids: Sequence[int], today: date) -> QuerySet[PlacementEvent]:
    """That somebody behaved badly with a person there, and it is not settled."""
    return PlacementEvent.objects.filter(
        placement__company__in=ids, placement__state__in=HOSTED, kind=EventKind.MISTREATMENT, settled_on=None
    )


def gifts(ids: Sequence[int], today: date) -> QuerySet[Contribution]:
    return Contribution.objects.filter(donor__company__in=ids, received_on__gte=window_start(today), received_on__lte=today)


def goods_given(ids: Sequence[int], today: date) -> QuerySet[GiftInKind]:
    return GiftInKind.objects.filter(donor__company__in=ids, received_on__gte=window_start(today), received_on__lte=today)
