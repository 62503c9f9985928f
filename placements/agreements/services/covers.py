"""Insurance covers: the promoter's, or a host's over its own placements (rules 19, 20).

The lights that a cover touches are judged by jobs, piece by piece, after the cover's own transaction: an Ambito may have thousands. A start
locks its placement before it reads the covers, and a piece locks it before it judges, so a start and a cover that is shortened never miss
each other: the start sees the cover as it is, or the piece sees the start.
"""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.todos import ask, close_deadline, done, done_for_all, set_deadline
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import rules_for

from .. import readiness
from ..enums import RUNNING, CoverKind, ItemKind
from ..models import Cover, Placement, ReadinessItem
from ..rules import DAY

EXPIRES = "agreements.cover_expires"
BARE = {"agreements.bare": Role.COORDINATOR, "agreements.bare_case": Role.SOCIAL_WORKER}
CHANGED, CHECK = CHECKS = ("agreements.covers_changed", "agreements.check_covered")  # the jobs: of the Ambito, and of each piece of it


@transaction.atomic
def add_cover(
    *,
    kind: str,
    number: str,
    insurer: str,
    valid_from: date,
    valid_to: date,
    by: Access,
    today: date,
    company: Company | None = None,
    asked_by: Placement | None = None,
) -> Cover:
    """Record a cover: the lights it touches turn, the office is reminded before it expires unless another follows it without a gap.

    `company`: the host that insures its own placements; without it the cover is the promoter's. `asked_by`: the placement whose light asked
    for it, judged at once.
    """
    by.require(Permission.RECORD_PROTOCOL)  # the office's paperwork: clerk and social worker
    if valid_to < valid_from:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="valid_to")
    cover = Cover.objects.create(
        ambito_id=by.ambito_id,
        kind=kind,
        company=company,
        number=number.strip(),
        insurer=insurer.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        created_by_id=by.actor_id,
    )
    record_fact("agreements.cover.recorded", cover, by=by, kind=kind)
    _settle(cover, by=by, today=today)
    if asked_by:
        check_covered(ids=[asked_by.pk], by=by, today=today)
    return cover


@transaction.atomic
def shorten_cover(*, cover: Cover, last_day: date, reason: str, by: Access, today: date) -> Cover:
    """The cover ends sooner than it said, e.g. the insurer gave notice. Who is left bare turns red, and whoever follows them is asked."""
    row = _to_change(cover, reason, by=by)
    if not row.valid_from <= last_day < row.valid_to:
        words = _("Scegli un giorno dal %(first)s al %(last)s, prima della fine che c'è già.")
        raise DomainError(words % {"first": f"{row.valid_from:%d/%m/%Y}", "last": f"{row.valid_to - DAY:%d/%m/%Y}"}, field="last_day")
    row.valid_to = last_day
    row.save(update_fields=["valid_to"])
    record_fact("agreements.cover.shortened", row, by=by, reason=reason.strip())
    _settle(row, by=by, today=today)
    return row


@transaction.atomic
def withdraw_cover(*, cover: Cover, reason: str, by: Access, today: date) -> Cover:
    """The cover never held, e.g. it was written by mistake. It stays in the list, and covers nothing."""
    row = _to_change(cover, reason, by=by)
    row.withdrawn_at, row.withdrawn_reason = timezone.now(), reason.strip()[:300]
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record_fact("agreements.cover.withdrawn", row, by=by, reason=row.withdrawn_reason)
    _settle(row, by=by, today=today)
    return row


def _to_change(cover: Cover, reason: str, *, by: Access) -> Cover:
    by.require(Permission.RECORD_PROTOCOL)
    if not reason.strip():
        raise ReasonRequired
    row = Cover.objects.select_for_update(of=("self",), no_key=True).get(pk=cover.pk)
    if row.withdrawn_at:
        raise Conflict(_("Questa copertura è già stata ritirata."))
    return row


def _settle(cover: Cover, *, by: Access, today: date) -> None:
    """What follows every change of a cover: reminders now; lights, and who must look at placements that run bare, by jobs."""
    _remind(cover, by=by, today=today)
    enqueue(CHANGED, by=by)


@transaction.atomic
def check_covered(*, ids: Collection[int], by: Access, today: date) -> None:
    """Of these placements of one Ambito: the lights again, and the to-dos about who runs bare. Safe to repeat."""
    readiness.refresh_many(ids=ids, by=by, today=today)
    _ask_about_bare(ids, by=by, today=today)


def _remind(cover: Cover, *, by: Access, today: date) -> None:
    """A deadline for each last day that no other cover of the same holder carries on."""
    _version, book = rules_for(Ambito.objects.get(pk=by.ambito_id), today)
    same = list(Cover.objects.filter(ambito_id=by.ambito_id, kind=cover.kind, company=cover.company).order_by("pk"))
    for row in same:
        goes_on = any(o.withdrawn_at is None and o.valid_from <= row.valid_to + DAY and o.valid_to > row.valid_to for o in same)
        if row.withdrawn_at or goes_on:
            close_deadline(kind=EXPIRES, subject=row)
            done(kind=EXPIRES, subject=row, by=by)
        else:
            set_deadline(
                kind=EXPIRES,
                subject=row,
                title=str(_("Scade una copertura: %(kind)s, %(number)s") % {"kind": CoverKind(row.kind).label, "number": row.number}),
                url=reverse("agreements:covers"),
                role=Role.CLERK,
                due_on=row.valid_to,
                by=by,
                remind_days=book.liability_reminder_days,
            )


def _ask_about_bare(ids: Collection[int], *, by: Access, today: date) -> None:
    """Who runs without a cover for all the days comes on the desks of coordinator and social worker, and goes when it is cured."""
    running = Placement.objects.filter(pk__in=ids, state__in=RUNNING)
    open_items = ReadinessItem.objects.filter(kind__in=(ItemKind.INAIL, ItemKind.LIABILITY), satisfied_at=None, waived_by=None)
    bare = list(running.filter(pk__in=open_items.values("placement")).select_related("beneficiary").order_by("pk"))
    cured = set(running.values_list("pk", flat=True)) - {placement.pk for placement in bare}
    for kind, role in BARE.items():
        done_for_all(kind=kind, model=Placement, ids=cured, by=by)
        for placement in bare:
            ask(
                kind=kind,
                subject=placement,
                title=str(_("È in corso senza copertura per tutti i suoi giorni: %(person)s") % {"person": placement.beneficiary}),
                url=reverse("agreements:detail", args=[placement.public_id]),
                role=role,
                by=by,
                due_on=today,
            )
