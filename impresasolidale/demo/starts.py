"""Before the start: a template for each Ambito, two placements that came in running on paper, a person offered to a neighbour."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Todo, Upload
from placements.agreements import start_documents
from placements.agreements.caps import Declared, Use, measure
from placements.agreements.enums import INHERITED_TODO, AllowanceModel, PlacementState
from placements.agreements.models import DeclaredUse, HandOver, PaperStart, ProjectTemplate, ReadinessItem
from placements.agreements.services.hand_over import TODO
from placements.agreements.transitions import PLACEMENT

from .papers import scan_of
from .placements import Placed
from .world import World

AFTER = timedelta(days=3)  # between its first day and the day it came in, in the same month
TEMPLATES = (
    ("Laboratorio, mattina", "Assemblaggio e confezionamento semplice, controllo dei pezzi, ordine del banco."),
    ("Cucina e sala", "Preparazione dei tavoli, lavaggio, piccoli aiuti in cucina."),
    ("Verde e orto", "Semina, cura delle piante, pulizia dei vialetti, raccolta."),
)
GOALS = ["Arrivare in orario da solo o da sola", "Finire un compito prima di cominciarne un altro", "Chiedere aiuto quando serve"]


def mark_inherited(world: World, placed: list[Placed]) -> list[Placed]:
    """One running placement of Tirano and one of Morbegno ran on paper first: nobody prepared or validated them here."""
    found = []
    for district in world.districts[1:]:
        one = next(
            p
            for p in placed
            if p.row.ambito_id == district.ambito.pk
            and p.row.state == PlacementState.ACTIVE
            and p.row.starts_on.day <= 20
            and not p.is_falling
        )
        one.row.entered_on = one.row.starts_on + AFTER
        one.row.validated_by, one.row.validated_at = None, None
        walked = {f"{PLACEMENT.code}.{name}" for name in one.steps}
        facts = world.pending[Fact]
        facts[:] = [f for f in facts if not (f.subject_id == one.row.pk and f.code in walked)]
        found.append(one)
    return found


def create_starts(world: World, inherited: list[Placed], placed: list[Placed]) -> None:
    """The rest, once papers and lights are there."""
    for district, (name, tasks) in zip(world.districts, TEMPLATES, strict=True):
        world.new(
            ProjectTemplate,
            ambito=district.ambito,
            name=name,
            tasks=tasks,
            goals=GOALS,
            week=[[0, "09:00", 240], [2, "09:00", 240], [4, "09:00", 240]],
            allowance_model=AllowanceModel.MONTHLY_THRESHOLD,
            allowance_amount=Decimal(350),
        )
    for one in inherited:
        _came_in(world, one)
    _offered(world, inherited, placed)


def _came_in(world: World, one: Placed) -> None:
    row, signed_on = one.row, one.steps["signed"]
    assert row.entered_on
    protocol = f"{1200 + row.pk}/{signed_on.year}"
    scan = scan_of("Progetto firmato su carta. Documento di prova.")
    upload = world.new(
        Upload,
        ambito_id=row.ambito_id,
        kind="agreements.inherited",
        subject_type=row._meta.label_lower,
        subject_id=row.pk,
        original_name="progetto firmato.pdf",
        content_type="application/pdf",
        file_hash=hashlib.sha256(scan).hexdigest(),
        size=len(scan),
        created_by=one.person.referent,
    )
    upload.file_name = f"agreements.inherited/{row.entered_on.year}/{upload.public_id}.pdf"
    default_storage.delete(upload.file_name)  # left by a seed that did not finish
    default_storage.save(upload.file_name, ContentFile(scan))
    world.new(PaperStart, ambito=row.ambito, placement=row, scan=upload, signed_on=signed_on, protocol=protocol)
    world.new(
        DeclaredUse,
        ambito=row.ambito,
        beneficiary=one.person.row,
        placement=row,
        minutes=12 * 60,
        year=row.entered_on.year,
        amount=Decimal(120),
        source="foglio delle presenze tenuto dal tutor aziendale",
        said_on=row.entered_on,
        created_by=one.person.referent,
    )
    data = {"protocol": protocol, "signed_on": signed_on.isoformat()}
    world.fact("agreements.placement.inherited", row, on=row.entered_on, by=one.person.referent, data=data)
    for item in world.pending[ReadinessItem]:
        if item.placement_id == row.pk and item.is_open:
            title = f"Tirocinio ereditato, da completare: {item.get_kind_display()}, {one.person.row}"
            _todo(
                world,
                f"{INHERITED_TODO}{item.kind}",
                row,
                title,
                f"/tirocini/{row.public_id}/",
                row.ambito_id,
                row.entered_on + timedelta(days=30),
            )


def _offered(world: World, inherited: list[Placed], placed: list[Placed]) -> None:
    """Somebody of Tirano moves to Morbegno, which has not answered yet."""
    here, there = world.districts[1], world.districts[2]
    one = next(
        p
        for p in placed
        if p.row.ambito_id == here.ambito.pk and p.row.state == PlacementState.ACTIVE and p not in inherited
        and p.row.ends_on > world.today + timedelta(days=40)
    )  # fmt: skip
    meter = measure([Use(start=one.row.starts_on, to=one.row.ends_on, company_id=one.row.company_id)], list[Declared](), here.rules)
    reason, last_day, told_on = "Va a vivere con la sorella, vicino a Morbegno.", world.today + timedelta(days=30), world.ago(2)
    row = world.new(
        HandOver,
        ambito=here.ambito,
        to_ambito=there.ambito,
        beneficiary=one.person.row,
        placement=one.row,
        reason=reason,
        informed_on=told_on,
        last_day=last_day,
        content=start_documents.hand_over(one.person.row, one.row, one.project, meter, reason=reason, last_day=last_day, told_on=told_on),
        created_by=one.person.referent,
    )
    world.fact("agreements.hand_over.offered", row, on=world.ago(1), by=one.person.referent, data={"to": there.ambito.pk})
    _todo(world, TODO, row, "Un passaggio aspetta la vostra risposta", f"/tirocini/passaggi/{row.public_id}/", there.ambito.pk, last_day)


def _todo(world: World, kind: str, subject: Any, title: str, url: str, ambito_id: int, due_on: Any) -> None:
    world.new(
        Todo,
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        title=title,
        url=url,
        role=Role.SOCIAL_WORKER,
        due_on=due_on,
        ambito_id=ambito_id,
    )
