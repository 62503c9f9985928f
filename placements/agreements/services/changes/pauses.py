"""Suspensions: decided with their days and cause, begun and ended by themselves, recovered at the end (rules 32, 40, 52)."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, NotReady
from impresasolidale.core.transitions import perform
from impresasolidale.territory.rules import Severity

from ... import above, change_rules, schedule
from ...change_enums import SuspensionCause
from ...enums import RUNNING, PlacementState
from ...models import Placement, Suspension
from ...transitions import PLACEMENT
from ..flow import RED_START, refuse_red
from ._common import ask_about, lay_out_days, lock, note, touch

S = PlacementState
ONE_DAY = timedelta(days=1)


@transaction.atomic
def suspend_placement(
    *,
    placement: Placement,
    starts_on: date,
    cause: str,
    by: Access,
    today: date,
    ends_on: date | None = None,
    note_text: str = "",
    moves_end: bool | None = None,
    confirmed: bool = False,
    row_version: int | None = None,
) -> Suspension:
    """A pause with its days and cause (rule 52): from today the placement is suspended now, later by itself on its day. In the past only
    for causes known afterwards, never in a confirmed month nor over days of presence. `confirmed`: the tick when the days are many."""
    runs_today = starts_on <= today and (ends_on is None or ends_on >= today)
    row = lock(placement, by=by, row_version=row_version, states=(S.ACTIVE,) if runs_today else RUNNING)
    others = schedule.spans(row.suspensions.order_by("starts_on"))
    span = change_rules.Span(starts_on, ends_on)
    change_rules.check_suspension(
        span,
        cause=cause,
        note=note_text,
        others=others,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        today=today,
        settled=above.settled_months(row.pk) if starts_on < today else (),
    )
    change_rules.refuse_present(above.days_present(row.pk, starts_on, ends_on), field="starts_on")
    _refuse_many(row, [*others, span], confirmed=confirmed, today=today)
    pause = Suspension.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        starts_on=starts_on,
        ends_on=ends_on,
        cause=cause,
        note=note_text.strip(),
        moves_end=row.rulebook.rules.suspension_moves_end if moves_end is None else moves_end,
        decided_by_id=by.actor_id,
        created_by_id=by.actor_id,
    )
    if runs_today:
        _begin(pause, by=by)
    else:
        note("suspension.decided", row, by=by, reason=_words(pause))
        touch(row)
        if ends_on and ends_on < today:
            _ask_slide(row, pause, by=by)
    lay_out_days(row, by=by, since=min(starts_on, today))
    return pause


@transaction.atomic
def resume_placement(*, placement: Placement, by: Access, today: date, on: date | None = None, row_version: int | None = None) -> Placement:
    """Go on from `on` (today when not said): what became red meanwhile is put right first (NotReady). A later day is kept for then."""
    on = on or today
    row = lock(placement, by=by, row_version=row_version, states=(S.SUSPENDED,))
    pause = row.suspensions.filter(starts_on__lte=today).order_by("-starts_on").first()
    if pause and on < pause.starts_on:
        raise DomainError(_("La sospensione è cominciata dopo questo giorno."), field="on")
    if on > row.ends_on:
        raise DomainError(_("Il tirocinio finisce il %(day)s.") % {"day": f"{row.ends_on:%d/%m/%Y}"}, field="on")
    if on < today:
        change_rules.refuse_settled(on, above.settled_months(row.pk), field="on")
    if pause and (pause.ends_on is None or pause.ends_on >= on):
        _cut(pause, on)
    if on > today:
        note("suspension.until", row, by=by, reason=f"{on:%d/%m/%Y}")
        touch(row)
    else:
        row = cast("Placement", perform(PLACEMENT, "resumed", row, by=by, guard=lambda r: refuse_red(r, by=by, today=today)))
        if pause and pause.pk:
            _ask_slide(row, pause, by=by)
    lay_out_days(row, by=by, since=min(on, today))
    return row


@transaction.atomic
def cancel_suspension(*, suspension: Suspension, reason: str, by: Access, today: date) -> None:
    """Take back a pause that has not begun."""
    row = lock(suspension.placement, by=by)
    if suspension.starts_on <= today:
        raise Conflict(_("Questa sospensione è già cominciata: si può solo far riprendere il tirocinio."))
    if not reason.strip():
        raise DomainError(_("Scrivi il motivo: serve a chi leggerà dopo di te."), field="reason")
    words = _words(suspension)
    row.suspensions.filter(pk=suspension.pk).delete()
    note("suspension.cancelled", row, by=by, reason=f"{words}. {reason.strip()}")
    touch(row)
    lay_out_days(row, by=by)


def turn_pauses(*, ids: Collection[int], by: Access, today: date) -> dict[str, int]:
    """The change of day, of these placements: begin the pauses whose day has come, resume after those that are over. Safe to repeat."""
    counts = {"suspended": 0, "resumed": 0}
    begun = Suspension.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), placement__in=ids, starts_on__lte=today, placement__state=S.ACTIVE
    )
    for pause in begun.select_related("placement__beneficiary").order_by("pk"):
        with transaction.atomic():
            _begin(pause, by=by)
            lay_out_days(pause.placement, by=by)
        counts["suspended"] += 1
    running = Suspension.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)
    over = Placement.objects.filter(pk__in=ids, state=S.SUSPENDED, ends_on__gte=today, suspensions__ends_on__lt=today)
    for row in over.exclude(pk__in=running.values("placement")).select_related("beneficiary").distinct().order_by("pk"):
        try:
            resume_placement(placement=row, by=by, today=today)
            counts["resumed"] += 1
        except NotReady:
            for kind, role in RED_START.items():
                ask_about(kind, row, _("Non può riprendere, guarda il semaforo: %(person)s"), role, by=by, due_on=today)
    return counts


def _begin(pause: Suspension, *, by: Access) -> None:
    perform(PLACEMENT, "suspended", pause.placement, by=by, reason=_words(pause))


def _cut(pause: Suspension, on: date) -> None:
    """Its last day is the one before `on`; a pause that never had a day goes."""
    if on <= pause.starts_on:
        pause.delete()
    else:
        pause.ends_on = on - ONE_DAY
        pause.save(update_fields=["ends_on"])


def _refuse_many(row: Placement, spans: list[change_rules.Span], *, confirmed: bool, today: date) -> None:
    book = row.rulebook.rules
    words = change_rules.over_suspension_cap(change_rules.suspended_days(spans, until=today if spans[-1].to is None else row.ends_on), book)
    if words and book.severity(52) == Severity.BLOCK:
        raise DomainError(words, field="ends_on")
    if words and not confirmed:
        raise DomainError(_("%(words)s Se va bene così, metti la spunta.") % {"words": words}, field="confirmed")


def _ask_slide(row: Placement, pause: Suspension, *, by: Access) -> None:
    """Rule 52: the days of the pause may be made up after the agreed end. A signed end moves by an extension only (ADR 12)."""
    if not pause.moves_end or pause.ends_on is None:
        return
    end = change_rules.slid_end(row.ends_on, change_rules.Span(pause.starts_on, pause.ends_on))
    query: dict[str, Any] = {"fino": end.isoformat(), "perche": _("Recupero della sospensione: %(words)s") % {"words": _words(pause)}}
    url = f"{reverse('agreements:ask_extension', args=[row.public_id])}?{urlencode(query)}"
    title = _("Dopo la sospensione la fine può spostarsi al %(day)s: %%(person)s") % {"day": f"{end:%d/%m/%Y}"}
    ask_about("agreements.slid_end", row, title, Role.SOCIAL_WORKER, by=by, due_on=row.ends_on, url=url)


def _words(pause: Suspension) -> str:
    """«malattia o infortunio, dal 07/01/2027 al 16/01/2027. Nota»"""
    cause = str(SuspensionCause(pause.cause).label)
    days = (
        _("dal %(a)s al %(b)s") % {"a": f"{pause.starts_on:%d/%m/%Y}", "b": f"{pause.ends_on:%d/%m/%Y}"}
        if pause.ends_on
        else _("dal %(a)s") % {"a": f"{pause.starts_on:%d/%m/%Y}"}
    )
    return f"{cause}, {days}" + (f". {pause.note}" if pause.note else "")
