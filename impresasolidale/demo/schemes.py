"""The scheme of the demo: the one that comes with the program, published a year ago, and a draft of the next to compare with it."""

from dataclasses import replace

from certification.enums import CheckedBy, CriterionKind, Level, SchemeState
from certification.models import SchemeVersion
from certification.scheme import Criterion, Scheme, Step, area_of, with_criterion
from certification.shipped import NAME, shipped_scheme
from impresasolidale.territory.selectors import common_rules

from .users import People
from .world import World

NEXT = "Impresasolidale 2027"


def create_schemes(world: World, people: People) -> SchemeVersion:
    """The published one."""
    months = common_rules(world.network.pk, world.today).certificate_validity_months
    coordinator = next(iter(people.offices.values())).coordinator
    first: SchemeVersion = world.new(
        SchemeVersion,
        version=1,
        name=NAME,
        state=SchemeState.PUBLISHED,
        published_on=world.ago(365),
        validity_months=months,
        definition=shipped_scheme().to_json(),
    )
    world.fact("certification.scheme.published", first, on=world.ago(365), by=coordinator, before="draft", after="published")
    draft = world.new(
        SchemeVersion,
        version=2,
        name=NEXT,
        state=SchemeState.DRAFT,
        based_on=1,
        edited_by=coordinator,
        created_by=coordinator,
        validity_months=months,
        definition=next_scheme().to_json(),
    )
    world.fact("certification.scheme.drafted", draft, on=world.ago(12), by=coordinator, data={"version": 2, "based_on": 1})
    world.fact("certification.scheme.edited", draft, on=world.ago(4), by=coordinator, data={"version": 2, "changed": ["areas", "levels"]})
    return first


def next_scheme() -> Scheme:
    """What the coordinator thinks of: continuity counts more, numbers less, and getting to work becomes a question."""
    scheme = shipped_scheme()
    months = scheme.criteria["mesi"]
    longer = {"micro": (9, 24), "small": (15, 36), "medium": (30, 80), "large": (60, 160)}
    steps = tuple(replace(step, thresholds={band: two[n] for band, two in longer.items()}) for n, step in enumerate(months.steps))
    scheme = with_criterion(scheme, "accoglienza", replace(months, steps=steps), instead_of="mesi")
    fewer = scheme.criteria["tirocini"]
    scheme = with_criterion(scheme, "accoglienza", replace(fewer, steps=fewer.steps[:2]), instead_of="tirocini")
    travel = Criterion(
        code="arrivare",
        name="Arrivare al lavoro",
        question="Aiutate chi è in tirocinio ad arrivare da voi?",
        kind=CriterionKind.ELECTIVE,
        checked_by=CheckedBy.DECLARED,
        steps=(Step(1, "un passaggio, un orario che segue il bus"), Step(2, "lo fate per tutti, e lo dite all'inizio")),
        required_from=Level.IMPRESA_SOLIDALE,
    )
    scheme = with_criterion(scheme, "accompagnamento", travel)
    tutors = area_of(scheme, "accompagnamento").criteria[0]
    scheme = with_criterion(scheme, "accompagnamento", replace(tutors, required_from=Level.ADERENTE), instead_of=tutors.code)
    totals = {Level.IMPRESA_SOLIDALE: 13, Level.AMBASCIATRICE: 25}
    levels = tuple(replace(rule, total_minimum=totals.get(Level(rule.level), rule.total_minimum)) for rule in scheme.levels)
    return replace(scheme, levels=levels, bonus_cap=1)
