"""What the fund tells everybody: frozen by one person, published by another or by an act, replaced by a new one."""

import hashlib
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import canonical
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Body
from impresasolidale.territory.selectors import lead_body, rules_for

from ..models import Publication
from ..selectors import transparency as selectors
from ..transitions import PUBLICATION

TODO = "solidarity_fund.publish"
LIST_DEFINITION = 1  # raise it when a column of the list or its meaning changes
TITLE = "Contributi economici per l'inclusione sociale"  # the same for everybody: see selectors/transparency.py
Kind = Publication.Kind


@transaction.atomic
def prepare(
    *, kind: Kind, year: int, values: dict[str, Any], definition: int, data_until: datetime, by: Access, body: Body | None = None
) -> Publication:
    """Freeze what somebody else will publish. Raises DomainError when one of the same year waits already."""
    by.require(Permission.PUBLISH_FUND)
    owner: dict[str, Any] = {"network_id": by.network_id} if kind == Kind.ACCOUNT else {"ambito_id": by.ambito_id, "body": body}
    row = Publication(
        kind=kind,
        year=year,
        values=values,
        values_hash=hashlib.sha256(canonical(values).encode()).hexdigest(),
        definition=definition,
        data_until=data_until,
        created_by_id=by.actor_id,
        **owner,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "solidarity_fund_publication_one_prepared" not in str(error):
            raise
        raise DomainError(_("Ce n'è già uno da approvare: approvalo o ritiralo.")) from error
    record_fact("solidarity_fund.publication.prepared", row, by=by, kind=kind, year=year)
    second = Role.ACCOUNTING if Role.COORDINATOR in by.roles else Role.COORDINATOR
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Da approvare e pubblicare: %(what)s %(year)s") % {"what": row.get_kind_display(), "year": year}
    todos.ask(kind=TODO, subject=row, title=title, url=address_of(row), role=second, by=by, everywhere=kind == Kind.ACCOUNT)
    return row


def address_of(row: Publication) -> str:
    """Its page: an account's stands among the reports, whose tables it has."""
    name = "reports:fund_account" if row.kind == Kind.ACCOUNT else "solidarity_fund:publication"
    return reverse(name, args=[row.public_id])


@transaction.atomic
def publish(*, publication: Publication, seen: int, by: Access, act: OutsideAct | None = None) -> Publication:
    """A second person, or an act, makes it everybody's; the one of the same year that was public gives way.

    Raises FourEyesRequired, Conflict, TransitionNotAllowed.
    """

    def guard(row: Publication) -> None:
        check_version(row, seen)
        require_second_key(first_id=row.created_by_id, by=by, act=act)
        before = Publication.objects.filter(kind=row.kind, year=row.year, ambito=row.ambito_id, body=row.body_id)
        for old in before.filter(network_id=by.network_id, state=Publication.State.PUBLISHED).order_by("pk"):
            perform(PUBLICATION, "replaced", old, by=by, as_system=True)

    row: Publication = perform(
        PUBLICATION,
        "published",
        publication,
        by=by,
        guard=guard,
        network_id=by.network_id,
        published_by_id=by.actor_id,
        published_at=timezone.now(),
        act_number=act.number.strip() if act else "",
        act_on=act.on if act else None,
    )
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def withdraw(*, publication: Publication, reason: str, by: Access) -> Publication:
    """Nobody reads it any more, and why. Raises ReasonRequired, TransitionNotAllowed."""
    row: Publication = perform(PUBLICATION, "withdrawn", publication, by=by, reason=reason)
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def prepare_list(*, body: Body, year: int, official: str, act: str, by: Access, today: date) -> Publication:
    """The list of one body and year as it stands now. `official`: who answers for it; `act`: by which rules people were chosen.

    Raises DomainError for a year to come, when nobody is over the threshold, or so few in the list of a Comune that its name would tell
    who they are.
    """
    by.require(Permission.PUBLISH_FUND)
    if year > today.year:
        raise DomainError(_("Quest'anno non è ancora iniziato."), field="year")
    threshold = selectors.threshold_of(by.ambito, year)
    lines = selectors.lines_over(by, body=body, year=year, threshold=threshold)
    if not lines:
        raise DomainError(_("In quest'anno nessuno supera la soglia: non c'è niente da pubblicare."), field="year")
    least = rules_for(by.ambito, today)[1].small_number_threshold
    if body != lead_body(by.ambito) and len(lines) < least:
        words = _("Sono meno di %(least)s persone: con il nome di questo ente qualcuno le riconoscerebbe. Resta l'elenco dell'ufficio.")
        raise DomainError(words % {"least": least}, field="body")
    with translation.override(settings.LANGUAGE_CODE):
        facts = {
            "office": str(by.ambito),
            "body": body.name,
            "title": TITLE,
            "act": act.strip(),
            "official": official.strip(),
            "way": _("Domanda dei servizi sociali, valutata secondo il regolamento"),
            "threshold": f"{threshold:.2f}",
        }
    values = {"facts": facts, "rows": [[line.code, f"{line.amount:.2f}"] for line in lines]}
    return prepare(kind=Kind.GRANTS, year=year, values=values, definition=LIST_DEFINITION, data_until=timezone.now(), by=by, body=body)
