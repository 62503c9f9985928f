"""What is near: a placement that begins with something missing, or that ends. To-dos of the morning; what a night missed is caught up."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Role
from impresasolidale.core.models import Todo
from impresasolidale.core.todos import ask, done, done_for_all
from impresasolidale.territory.calendar import move_working_days

from ..change_enums import EndPlan, ExtensionState
from ..enums import RUNNING, TO_START, PlacementState
from ..models import EarlyEnd, Placement
from .changes._common import lock, note

START_WORKING_DAYS = 5  # before the start, without weekends, holidays and the patron saint of the Ambito's seat
START_NEAR = "agreements.start_near"
ENDS = {30: "agreements.ends_30", 60: "agreements.ends_60"}  # days of the calendar before the end, the nearer first


def turn_soon(*, ids: Collection[int], by: Access, today: date) -> int:
    """The change of day, of these placements. Safe to repeat; returns how many to-dos it asked now."""
    return _starts(ids, by=by, today=today) + _ends(ids, by=by, today=today)


def _starts(ids: Collection[int], *, by: Access, today: date) -> int:
    """Who begins within five working days, and is not validated yet: the referent is asked once for that first day."""
    horizon = move_working_days(today, START_WORKING_DAYS, by.ambito_id)
    rows = Placement.objects.filter(pk__in=ids, state__in=TO_START).select_related("beneficiary")
    near = [row for row in rows.filter(starts_on__gt=today, starts_on__lte=horizon).order_by("pk") if row.state != PlacementState.VALIDATED]
    _forget(START_NEAR, ids, near, by=by)
    return _ask(START_NEAR, [(row, row.starts_on) for row in near], _("Comincia il %(day)s e non è ancora pronto: %(person)s"), by=by)


def _ends(ids: Collection[int], *, by: Access, today: date) -> int:
    """Who ends within sixty days, then thirty: what do we do? Not asked where it was decided, or something is under way already."""
    rows = Placement.objects.filter(pk__in=ids, state__in=RUNNING, ends_on__range=(today, today + timedelta(days=max(ENDS))))
    rows = rows.exclude(extension_requests__state=ExtensionState.ASKED).exclude(
        pk__in=EarlyEnd.objects.filter(done_on=None).values("placement")
    )
    near = list(rows.select_related("beneficiary").order_by("pk"))
    asked = 0
    for days, kind in ENDS.items():
        mine = [row for row in near if _window(row, today) == days]
        _forget(kind, ids, mine, by=by)
        asked += _ask(kind, [(row, row.ends_on) for row in mine], _("Finisce il %(day)s, che cosa facciamo? %(person)s"), by=by)
    return asked


def _window(row: Placement, today: date) -> int:
    left = (row.ends_on - today).days
    return next(days for days in ENDS if left <= days)


def _forget(kind: str, ids: Collection[int], near: list[Placement], *, by: Access) -> None:
    """To-dos of placements that are no longer near go by themselves."""
    done_for_all(kind=kind, model=Placement, ids=set(ids) - {row.pk for row in near}, by=by)


def _ask(kind: str, rows: list[tuple[Placement, date]], title: str, *, by: Access) -> int:
    """Once for a placement and its day: what was seen to stays done."""
    label = Placement._meta.label_lower
    known = set(
        Todo.objects.filter(kind=kind, subject_type=label, subject_id__in=[row.pk for row, _day in rows]).values_list(
            "subject_id", "due_on"
        )
    )
    fresh = [(row, day) for row, day in rows if (row.pk, day) not in known]
    for row, day in fresh:
        ask(
            kind=kind,
            subject=row,
            title=title % {"day": f"{day:%d/%m/%Y}", "person": row.beneficiary},
            url=reverse("agreements:detail" if kind == START_NEAR else "agreements:end_plan", args=[row.public_id]),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.REFERENT,
            by=by,
            due_on=day,
        )
    return len(fresh)


@transaction.atomic
def plan_end(*, placement: Placement, plan: EndPlan, by: Access, today: date, row_version: int | None = None) -> Placement:
    """What the referent decided of a placement that is about to end; the to-do is done for this end, and nothing else moves."""
    row = lock(placement, by=by, row_version=row_version, states=RUNNING)
    note("end.planned", row, by=by, reason=str(EndPlan(plan).label), plan=str(plan), on=row.ends_on.isoformat())
    for kind in ENDS.values():
        done(kind=kind, subject=row, by=by)
        # the nearer notice is not asked again for the same end
        known = Todo.objects.filter(kind=kind, subject_type=row._meta.label_lower, subject_id=row.pk, due_on=row.ends_on)
        if not known.exists():
            _ask(kind, [(row, row.ends_on)], _("Finisce il %(day)s, che cosa facciamo? %(person)s"), by=by)
            done(kind=kind, subject=row, by=by)
    return row
