"""The case files: a few lines of diary, some papers, a case that passed to a colleague, and one person registered twice."""

import hashlib
from datetime import date, timedelta
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Upload
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import name_key
from placements.agreements.models import Placement
from placements.beneficiaries.enums import CareRole, DiaryKind, DocumentCategory, ReferringService
from placements.beneficiaries.models import Beneficiary, CareMember, DiaryEntry, PersonDocument, Referral
from placements.beneficiaries.services.case_file import FILE_KIND
from placements.beneficiaries.services.team import HANDED_OVER

from . import names
from .papers import scan_of
from .people import Person
from .placements import Placed
from .users import People
from .world import World

STORIES = 60  # people with a diary: enough to look at, however large the seed
LINES = (
    (DiaryKind.CALL, "Sentito il tutor: arriva puntuale e ha imparato a preparare il banco da solo."),
    (DiaryKind.CALL, "La persona chiede di spostare il giovedì al venerdì. Ne parliamo con l'impresa."),
    (DiaryKind.MEETING, "Incontro in azienda con tutor ed educatore. Il primo obiettivo è quasi raggiunto."),
    (DiaryKind.NOTE, "Da questa settimana arriva con la corriera delle 8.10, senza accompagnamento."),
    (DiaryKind.DECISION, "D'accordo con l'impresa: un'ora in più il mercoledì, dal mese prossimo."),
    (DiaryKind.MAIL, "Mandato all'impresa il calendario del mese."),
    (DiaryKind.MEETING, "Colloquio in ufficio: è contenta dei compiti, chiede di provare anche il magazzino."),
    (DiaryKind.CALL, "Il tutor avvisa che per due giorni l'impresa è chiusa: le ore si recuperano."),
)
PAPERS = (
    (DocumentCategory.IDENTITY_CARD, "Carta d'identità", 3650),
    (DocumentCategory.MEDICAL_FITNESS, "Giudizio di idoneità", 365),
    (DocumentCategory.OTHER, "Curriculum", None),
)


def create_case_files(world: World, people: People, persons: dict[int, list[Person]], placed: list[Placed]) -> None:
    rng = Random(f"{world.number} case files")  # of its own: what comes after stays as it was
    for one in placed[:STORIES]:
        _diary(world, rng, one)
    for n, one in enumerate(placed[:STORIES]):
        if n % 4 == 0:
            _paper(world, one.person, *PAPERS[n // 4 % len(PAPERS)])
    home = world.districts[0].ambito.pk
    for person in persons[home][4:6]:
        _passed_on(world, people, person)
    _twin(world, persons[home][0])


def _diary(world: World, rng: Random, one: Placed) -> None:
    begin, end = one.row.starts_on - timedelta(days=12), min(one.row.last_day, world.today)
    if begin >= end:
        return
    days = sorted(rng.randint(0, (end - begin).days) for _line in range(rng.randint(1, 5)))
    for number, (day, (kind, text)) in enumerate(zip(days, rng.sample(LINES, len(days)), strict=True)):
        entry = world.new(
            DiaryEntry,
            ambito=one.person.row.ambito,
            beneficiary=one.person.row,
            kind=kind,
            happened_at=world.at(begin + timedelta(days=day), 9 + number, 15),
            text=text,
            subject_type=Placement._meta.label_lower,
            subject_id=one.row.pk,
            created_by=one.person.educator if number % 2 else one.person.referent,
        )
        if number == 4:  # somebody read it again
            world.new(
                DiaryEntry,
                ambito=entry.ambito,
                beneficiary=entry.beneficiary,
                kind=kind,
                happened_at=entry.happened_at,
                text=f"{text} Vale per tutto il mese.",
                subject_type=entry.subject_type,
                subject_id=entry.subject_id,
                supersedes=entry,
                created_by=entry.created_by,
            )


def _paper(world: World, person: Person, category: DocumentCategory, note: str, days: int | None) -> None:
    dated_on = world.ago(340)
    scan = scan_of(f"{note}. Documento di prova.")
    upload = world.new(
        Upload,
        ambito=person.row.ambito,
        kind=FILE_KIND,
        subject_type=Beneficiary._meta.label_lower,
        subject_id=person.row.pk,
        original_name="documento.pdf",
        content_type="application/pdf",
        file_hash=hashlib.sha256(scan).hexdigest(),
        size=len(scan),
        created_by=person.referent,
    )
    upload.file_name = f"{FILE_KIND}/{dated_on.year}/{upload.public_id}.pdf"
    default_storage.delete(upload.file_name)  # left by a seed that did not finish
    default_storage.save(upload.file_name, ContentFile(scan))
    world.new(
        PersonDocument,
        ambito=person.row.ambito,
        beneficiary=person.row,
        category=category,
        dated_on=dated_on,
        expires_on=dated_on + timedelta(days=days) if days else None,
        note=note,
        upload=upload,
        created_by=person.referent,
    )


def _passed_on(world: World, people: People, person: Person) -> None:
    """Before today's referent there was a colleague."""
    workers = people.offices[person.row.ambito_id].workers
    former = next((worker for worker in workers if worker != person.referent), None)
    (member,) = [m for m in world.pending[CareMember] if m.beneficiary == person.row and m.role == CareRole.REFERENT]
    if former is None:
        return
    on: date = member.valid_from + timedelta(days=90)
    world.new(
        CareMember,
        ambito=person.row.ambito,
        beneficiary=person.row,
        user=former,
        role=CareRole.REFERENT,
        valid_from=member.valid_from,
        valid_to=on - timedelta(days=1),
    )
    member.valid_from = on
    data = {"before": [former.pk], "to": person.referent.pk, "on": on.isoformat()}
    world.fact(HANDED_OVER, person.row, on=on, by=former, reason="Ridistribuiamo le persone", data=data)


def _twin(world: World, person: Person) -> None:
    """The same person, registered again by a colleague from a slip of paper: a letter less, the wrong birthplace."""
    row = person.row
    last = row.last_name[:3] + row.last_name[4:]
    place = next(code for code, _share in names.BIRTHPLACES if code != row.birthplace.cadastral_code)
    code = names.codice_fiscale(row.first_name, last, row.sex, row.birth_date, place)
    twin = world.new(
        Beneficiary,
        ambito=row.ambito,
        first_name=row.first_name,
        last_name=last,
        search_key=name_key(f"{last} {row.first_name}"),
        codice_fiscale=code,
        codice_fiscale_hash=lookup_hash(code),
        birth_date=row.birth_date,
        sex=row.sex,
        birthplace=Comune.objects.get(cadastral_code=place),
        residence=row.residence,
        residence_ambito=row.residence_ambito,
        phone=row.phone,
        target_area=row.target_area,
        privacy_notice_on=world.ago(6),
        created_by=person.referent,
    )
    world.new(
        Referral,
        ambito=row.ambito,
        beneficiary=twin,
        service=ReferringService.SOCIAL_SERVICE,
        operator=person.referent.get_full_name(),
        received_on=world.ago(6),
        created_by=person.referent,
    )
    world.new(CareMember, ambito=row.ambito, beneficiary=twin, user=person.referent, role=CareRole.REFERENT, valid_from=world.ago(6))
    world.fact("beneficiaries.beneficiary.registered", twin, on=world.ago(6), by=person.referent)
