"""A technician's visit: what one Ambito sees, to read, for a reason, for an hour at most. The coordinator is told; it ends by itself."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.scope import scope as scope_of
from impresasolidale.territory.models import Ambito

from . import rules
from .access import Access, members_with
from .models import SupportVisit, User
from .permissions import Permission, Role


def ambiti_of(access: Access) -> list[Ambito]:
    """Those of the technician's own network."""
    return list(Ambito.objects.filter(network_id=access.network_id).order_by("name"))


@transaction.atomic
def begin_visit(*, ambito: Ambito, reason: str, minutes: int, by: Access, now: datetime) -> SupportVisit:
    """Open one Ambito of the own network to oneself. Raises DomainError without a reason, or for longer than an hour."""
    by.require(Permission.VISIT_AMBITO)
    if by.actor is None or ambito.network_id != by.network_id:
        raise DomainError(_("Questo Ambito non è della tua rete."), field="ambito")
    if not reason.strip():
        raise DomainError(_("Scrivi perché: il coordinatore lo legge."), field="reason")
    if not 0 < minutes <= rules.SUPPORT // timedelta(minutes=1):
        raise DomainError(_("Al massimo un’ora: se serve ancora, ricomincia."), field="minutes")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.actor.pk)
    end_visits(by=by, now=now)
    row = SupportVisit.objects.create(
        user=by.actor, ambito=ambito, reason=reason.strip(), began_at=now, ends_at=now + timedelta(minutes=minutes)
    )
    there = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="a technician's visit")
    with scope_of(there.scope):
        record_fact("accounts.support.began", row, by=there, reason=row.reason, user=by.actor.pk, minutes=minutes)
        for colleague in members_with(ambito_id=ambito.pk, role=Role.COORDINATOR, on=now.date()):
            _tell(colleague, row, there)
    return row


def _tell(colleague: User, visit: SupportVisit, there: Access) -> None:
    with suppress(TooSoon):
        send(
            kind="accounts.support",
            address=colleague.email,
            language=colleague.language,
            subject=gettext_lazy("Un tecnico guarda il tuo Ambito"),
            template="accounts/email/support.txt",
            context={"user": colleague, "visit": visit, "who": visit.user},
            by=there,
            about=visit,
        )


@transaction.atomic
def end_visits(*, by: Access, now: datetime) -> int:
    """End one's own before their time; how many. Done again, nothing changes."""
    rows = SupportVisit.objects.filter(user=by.actor, ends_at__gt=now) if by.actor else []
    ended = 0
    for row in rows:
        row.ends_at = max(now, row.began_at)
        row.save(update_fields=["ends_at"])
        record_fact("accounts.support.ended", row, by=by)
        ended += 1
    return ended
