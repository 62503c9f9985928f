"""An application as the company fills it in and as the office checks it: areas, answers, score, what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Look, Upload
from impresasolidale.core.scope import scope
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import common_rules

from ..enums import OPEN, STEPS, ApplicationState, CertificateState, CheckedBy, CriterionKind, Level
from ..measures import measures
from ..models import Answer, Application, Certificate, Proof, YearCheck
from ..rules import Facts, NextLevel, declared, next_level
from ..scheme import Area, Criterion, LevelRule, Scheme, Score, Step, computed_points, score
from ..words import lacking
from .certificates import live
from .facts import band_of, facts_of


@dataclass
class Asked:
    """One criterion with what was said of it. `points`: what counts now, the office's word before the company's."""

    criterion: Criterion
    answer: Answer | None
    points: int
    proofs: list[Proof] = field(default_factory=list)

    @property
    def is_computed(self) -> bool:
        return self.criterion.checked_by == CheckedBy.COMPUTED

    @property
    def is_bonus(self) -> bool:
        return self.criterion.kind == CriterionKind.BONUS

    @property
    def step(self) -> Step | None:
        """The descriptor behind the points."""
        return next((step for step in self.criterion.steps if step.points == self.points and self.points), None)

    @property
    def needs_proof(self) -> bool:
        return self.criterion.checked_by == CheckedBy.DOCUMENT and bool(self.points) and not self.proofs


@dataclass
class Page:
    """One area, one page."""

    area: Area
    asked: list[Asked]

    @property
    def to_answer(self) -> list[Asked]:
        return [one for one in self.asked if not one.is_computed]

    @property
    def is_answered(self) -> bool:
        return all(one.answer for one in self.to_answer)

    @property
    def points(self) -> int:
        return sum(one.points for one in self.asked if not one.is_bonus)


@dataclass(frozen=True)
class Assessment:
    application: Application
    scheme: Scheme
    facts: Facts
    pages: list[Page]
    score: Score

    @property
    def asked(self) -> list[Asked]:
        return [one for page in self.pages for one in page.asked]

    def lacking(self, level: str) -> list[str]:
        return lacking(self.scheme, self.score, level)

    @property
    def next_level(self) -> Level | None:
        """The first level that is not reached yet."""
        offered = [Level(rule.level) for rule in self.scheme.levels]
        return next((level for level in STEPS if level in offered and not self.reaches(level)), None)

    def reaches(self, level: str) -> bool:
        return bool(self.score.level) and STEPS.index(Level(level)) <= STEPS.index(self.score.level)

    @property
    def reached(self) -> list[LevelRule]:
        return [rule for rule in self.scheme.levels if self.reaches(rule.level)]

    @property
    def rule(self) -> LevelRule:
        """What the level that is asked for wants."""
        return next(rule for rule in self.scheme.levels if rule.level == self.application.level)


def counted(answer: Answer) -> int:
    """The last word on a criterion: the office's once it looked."""
    return answer.points if answer.points_given is None else answer.points_given


def assess(access: Access, application: Application, *, today: date) -> Assessment:
    """Facts and computed points of today while it is a draft, the frozen ones afterwards."""
    scheme = application.scheme.scheme
    answers = {answer.criterion: answer for answer in Answer.objects.filter(application=application).select_related("reviewed_by")}
    proofs: dict[int, list[Proof]] = {}
    for proof in Proof.objects.filter(answer__application=application).order_by("id"):
        proofs.setdefault(proof.answer_id, []).append(proof)
    if application.state == ApplicationState.DRAFT:
        facts = facts_of(access, [application.company_id], today)[application.company_id]
        points = computed_points(scheme, band_of(application.company), measures(facts))
    else:
        facts, points = Facts.from_json(application.facts), {}
    points = {**{code: counted(answer) for code, answer in answers.items() if code in scheme.criteria}, **points}
    pages = [
        Page(
            area,
            [
                Asked(c, answers.get(c.code), points.get(c.code, 0), proofs.get(answers[c.code].pk, []) if c.code in answers else [])
                for c in area.criteria
            ],
        )
        for area in scheme.areas
    ]
    return Assessment(application, scheme, facts, pages, score(scheme, points))


def declarations_wanted(company: Company, *, today: date) -> list[str]:
    """Of rule 85, those that are missing or too old: "law68", "safety". Empty when the rule book does not ask."""
    if common_rules(company.network_id, today).severity(85) == Severity.OFF:
        return []
    known: Mapping[str, date | None] = {"law68": company.law68_declared_on, "safety": company.safety_declared_on}
    return [name for name, on in known.items() if not declared(on, today)]


# --- As the company reads it


def our_application(access: Access, company: Company, public_id: UUID) -> Application:
    """An application of the own company, or 404."""
    rows = Application.objects.filter(company=company, company_id__in=access.contact_for).select_related(
        "company__comune", "scheme", "campaign"
    )
    return get_object_or_404(rows, public_id=public_id)


def our_proof(access: Access, company: Company, public_id: UUID) -> Proof:
    rows = Proof.objects.filter(answer__application__company=company, answer__application__company_id__in=access.contact_for)
    return get_object_or_404(rows.select_related("answer__application__company"), public_id=public_id)


def file_of(proof: Proof) -> Upload:
    """The file behind a proof that this access reached: a company's own scope does not open the network's files."""
    system = Access.system(network_id=proof.network_id, ambito_id=None, reason="a company's own proof")
    with scope(system.scope):
        return Upload.objects.get(pk=proof.upload_id)


def our_check(access: Access, company: Company, public_id: UUID) -> YearCheck:
    rows = YearCheck.objects.filter(certificate__company=company, certificate__company_id__in=access.contact_for)
    return get_object_or_404(rows.select_related("certificate"), public_id=public_id)


@dataclass(frozen=True)
class AskedCheck:
    """The year's check that waits for the company's answer."""

    public_id: UUID
    due_on: date


@dataclass
class OurRecognition:
    """What the portal shows of one company: what it holds, what it asks for, what waits for it."""

    held: Certificate | None = None
    past: list[Certificate] = field(default_factory=list)
    application: Application | None = None  # open
    last: Application | None = None  # the last that was decided
    check: AskedCheck | None = None

    @property
    def is_suspended(self) -> bool:
        return self.held is not None and self.held.state == CertificateState.SUSPENDED

    @property
    def certificates(self) -> list[Certificate]:
        """All of them, what holds first."""
        return [self.held, *self.past] if self.held else self.past

    @property
    def waits(self) -> bool:
        """Something is the company's to do."""
        return bool(self.check) or bool(self.application and self.application.state == ApplicationState.DRAFT)


def our_recognitions(access: Access, companies: Iterable[int], *, today: date) -> dict[int, OurRecognition]:
    """By company id. Two statements, however many companies."""
    ids = [pk for pk in companies if pk in access.contact_for]
    found = {pk: OurRecognition() for pk in ids}
    asked = YearCheck.objects.filter(certificate=OuterRef("pk"), answered_on=None).order_by("-id")
    rows = Certificate.objects.filter(company__in=ids).select_related("document").order_by("-id")
    for certificate in rows.annotate(
        is_held=Exists(live(today).filter(pk=OuterRef("pk"))),
        check_id=Subquery(asked.values("public_id")[:1]),
        check_due_on=Subquery(asked.values("due_on")[:1]),
    ):
        ours = found[certificate.company_id]
        if not certificate.is_held:
            ours.past.append(certificate)
            continue
        ours.held = certificate
        if certificate.check_id and certificate.state == CertificateState.GRANTED:
            ours.check = AskedCheck(certificate.check_id, certificate.check_due_on)
    for row in Application.objects.filter(company__in=ids).select_related("campaign").order_by("-id"):
        ours = found[row.company_id]
        if row.state in OPEN:
            ours.application = row
        elif ours.last is None:
            ours.last = row
    return found


def following(access: Access, held: Certificate | None, *, today: date) -> NextLevel:
    """What a company that holds this, or nothing, may ask for. One statement."""
    days = common_rules(access.own_network, today).certificate_reminder_days
    return next_level(Level(held.level) if held else None, held.valid_to if held else None, days=days, today=today)


def looked(access: Access, application: Application) -> None:
    audit.look(Look.Kind.DETAIL, application, by=access, place="certification:application")


def proof_for(access: Access, application: Application, public_id: UUID) -> Upload:
    """A proof's file, for the office. Raises Http404."""
    proof = Proof.objects.filter(answer__application=application, public_id=public_id).select_related("upload").first()
    if proof is None:
        raise Http404
    return proof.upload
