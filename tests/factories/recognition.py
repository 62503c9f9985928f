"""A scheme with every kind of criterion, companies that may ask, and the people who ask, check and decide."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from certification.enums import CheckedBy, CriterionKind, DecidedBy, Level, SchemeState, SizeBand
from certification.models import Application, Campaign, SchemeVersion
from certification.scheme import Area, Criterion, LevelRule, Scheme, Step
from certification.services import assessment, checks
from companies.hosts.models import Company
from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role

from .agreements import PDF
from .fixtures import TODAY

ONE = dict.fromkeys(SizeBand.values, 1)
SCHEME = Scheme(
    areas=(
        Area(
            "accogliere",
            "Accogliere",
            "Le persone accolte in tirocinio.",
            (
                Criterion(
                    "tirocini", "Tirocini accolti", "Quanti tirocini?", CriterionKind.CORE, CheckedBy.COMPUTED,
                    (Step(2, "almeno un tirocinio", ONE),), measure="ever",
                ),
                Criterion(
                    "visita", "Porte aperte", "Possiamo venire a vedere?", CriterionKind.ELECTIVE, CheckedBy.INTERVIEW,
                    (Step(1, "sì, una volta l'anno"), Step(2, "sì, quando volete")),
                ),
            ),
        ),
        Area(
            "persone",
            "Persone",
            "Chi lavora in azienda.",
            (
                Criterion(
                    "formazione", "Formazione", "Chi segue i tirocinanti è formato?", CriterionKind.ELECTIVE, CheckedBy.DOCUMENT,
                    (Step(2, "ha seguito un corso"),), proofs=("l'attestato del corso",),
                ),
                Criterion(
                    "parola", "Passaparola", "Ne parlate con altre imprese?", CriterionKind.BONUS, CheckedBy.DECLARED,
                    (Step(1, "sì"),),
                ),
            ),
        ),
    ),
    levels=(
        LevelRule(Level.ADERENTE, "Ha accolto.", 0, 2, decided_by=DecidedBy.OFFICE),
        LevelRule(Level.IMPRESA_SOLIDALE, "Accoglie e forma.", 2, 4),
        LevelRule(Level.AMBASCIATRICE, "Apre le porte.", 2, 6, validators=1),
    ),
    bonus_cap=1,
)  # fmt: skip


def publish_scheme(by: Access, *, scheme: Scheme = SCHEME, version: int = 1) -> SchemeVersion:
    return SchemeVersion.objects.create(
        network_id=by.network_id,
        version=version,
        name=f"Schema {version}",
        state=SchemeState.PUBLISHED,
        published_on=TODAY,
        validity_months=36,
        definition=scheme.to_json(),
    )


def open_campaign(by: Access, scheme: SchemeVersion, *, opens_on: date = TODAY, closes_on: date | None = None) -> Campaign:
    return Campaign.objects.create(network_id=by.network_id, name="Prova", scheme=scheme, opens_on=opens_on, closes_on=closes_on)


def contact_of(company: Company, *, number: int = 1, role: str = Role.COMPANY_CONTACT) -> User:
    """Somebody who enters the portal for a company."""
    user = User.objects.create_user(f"ref{number}@example.org", first_name="Rita", last_name=f"Referente {number}")
    Membership.objects.create(user=user, network_id=company.network_id, company=company, role=role, valid_from=date(2026, 1, 1))
    return user


def proof() -> SimpleUploadedFile:
    return SimpleUploadedFile("attestato.pdf", PDF, content_type="application/pdf")


ALL = {"accogliere": {"visita": (2, "Venite quando volete")}, "persone": {"formazione": (2, ""), "parola": (1, "")}}


def filled(company: Company, *, by: Access, today: date = TODAY, level: str = Level.IMPRESA_SOLIDALE) -> Application:
    """A draft of the company, answered in full, with its proof, and presented."""
    row = assessment.begin_application(company=company, by=by, today=today)
    for area, said in ALL.items():
        assessment.save_area(application=row, area=area, said=said, by=by)
    assessment.add_proof(application=row, criterion="formazione", file=proof(), words="Attestato", by=by)
    return assessment.submit_application(
        application=row, level=level, signed_by="Rita Referente", law68=True, safety=True, by=by, today=today
    )


def checked(application: Application, *, by: Access, today: date = TODAY) -> Application:
    """Looked at answer by answer, with a visit."""
    for criterion in ("visita", "formazione", "parola"):
        checks.review_answer(application=application, criterion=criterion, verdict="confirmed", points=None, note="", by=by)
    meeting = checks.plan_interview(application=application, kind="visit", planned_on=today, place="In sede", by=by, today=today)
    checks.hold_interview(interview=meeting, held_on=today, minutes="Accogliente.", by=by, today=today)
    return checks.finish_check(application=application, level=application.level, by=by, today=today)


def own_access(user: Any) -> Access:
    return access_for(user)
