"""Texts by version, and the yes of who is authorised."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.territory.models import Ambito

from ..models import Acceptance, Notice
from ..selectors.notices import to_accept
from ._common import need_ambito


@transaction.atomic
def publish_notice(*, values: Mapping[str, Any], by: Access, today: date) -> Notice:
    """The next version of a text, from a day that is not past: what people were told before stays as it was. Raises DomainError."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    if values["in_force_from"] < today:
        raise DomainError(_("Il giorno è già passato: una versione vale da oggi in poi."), field="in_force_from")
    Ambito.objects.select_for_update(no_key=True).get(pk=by.ambito_id)  # two at once would take one number
    last = Notice.objects.filter(ambito_id=by.ambito_id, kind=values["kind"]).aggregate(version=Max("version"), day=Max("in_force_from"))
    if last["day"] and values["in_force_from"] < last["day"]:
        raise DomainError(_("C'è già una versione che comincia dopo quel giorno."), field="in_force_from")
    row: Notice = Notice.objects.create(
        ambito_id=by.ambito_id,
        kind=values["kind"],
        version=(last["version"] or 0) + 1,
        title=values["title"].strip(),
        text=values["text"].strip(),
        in_force_from=values["in_force_from"],
        created_by_id=by.actor_id,
    )
    record_fact("privacy.notice.published", row, by=by, kind=row.kind, version=row.version)
    return row


@transaction.atomic
def accept_instructions(*, seen: Iterable[str], by: Access, today: date) -> int:
    """Yes to every version that waits, if it is the one that was read (`seen`: their public ids); returns how many.

    Raises DomainError when a newer version came meanwhile.
    """
    waiting = to_accept(by, today)
    if {str(row.public_id) for row in waiting} - set(seen):
        raise DomainError(_("Nel frattempo il testo è cambiato: rileggilo, poi accetta."))
    for notice in waiting:
        row = Acceptance.objects.create(
            ambito_id=notice.ambito_id,
            notice=notice,
            user_id=by.actor_id or by.tutor_user_id,
            tutor_id=by.tutor_id,
            accepted_at=timezone.now(),
        )
        record_fact("privacy.instructions.accepted", row, by=by, version=notice.version)
    return len(waiting)
