"""The register of partners: written once, from what the territory knows where it can."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import invite
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.territory.models import Body, Comune

from ..enums import FileKind, PartnerKind, RegisterRole
from ..models import Partner, PartnerRole, ProjectFile
from ._common import add_row, allow, change_row, store, tax_code


def _clean(values: Mapping[str, Any], body: Body | None) -> dict[str, Any]:
    """A body that is known already gives its name and code: nothing is asked twice."""
    found = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if body is not None:
        found |= {"name": body.name, "tax_code": body.tax_code, "email": found.get("email") or body.pec}
    if not found.get("name"):
        raise DomainError(_("Scrivi il nome, oppure scegli un ente che c'è già."), field="name")
    return found | {"body": body, "tax_code": tax_code(found.get("tax_code", ""), field="tax_code")}


def _refuse_twice(values: Mapping[str, Any], by: Access, row: Partner | None = None) -> None:
    others = Partner.objects.filter(network_id=by.network_id).exclude(pk=row.pk if row else 0)
    if others.filter(name=values["name"]).exists():
        raise DomainError(_("Questo partner è già nel registro."), field="name")
    if values["tax_code"] and others.filter(tax_code=values["tax_code"]).exists():
        raise DomainError(_("C'è già un partner con questo codice fiscale."), field="tax_code")


@transaction.atomic
def add_partner(*, values: Mapping[str, Any], by: Access, body: Body | None = None) -> Partner:
    """A new partner; of a body whose name is in the register already (a Comune that leads an Ambito) that row, which is now that body.

    Raises DomainError on a name or a code that is there already, or is wrong.
    """
    allow(by, P.KEEP_PROJECTS)
    clean = _clean(values, body)
    same = Partner.objects.filter(network_id=by.network_id, name=clean["name"], body=None).first() if body else None
    if same is not None:
        return change_row(same, "partner", {"body": body, "tax_code": clean["tax_code"]}, seen=same.row_version, by=by)
    _refuse_twice(clean, by)
    return add_row(Partner, "partner", clean, by=by)


@transaction.atomic
def edit_partner(*, partner: Partner, values: Mapping[str, Any], seen: int, by: Access, body: Body | None = None) -> Partner:
    """Raises Conflict, DomainError."""
    allow(by, P.KEEP_PROJECTS)
    clean = _clean(values, body)
    _refuse_twice(clean, by, partner)
    return change_row(partner, "partner", clean, seen=seen, by=by)


@transaction.atomic
def add_comuni(*, since: date, act: str, by: Access) -> int:
    """The network's comuni that are not in the register yet, each a signatory from a day. Returns how many."""
    allow(by, P.KEEP_PROJECTS)
    known = Partner.objects.filter(network_id=by.network_id, comune__isnull=False).values("comune")
    names = set(Partner.objects.filter(network_id=by.network_id).values_list("name", flat=True))
    missing = Comune.objects.filter(ambito__network_id=by.network_id, abolished_on=None).exclude(pk__in=known).order_by("name")
    rows = [
        Partner(
            network_id=by.network_id,
            name=f"Comune di {comune.name}",
            kind=PartnerKind.COMUNE,
            comune=comune,
            created_by_id=by.actor_id,
        )
        for comune in missing
        if f"Comune di {comune.name}" not in names
    ]
    Partner.objects.bulk_create(rows)
    PartnerRole.objects.bulk_create(
        PartnerRole(
            network_id=by.network_id,
            partner=row,
            role=RegisterRole.SIGNATORY,
            since=since,
            act=act.strip(),
            created_by_id=by.actor_id,
        )
        for row in rows
    )
    for row in rows:
        record_fact("projects.partner.added", row, by=by)
    return len(rows)


@transaction.atomic
def add_role(*, partner: Partner, role: str, since: date, until: date | None, act: str, by: Access) -> PartnerRole:
    """Raises DomainError on a day reversed, or a role that is held already on a day of these."""
    allow(by, P.KEEP_PROJECTS)
    if until and until < since:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="until")
    for held in PartnerRole.objects.select_for_update(of=("self",)).filter(partner=partner, role=role):
        if held.since <= (until or date.max) and since <= (held.until or date.max):
            raise DomainError(_("In questi giorni ha già questo ruolo."), field="since")
    return add_row(PartnerRole, "partner_role", {"role": role, "since": since, "until": until, "act": act.strip()}, by=by, partner=partner)


@transaction.atomic
def end_role(*, role: PartnerRole, until: date, by: Access) -> PartnerRole:
    """The role ends with a day. Raises DomainError for a day before it began."""
    allow(by, P.KEEP_PROJECTS)
    if until < role.since:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="until")
    return change_row(role, "partner_role", {"until": until}, seen=None, by=by)


def invite_for(*, partner: Partner, email: str, first_name: str, last_name: str, by: Access, today: date) -> User:
    """Somebody signs in for the partner. Raises DomainError for one that has left the network."""
    if partner.left_on:
        raise DomainError(_("È uscito dalla rete: non gli si apre un accesso."))
    return invite(
        email=email, first_name=first_name, last_name=last_name, role=Role.PARTNER, partner_id=partner.pk, by=by, today=today,
        base_url=settings.BASE_URL,
    )  # fmt: skip


@transaction.atomic
def add_document(*, partner: Partner, file: UploadedFile, words: str, by: Access, is_logo: bool = False) -> ProjectFile:
    """A paper of a partner (the agreement it signed, its statute), or its logo. Raises DomainError on "file"."""
    allow(by, P.KEEP_PROJECTS)
    row = store(file, kind=FileKind.LOGO if is_logo else FileKind.PARTNER, subject=partner, by=by, words=words)
    if is_logo:
        change_row(partner, "partner", {"logo": row}, seen=None, by=by)
    return row
