"""What nobody signs or touches in time is given up by itself, after a word to the office (features row 42)."""

from collections.abc import Collection
from datetime import date

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact
from impresasolidale.core.todos import ask
from impresasolidale.territory.calendar import working_days

from ..change_rules import expires_on
from ..enums import PlacementState
from ..models import Placement
from .flow import expire_placement

S = PlacementState
UNSIGNED = (S.DRAFT, S.PROPOSED, S.TO_SIGN)
REMIND_WORKING_DAYS = 5
EXPIRING = "agreements.expiring"


def turn_expiry(*, ids: Collection[int], by: Access, today: date) -> int:
    """The change of day, of these placements: remind some working days before, give up what is past. Safe to repeat; returns how many."""
    rows = list(Placement.objects.filter(pk__in=ids, state__in=UNSIGNED).select_related("beneficiary", "rulebook").order_by("pk"))
    touched = last_touched(rows)
    gone = 0
    for row in rows:
        term = expires_on(starts_on=row.starts_on, touched_on=touched[row.pk], is_draft=row.state == S.DRAFT, rules=row.rulebook.rules)
        if term < today:
            reason = _("Nessuno l'ha toccata in tempo.") if row.state == S.DRAFT else _("Le firme non sono arrivate in tempo.")
            expire_placement(placement=row, by=by, reason=reason)
            gone += 1
        elif len(working_days(today, term, range(5))) <= REMIND_WORKING_DAYS:
            ask(
                kind=EXPIRING,
                subject=row,
                title=_("Sta per scadere, il %(day)s: %(person)s") % {"day": f"{term:%d/%m/%Y}", "person": row.beneficiary},
                url=reverse("agreements:detail", args=[row.public_id]),
                role=Role.SOCIAL_WORKER,
                by=by,
                due_on=term,
            )
    return gone


def last_touched(rows: list[Placement]) -> dict[int, date]:
    """The local day of the last thing somebody did to each placement. One query."""
    facts = Fact.objects.filter(subject_type=Placement._meta.label_lower, subject_id__in=[row.pk for row in rows]).exclude(actor_id=None)
    found = dict(facts.order_by().values_list("subject_id").annotate(last=Max("at")))
    return {row.pk: timezone.localdate(max(found.get(row.pk, row.created_at), row.created_at)) for row in rows}
