"""What offices and companies wrote to each other."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.lookups import found
from impresasolidale.core.models import Look, Todo, Upload
from impresasolidale.core.periods import in_force
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito

from ..models import Company, Contact, Engagement, Post, StrayMail, Thread
from .companies import companies

MESSAGE = "hosts.message"
NEWEST = ("-last_at", "-id")


def whom_to_write(company: Company, on: date) -> list[tuple[str, str]]:
    """(address, who it is) to choose from: whom the office asks there, who signs in for it, its tutors of the day, the company itself."""
    asked = Contact.objects.filter(in_force(on), company=company).exclude(email="").order_by("last_name", "id")
    users = Membership.objects.in_force(on).filter(company=company, role=Role.COMPANY_CONTACT).select_related("user")
    engaged = Engagement.objects.filter(in_force(on), company=company).select_related("tutor").order_by("tutor__last_name", "id")
    rows = [
        *((row.email, str(row)) for row in asked),
        *((held.user.email, str(held.user)) for held in users.order_by("user__last_name", "id")),
        *((row.tutor.email, str(row.tutor)) for row in engaged),
        *([(company.email, company.name)] if company.email else []),
    ]
    known: dict[str, str] = {}
    for address, name in rows:
        known.setdefault(address.lower(), name)
    return [(address, f"{name}, {address}") for address, name in known.items()]


def addresses_of(company: Company, on: date) -> set[str]:
    """The mail addresses we know of a company."""
    return {address for address, _name in whom_to_write(company, on)}


def _waiting(subject: Any) -> Any:
    return found(Todo.objects.filter(kind=MESSAGE, subject_type=Thread._meta.label_lower, subject_id=subject, done_at=None))


def threads(access: Access, *, company: Company | None = None) -> QuerySet[Thread]:
    """Those of the active Ambito, each with `waits`: not None while the company waits for an answer."""
    rows = Thread.objects.filter(ambito_id=access.ambito_id).select_related("company").annotate(waits=_waiting(OuterRef("pk")))
    return rows.filter(company=company) if company else rows


def threads_page(access: Access, query: QueryDict, *, company: Company | None = None) -> Slice:
    """One page, those with the newest message first. The look is logged."""
    page = page_of(threads(access, company=company), query, order=NEWEST)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:threads", subject_type="hosts.thread")
    return page


def thread_for(access: Access, company: Company, public_id: UUID) -> Thread:
    """404 for one of another Ambito. The look is logged."""
    row = get_object_or_404(threads(access, company=company), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="hosts:thread")
    return row


def posts_of(thread: Thread) -> list[Post]:
    """All that was written, the oldest first, each with its `files`. Two queries."""
    rows = list(Post.objects.filter(thread=thread).select_related("created_by").order_by("id"))
    files: dict[int, list[Upload]] = {row.pk: [] for row in rows}
    for file in Upload.objects.filter(subject_type=Post._meta.label_lower, subject_id__in=files).order_by("id"):
        files[file.subject_id].append(file)
    for row in rows:
        row.files = files[row.pk]  # type: ignore[attr-defined]
    return rows


def file_of(thread: Thread, public_id: UUID) -> Upload:
    """A file that came with a message of this thread."""
    posts = Post.objects.filter(thread=thread).values("pk")
    return get_object_or_404(Upload, subject_type=Post._meta.label_lower, subject_id__in=posts, public_id=public_id)


# --- As the company reads them


def _everywhere(access: Access) -> Access:
    """A contact's Access in every Ambito of the network: who writes to a company may have nobody placed there yet."""
    ambiti = Ambito.objects.filter(network_id=access.network_id).values_list("pk", flat=True)
    return replace(access, ambiti=frozenset(ambiti))


def our_threads(access: Access, query: QueryDict) -> Slice:
    """The threads of the companies whose contact is signed in, with every office. The look is logged."""
    with scope(_everywhere(access).scope):
        rows = Thread.objects.filter(company__in=access.contact_for).select_related("company", "ambito")
        page = page_of(rows, query, order=NEWEST)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="desk:our_threads", subject_type="hosts.thread")
    return page


def our_thread(access: Access, public_id: UUID) -> Thread:
    """One of them; 404 for any other. The look is logged."""
    with scope(_everywhere(access).scope):
        rows = Thread.objects.filter(company__in=access.contact_for).select_related("company", "ambito")
        row = get_object_or_404(rows, public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="desk:our_thread")
    return row


def of_office(thread: Thread) -> Access:
    """The application in the office of a thread that somebody was let into: its messages and files are read there."""
    network_id = Ambito.objects.values_list("network_id", flat=True).get(pk=thread.ambito_id)
    return Access.system(network_id=network_id, ambito_id=thread.ambito_id, reason="thread of a company")


# --- Put aside


def strays(access: Access) -> QuerySet[StrayMail]:
    """Mails put aside that nobody has looked at yet, the newest first, without their bytes."""
    return StrayMail.objects.filter(network_id=access.network_id, seen_at=None).defer("raw").order_by("-id")


def likely_company(access: Access, row: StrayMail) -> Company | None:
    """The company a mail that was put aside may come from: one that is written to at the address of its sender."""
    if not row.sender:
        return None
    written = Q(email__iexact=row.sender) | Q(contacts__email__iexact=row.sender)
    return companies(access).filter(written).order_by("id").first()


def stray_for(access: Access, public_id: UUID) -> StrayMail:
    return get_object_or_404(StrayMail.objects.filter(network_id=access.network_id).defer("raw"), public_id=public_id)


def note_looks(rows: Iterable[StrayMail], *, by: Access) -> None:
    audit.look(Look.Kind.LIST, rows, by=by, place="hosts:strays", subject_type="hosts.straymail")
