"""Papers in bulk: the same rows as core.documents.issue leaves behind, numbered by date without gaps, rendered later by the worker."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from companies.training import documents as training_documents
from companies.training.models import Enrolment, Session
from impresasolidale.accounts.models import User
from impresasolidale.core.documents import BASE32
from impresasolidale.core.fields import canonical
from impresasolidale.core.jobs import CHANNEL, REGISTRY
from impresasolidale.core.models import Document, Job, NumberSeries, Upload, Verification
from placements.agreements import documents as agreement_documents
from placements.agreements.enums import AgreementState, ProjectState, SignatureMethod
from placements.agreements.models import FrameworkAgreement, PersonalProject, Signature
from placements.agreements.transitions import AGREEMENT

from .placements import AgreementPlan, Placed
from .users import People
from .world import World

RENDER = "core.render_document"
AT_ONCE = 60  # the newest papers are rendered when the worker starts, the others a quarter of an hour later
LATER = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass
class Paper:
    subject: Any
    kind: str
    kind_label: str
    template: str
    context: Callable[[], dict[str, Any]]
    on: date
    by: User | None
    ambito_id: int | None = None  # None: the network's

    @property
    def owner(self) -> str:
        return f"ambito:{self.ambito_id}" if self.ambito_id else f"network:{self.subject.network_id}"


class Press:
    """Issues papers in order of date and remembers the series; `close` writes series and jobs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.series: Counter[tuple[str, str, int]] = Counter()
        self.issued: list[tuple[Paper, Document]] = []

    def issue(self, papers: list[Paper]) -> list[Document]:
        """Documents in the order of `papers`. Papers of one kind must come in one call: numbers follow dates."""
        world, made = self.world, {}
        for paper in sorted(papers, key=lambda p: (p.on, p.kind, p.subject.pk)):
            series = (paper.owner, paper.kind, paper.on.year)
            self.series[series] += 1
            context = paper.context()
            network_id = None if paper.ambito_id else world.network.pk
            document = world.new(
                Document,
                ambito_id=paper.ambito_id,
                network_id=network_id,
                kind=paper.kind,
                kind_label=paper.kind_label,
                number=f"{paper.on.year}/{self.series[series]:06d}",
                subject_type=paper.subject._meta.label_lower,
                subject_id=paper.subject.pk,
                template=paper.template,
                context=context,
                context_hash=hashlib.sha256(canonical(context).encode()).hexdigest(),
                issued_on=paper.on,
                created_by=paper.by,
            )
            code = "".join(world.rng.choice(BASE32) for _ in range(26))
            world.pending[Verification].append(
                Verification(code=code, ambito_id=paper.ambito_id, network_id=network_id, document_id=document.pk)
            )
            world.fact("core.document.issued", document, on=paper.on, by=paper.by, data={"kind": paper.kind, "number": document.number})
            made[id(paper)] = document
            self.issued.append((paper, document))
        return [made[id(paper)] for paper in papers]

    def close(self) -> None:
        """The last number of every series, and a job for every file; the newest first."""
        world, now = self.world, timezone.now()
        for (owner, kind, year), last in sorted(self.series.items()):
            world.new(NumberSeries, owner=owner, kind=kind, year=year, last=last)
        for n, (paper, document) in enumerate(sorted(self.issued, key=lambda i: (i[0].on, i[1].pk), reverse=True)):
            world.new(
                Job,
                name=RENDER,
                label=str(REGISTRY[RENDER].label),
                arguments={"document_id": document.pk},
                network_id=world.network.pk,
                ambito_id=paper.ambito_id,
                actor_id=paper.by.pk if paper.by else None,
                run_after=now if n < AT_ONCE else now + LATER,
            )
        world.save((NumberSeries, Job))
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def issue_agreements(world: World, press: Press, placed: list[Placed]) -> None:
    """Framework agreements that left the desk: paper, signatures of the two parties, state."""
    plans = {one.agreement.row.pk: one.agreement for one in placed if one.agreement}
    sent = [plan for plan in plans.values() if plan.state != AgreementState.DRAFT]
    papers = [
        Paper(
            plan.row,
            agreement_documents.FRAMEWORK_AGREEMENT,
            "Convenzione quadro",
            "agreements/pdf/framework_agreement_v1.html",
            lambda row=plan.row: agreement_documents.framework_agreement(row),  # type: ignore[misc]
            plan.issued_on,
            plan.row.created_by,
            plan.row.ambito_id,
        )
        for plan in sent
    ]
    for plan, document in zip(sent, press.issue(papers), strict=True):
        plan.row.document, plan.row.state = document, AgreementState.ISSUED
        _agreement_fact(world, plan, "issued", plan.issued_on)
    FrameworkAgreement.objects.bulk_update([plan.row for plan in sent], ["document", "state"])
    signed = [plan for plan in sent if plan.state == AgreementState.SIGNED]
    for plan in signed:
        plan.row.state, plan.row.signed_on = AgreementState.SIGNED, plan.signed_on
        assert plan.row.document
        sign(world, plan.row.document, plan.row.ambito_id, plan.signed_on, plan.row.created_by)
        _agreement_fact(world, plan, "signed", plan.signed_on)
    FrameworkAgreement.objects.bulk_update([plan.row for plan in signed], ["state", "signed_on"])


def _agreement_fact(world: World, plan: AgreementPlan, name: str, on: date) -> None:
    step = AGREEMENT[name]
    by = plan.row.created_by if step.permission else None
    world.fact(f"agreements.framework_agreement.{name}", plan.row, on=on, by=by, before=step.sources[0], after=step.target)


def issue_projects(world: World, press: Press, placed: list[Placed]) -> dict[int, tuple[tuple[str, ...], set[str]]]:
    """Personal projects with their signatures; placement → (who must sign, who has signed)."""
    ready = [one for one in placed if one.has_papers]
    papers = [
        Paper(
            one.row,
            agreement_documents.PERSONAL_PROJECT,
            "Progetto personalizzato",
            "agreements/pdf/personal_project_v1.html",
            lambda one=one: agreement_documents.personal_project(one.row, one.project),  # type: ignore[misc]
            one.steps["issued"],
            one.person.referent,
            one.row.ambito_id,
        )
        for one in ready
    ]
    found = {}
    for n, (one, document) in enumerate(zip(ready, press.issue(papers), strict=True)):
        one.project.document, one.project.state = document, ProjectState.TO_SIGN
        wanted = tuple(signer["code"] for signer in _signers(document))
        # Those still to be signed wait for one party or two; where somebody acts for the host, for the host too.
        roles = wanted if one.is_signed else wanted[: 1 if one.place.contact else n % 2 + 1]
        on = one.steps["signed"] if one.is_signed else min(one.steps["issued"] + 2 * DAY, world.today)
        sign(world, document, one.row.ambito_id, on, one.person.referent, roles)
        found[one.row.pk] = (wanted, set(roles))
    PersonalProject.objects.bulk_update([one.project for one in ready], ["document", "state"])
    for one in ready:
        if one.is_signed:
            one.project.state = ProjectState.EFFECTIVE
    PersonalProject.objects.bulk_update([one.project for one in ready if one.is_signed], ["state"])
    return found


def issue_training(world: World, press: Press, people: People) -> None:
    """The certificates of attendance of tutors who followed the course for its hours."""
    attended = (
        Enrolment.objects.filter(certified_on__isnull=False).select_related("edition__course", "edition__network", "tutor").order_by("pk")
    )
    sessions: dict[int, list[Session]] = {}
    for session in Session.objects.order_by("on", "starts_at"):
        sessions.setdefault(session.edition_id, []).append(session)
    press.issue(
        [
            Paper(
                row,
                training_documents.CERTIFICATE,
                str(training_documents.CERTIFICATE_LABEL),
                training_documents.CERTIFICATE_TEMPLATE,
                lambda row=row: training_documents.certificate_context(row, sessions[row.edition_id]),  # type: ignore[misc]
                row.completed_on or world.today,
                people.trainer,
            )
            for row in attended
        ]
    )


def sign(world: World, document: Document, ambito_id: int, on: date, by: User | None, roles: tuple[str, ...] | None = None) -> None:
    """Signatures on paper of `roles` (everybody when not said), on one scan."""
    signers = [s for s in _signers(document) if roles is None or s["code"] in roles]
    if not signers:
        return
    scan = scan_of(f"{document.kind_label} {document.number}: le firme. Documento di prova.")
    upload = world.new(
        Upload,
        ambito_id=ambito_id,
        kind="agreements.signature",
        subject_type=document._meta.label_lower,
        subject_id=document.pk,
        original_name=f"firme {document.number.replace('/', '-')}.pdf",
        content_type="application/pdf",
        file_hash=hashlib.sha256(scan).hexdigest(),
        size=len(scan),
        created_by=by,
    )
    upload.file_name = f"agreements.signature/{on.year}/{upload.public_id}.pdf"
    default_storage.delete(upload.file_name)  # left by a seed that did not finish
    default_storage.save(upload.file_name, ContentFile(scan))
    for signer in signers:
        world.new(
            Signature,
            ambito_id=ambito_id,
            document=document,
            role=signer["code"],
            signer=signer["name"],
            method=SignatureMethod.PAPER,
            signed_on=on,
            scan=upload,
            context_hash=document.context_hash,
            created_by=by,
        )


def _signers(document: Document) -> list[dict[str, str]]:
    context: Any = document.context
    return list(context["signers"])


def scan_of(words: str) -> bytes:
    """A PDF page with one line of text, as small as can be."""
    text = words.encode("latin-1", "replace").replace(b"(", b"[").replace(b")", b"]")
    stream = b"BT /F 14 Tf 60 760 Td (" + text + b") Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
