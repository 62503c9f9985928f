"""Writes about papers: many awards at once, a correction, the attestati of the past, the dossier for the Chamber."""

import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.kept import store
from impresasolidale.core.models import Document
from impresasolidale.core.scope import scope
from impresasolidale.territory.selectors import common_rules, name_key
from solidarity_fund.enums import SittingState

from .. import documents, history
from ..enums import ApplicationState, CertificateState, Level
from ..models import AgendaItem, Application, AwardItem, AwardRun, Campaign, Certificate, HistoricalAward, Sitting
from ..selectors import papers as selectors
from ..selectors.commission import carried_of
from ..words import USUAL
from .applications import grant_application
from .commission import COMMISSION, grant_case

MOST = 1000  # applications in one run
CHUNK = 10  # awarded in one transaction: what a worker that falls over leaves undone, and does again
AGAIN = timedelta(seconds=4)  # until the papers are looked for again


# --- Many at once


@transaction.atomic
def order_awards(
    *, applications: Collection[UUID], by: Access, today: date, campaign: Campaign | None = None, sitting: Sitting | None = None
) -> AwardRun:
    """Have these applications granted in the background, each by the rules of one alone. Refuses none, and more than a thousand."""
    by.require(Permission.DECIDE_CERTIFICATES)
    rows = list(
        Application.objects.filter(network_id=by.network_id, public_id__in=applications, state=ApplicationState.READY)
        .order_by("company__search_key", "pk")
        .values_list("pk", flat=True)
    )
    if not rows:
        raise DomainError(_("Non c'è nessuna domanda pronta per la decisione."))
    if len(rows) > MOST:
        raise DomainError(_("Al massimo %(most)d domande per volta.") % {"most": MOST})
    if AwardItem.objects.filter(application__in=rows, certificate=None, refused="", run__cancelled_at=None).exists():
        raise Conflict(_("Di queste domande si sta già occupando un altro rilascio: aspetta che finisca."))
    assert by.network_id
    run = AwardRun.objects.create(
        network_id=by.network_id, campaign=campaign, sitting=sitting, on=today, total=len(rows), created_by_id=by.actor_id
    )
    AwardItem.objects.bulk_create(AwardItem(network_id=by.network_id, run=run, application_id=pk) for pk in rows)
    record_fact("certification.award_run.ordered", run, by=by, total=run.total)
    enqueue("certification.award_some", by=by, run_id=run.pk)
    return run


@transaction.atomic
def order_sitting(*, sitting: Sitting, by: Access, today: date) -> AwardRun:
    """Have all that the votes of an open sitting say yes to decided and awarded in one run. Raises DomainError when there is none, Conflict
    for a sitting that is not open or that a run is busy with."""
    by.require(Permission.KEEP_SITTINGS)
    row: Sitting = COMMISSION.locked(sitting, SittingState.OPEN)
    found = carried_of(row)
    if not found:
        raise DomainError(_("Nessun caso ha già i voti per un sì: prima si scrivono i voti."))
    return order_awards(applications=[application.public_id for application in found], by=by, today=today, sitting=row)


def award_some(*, run_id: int, by: Access) -> dict[str, int]:
    """The job's work: the next few of a run, then the job of the next few. All in the job's transaction: done and told to be done, or
    neither; so no company is awarded twice, and none is left out. Who is refused stands with the words why and stops nobody."""
    run = AwardRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run_id)
    if not run.is_going:
        return {"done": run.done}
    waiting = run.items.filter(certificate=None, refused="").select_related("application").order_by("pk")
    for item in list(waiting[:CHUNK]):
        try:
            with transaction.atomic():
                item.certificate = _award(run, item, by)
        except DomainError as error:
            item.refused = str(error.words)[:300]
        item.save(update_fields=["certificate", "refused"])
        run.done += 1
    run.save(update_fields=["done"])
    enqueue("certification.award_some" if run.done < run.total else "certification.bundle_awards", by=by, run_id=run.pk)
    return {"done": run.done}


def _award(run: AwardRun, item: AwardItem, by: Access) -> Certificate:
    if run.sitting is None:
        return grant_application(application=item.application, by=by, today=run.on)
    case = AgendaItem.objects.select_related("sitting").get(sitting=run.sitting, application=item.application)
    return grant_case(item=case, by=by, today=run.on)


@transaction.atomic
def cancel_run(*, run: AwardRun, by: Access, now: datetime) -> AwardRun:
    """Stop a run: what is awarded stays awarded, with its papers; the others wait as before. Refuses one that is over."""
    by.require(Permission.DECIDE_CERTIFICATES)
    row = AwardRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    if not row.is_going:
        raise Conflict(_("Questo rilascio è già finito."))
    if row.done == row.total:
        raise Conflict(_("Le decisioni sono già tutte prese: mancano solo i file."))
    row.cancelled_at = now
    row.save(update_fields=["cancelled_at"])
    record_fact("certification.award_run.cancelled", row, by=by, done=row.done)
    enqueue("certification.bundle_awards", by=by, run_id=row.pk)
    return row


def bundle_awards(*, run_id: int, by: Access, now: datetime) -> dict[str, int]:
    """The job's work when a run is over: its two files, once every paper is there; until then it asks for itself again."""
    run = AwardRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run_id)
    if run.finished_at:
        return {}
    papers = [cast(Certificate, item.certificate).document for item in selectors.awarded(run)]
    if any(paper and paper.state == Document.State.PENDING for paper in papers):
        enqueue("certification.bundle_awards", by=by, run_after=now + AGAIN, run_id=run.pk)
        return {}
    ready = [paper for paper in papers if paper and paper.state == Document.State.READY]
    if ready:
        run.zip_name, run.zip_hash = _keep(run, "zip", zipped((file_name_of(p), _bytes(p)) for p in ready))
        run.print_name, run.print_hash = _keep(run, "pdf", _printable(_bytes(p) for p in ready))
    run.finished_at = now
    run.save(update_fields=["zip_name", "zip_hash", "print_name", "print_hash", "finished_at"])
    record_fact("certification.award_run.finished", run, by=by, papers=len(ready))
    return {"papers": len(ready)}


def _keep(run: AwardRun, suffix: str, data: bytes) -> tuple[str, str]:
    wanted = f"certification/award_run/{run.on.year}/{run.public_id}.{suffix}"
    return store(wanted, ContentFile(data)), hashlib.sha256(data).hexdigest()


def _bytes(paper: Document) -> bytes:
    with default_storage.open(paper.file_name) as file:
        return bytes(file.read())


def file_name_of(paper: Document) -> str:
    """ "2026-000123 Panificio Rossi.pdf"."""
    company = re.sub(r"[^\w .()-]", "_", cast(dict[str, Any], paper.context)["company"])[:80].strip()
    return f"{paper.number.replace('/', '-')} {company}.pdf"


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files as a ZIP, with no clock in it: the same files, the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _printable(files: Iterable[bytes]) -> bytes:
    """All pages in one PDF, for the printer: the seals stay in the single files."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as whole:
        for data in files:
            with pikepdf.open(io.BytesIO(data)) as one:
                del one.Root.AcroForm
                for page in one.pages:
                    if "/Annots" in page:
                        del page.Annots
                whole.pages.extend(one.pages)
        whole.save(out, deterministic_id=True)
    return out.getvalue()


# --- A correction


@transaction.atomic
def correct_certificate(*, certificate: Certificate, reason: str, by: Access, today: date) -> Document:
    """A paper with a slip (a name, a comune) is issued again as the data say today: the new one supersedes it, with the same validity.

    Refuses without a reason, and for a recognition that does not hold.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    if not reason.strip():
        raise ReasonRequired
    row = (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("application", "scheme", "document")
        .get(pk=certificate.pk)
    )
    if row.state != CertificateState.GRANTED or row.document is None:
        raise Conflict(_("Si corregge solo l'attestato di un riconoscimento valido."))
    former, rules = row.document, common_rules(row.network_id, today)
    word = cast(dict[str, Any], former.context).get("word", USUAL)  # a slip is mended, not how the network speaks
    row.document = issue(
        kind=documents.KIND,
        kind_label=former.kind_label,
        template=documents.TEMPLATE,
        subject=row.application or row,
        context=documents.certificate_context(row, threshold=rules.small_number_threshold, word=word),
        today=today,
        by=by,
        network_id=row.network_id,
        supersedes=former,
    )
    row.save(update_fields=["document"])
    record_fact("certification.certificate.corrected", row, by=by, reason=reason.strip(), number=row.document.number)
    return row.document


# --- The attestati of the past


@transaction.atomic
def import_history(
    *, rows: list[list[str]], by: Access, is_trial: bool = False
) -> tuple[history.Read, list[tuple[history.Named, Company]]]:
    """Write what a table says of the attestati of the past (rule 86): companies that are known, and numbers by area.

    Gives what was read and the companies that were found; a row that cannot be understood, or whose company is not known, is among the
    wrong ones, and nothing of it is written. A number that comes again takes the place of the one before; a company has the attestato of
    a year once. `is_trial`: nothing is written. Raises DomainError on "file" for a table without the columns.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    assert by.network_id
    try:
        found = history.read(rows)
    except ValueError as error:
        raise DomainError(str(error), field="file") from error
    matched = _matched(found, by.network_id)
    if not is_trial:
        _write(found, matched, by)
    return found, matched


def _matched(found: history.Read, network_id: int) -> list[tuple[history.Named, Company]]:
    keys = {name_key(row.company) for row in found.named if row.company}
    companies = Company.objects.filter(network_id=network_id, merged_into=None)
    by_vat = {c.partita_iva: c for c in companies.filter(partita_iva__in={row.vat for row in found.named if row.vat})}
    by_name: dict[str, list[Company]] = {}
    for company in companies.filter(search_key__in=keys):
        by_name.setdefault(company.search_key, []).append(company)
    matched: list[tuple[history.Named, Company]] = []
    seen: set[tuple[int, int]] = set()
    for row in found.named:
        same = [by_vat[row.vat]] if row.vat in by_vat else by_name.get(name_key(row.company), []) if row.company else []
        if len(same) != 1:
            words = _("Di imprese con questo nome ce n'è più d'una: serve la partita IVA.") if same else _("Questa impresa non c'è ancora.")
            found.wrong.append((row.line, words))
        elif (same[0].pk, row.year) not in seen:
            seen.add((same[0].pk, row.year))
            matched.append((row, same[0]))
    return matched


def _write(found: history.Read, matched: list[tuple[history.Named, Company]], by: Access) -> None:
    assert by.network_id
    ids = sorted(company.pk for _row, company in matched)
    list(Company.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))  # two imports at once
    kept = Certificate.objects.filter(level=Level.ATTESTATO_2015, company_id__in=ids).values_list("company_id", "valid_from__year")
    there = set(kept)
    for row, company in matched:
        if (company.pk, row.year) in there:
            continue
        made = Certificate.objects.create(
            network_id=by.network_id,
            company=company,
            level=Level.ATTESTATO_2015,
            valid_from=date(row.year, 12, 31),
            created_by_id=by.actor_id,
        )
        record_fact("certification.certificate.imported", made, by=by, year=row.year)
    HistoricalAward.objects.bulk_create(
        [
            HistoricalAward(network_id=by.network_id, year=year, area=area, companies=companies, created_by_id=by.actor_id)
            for (year, area), companies in found.counts.items()
        ],
        update_conflicts=True,
        unique_fields=["network", "year", "area"],
        update_fields=["companies"],
    )


# --- The dossier for the Chamber


@transaction.atomic
def issue_dossier(*, company: Company, by: Access, today: date) -> Document:
    """The same evidence in the order of the Chamber's three forms (domain.md §4.1): the office makes it, or the company's own contact.

    Refuses for a company without a recognition in force.
    """
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    system = Access.system(network_id=company.network_id, ambito_id=None, reason="a company's own paper")
    with scope(system.scope), translation.override("it"):  # what is stored reads the same whoever caused it
        certificate = selectors.in_force_of(company, today)
        if certificate is None:
            raise DomainError(_("Il fascicolo si prepara per un'impresa con un riconoscimento valido."))
        threshold = common_rules(company.network_id, today).small_number_threshold
        paper = issue(
            kind=documents.DOSSIER,
            kind_label=_("Fascicolo per la Camera di commercio"),
            template=documents.DOSSIER_TEMPLATE,
            subject=company,
            context=documents.dossier_context(certificate, proofs=selectors.proofs_of(certificate), threshold=threshold),
            today=today,
            by=system,
            network_id=company.network_id,
            supersedes=selectors.dossier_of(company),
        )
    record_fact("certification.dossier.issued", company, by=by, number=paper.number)
    return paper


def dossier_files(*, company: Company, by: Access, today: date) -> list[tuple[str, bytes]]:
    """What goes into the dossier's ZIP: the dossier, the certificate, the proofs in their order. Raises Http404 for who reaches none."""
    certificate, paper, proofs = selectors.dossier_parts(by, company, today=today)
    files = [("1 Fascicolo.pdf", _bytes(paper))]
    if certificate.document and certificate.document.state == Document.State.READY:
        files.append((f"2 Attestato {certificate.document.number.replace('/', '-')}.pdf", _bytes(certificate.document)))
    for n, proof in enumerate(proofs, 1):
        with default_storage.open(proof.upload.file_name) as file:
            files.append((f"3.{n} {proof.upload.original_name}", bytes(file.read())))
    return files
