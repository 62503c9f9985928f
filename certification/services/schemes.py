"""Writes of the scheme: drafts are edited by one person and published by another; what is published never changes (rule 79)."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.four_eyes import OutsideAct, require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.territory.models import Network
from impresasolidale.territory.selectors import common_rules

from ..enums import SchemeState
from ..models import SchemeVersion
from ..scheme import Area, Criterion, LevelRule, Scheme, moved, problems, with_area, with_criterion, without
from ..selectors.schemes import ACT, floor_of
from ..transitions import SCHEME

TODO = "certification.scheme"


def kept(scheme: SchemeVersion) -> SchemeVersion:
    """The same scheme as a row: the one that comes with the program is saved by whoever first needs it."""
    if scheme.pk is not None:
        return scheme
    values = {name: getattr(scheme, name) for name in ("name", "state", "published_on", "validity_months", "definition")}
    row, _made = SchemeVersion.objects.get_or_create(network_id=scheme.network_id, version=scheme.version, defaults=values)
    return row


@transaction.atomic
def new_draft(*, base: SchemeVersion, name: str, by: Access) -> SchemeVersion:
    """A draft that begins as `base` says, to be edited."""
    by.require(Permission.DECIDE_CERTIFICATES)
    base = kept(base)
    Network.objects.select_for_update(of=("self",), no_key=True).get(pk=by.own_network)  # two drafts at once: one number each
    last = SchemeVersion.objects.filter(network_id=by.network_id).order_by("-version").values_list("version", flat=True)[0]
    row = SchemeVersion.objects.create(
        network_id=by.network_id,
        version=last + 1,
        name=name,
        based_on=base.version,
        validity_months=base.validity_months,
        definition=base.definition,
        edited_by_id=by.actor_id,
        created_by_id=by.actor_id,
    )
    record_fact("certification.scheme.drafted", row, by=by, version=row.version, based_on=base.version)
    return row


@transaction.atomic
def rename_draft(*, version: SchemeVersion, seen: int, name: str, validity_months: int, bonus_cap: int, by: Access) -> SchemeVersion:
    """Name, validity in months and the cap of the points in more."""
    row = _locked(version, seen, by)
    row.name, row.validity_months = name, validity_months
    return _saved(row, Scheme(row.scheme.areas, row.scheme.levels, bonus_cap), by)


@transaction.atomic
def set_levels(*, version: SchemeVersion, seen: int, levels: tuple[LevelRule, ...], by: Access) -> SchemeVersion:
    row = _locked(version, seen, by)
    return _saved(row, Scheme(row.scheme.areas, levels, row.scheme.bonus_cap), by)


@transaction.atomic
def put_area(*, version: SchemeVersion, seen: int, area: Area, instead_of: str = "", by: Access) -> SchemeVersion:
    """Add an area, or write one anew. Raises DomainError for a code that another has."""
    row = _locked(version, seen, by)
    if area.code != instead_of and area.code in {a.code for a in row.scheme.areas}:
        raise DomainError(_("C'è già un'area con questo nome."), field="name")
    return _saved(row, with_area(row.scheme, area, instead_of=instead_of), by)


@transaction.atomic
def put_criterion(*, version: SchemeVersion, seen: int, area: str, criterion: Criterion, instead_of: str = "", by: Access) -> SchemeVersion:
    """Add a criterion to an area, or write one anew. Raises DomainError for a code that another has."""
    row = _locked(version, seen, by)
    if criterion.code != instead_of and criterion.code in row.scheme.criteria:
        raise DomainError(_("C'è già un criterio con questo nome."), field="name")
    return _saved(row, with_criterion(row.scheme, area, criterion, instead_of=instead_of), by)


@transaction.atomic
def move(*, version: SchemeVersion, seen: int, area: str, criterion: str = "", up: bool, by: Access) -> SchemeVersion:
    """An area, or a criterion of it, one place up or down."""
    row = _locked(version, seen, by)
    return _saved(row, moved(row.scheme, area, criterion, up=up), by)


@transaction.atomic
def remove(*, version: SchemeVersion, seen: int, area: str, criterion: str = "", by: Access) -> SchemeVersion:
    row = _locked(version, seen, by)
    return _saved(row, without(row.scheme, area, criterion), by)


@transaction.atomic
def discard_draft(*, version: SchemeVersion, by: Access) -> None:
    """Throw a draft away."""
    row = _locked(version, None, by)
    if row.campaigns.exists():
        raise DomainError(_("Una campagna usa questa bozza: prima scegli un altro schema per la campagna."))
    todos.done(kind=TODO, subject=row, by=by)
    record_fact("certification.scheme.discarded", row, by=by, version=row.version)
    row.delete()


@transaction.atomic
def ask_to_publish(*, version: SchemeVersion, by: Access, today: date) -> SchemeVersion:
    """Ask a second coordinator to read a draft and publish it. Raises DomainError while something is wrong with it."""
    row = _locked(version, None, by)
    _refuse_problems(row, today)
    with translation.override("it"):  # what is stored reads the same whoever caused it
        title = _("Schema da leggere e pubblicare: %(name)s") % {"name": row.name}
    todos.ask(
        kind=TODO,
        subject=row,
        title=title,
        url=reverse("certification:scheme", args=[row.public_id]),
        role=Role.COORDINATOR,
        by=by,
        everywhere=True,
    )
    return row


@transaction.atomic
def publish_scheme(
    *,
    version: SchemeVersion,
    seen: int | None = None,
    by: Access,
    today: date,
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
) -> SchemeVersion:
    """From today new applications are judged by it; those that have begun keep their own (rule 79).

    Four eyes: never the one who edited it last, unless an act is the second key. Raises DomainError while something is wrong with it,
    FourEyesRequired, Conflict when it was edited after `seen`: nobody publishes what they have not read.
    """

    def guard(row: SchemeVersion) -> None:
        if seen is not None and row.row_version != seen:
            raise Conflict
        require_second_key(first_id=row.edited_by_id, by=by, act=act)
        _refuse_problems(row, today)

    with translation.override("it"):  # what is stored reads the same whoever caused it
        reason = _("Atto n. %(number)s del %(day)s") % {"number": act.number.strip(), "day": f"{act.on:%d/%m/%Y}"} if act else ""
    row: SchemeVersion = perform(
        SCHEME, "published", version, by=by, reason=reason, guard=guard, published_on=today, published_by_id=by.actor_id
    )
    if act and act_file:
        store_upload(file=act_file, kind=ACT, subject=row, by=by)
    todos.done(kind=TODO, subject=row, by=by)
    return row


def _refuse_problems(row: SchemeVersion, today: date) -> None:
    found = problems(row.scheme, floor_of(common_rules(row.network_id, today)))
    if found:
        raise DomainError(_("Non si può ancora pubblicare. %(first)s") % {"first": found[0].words})


def _locked(version: SchemeVersion, seen: int | None, by: Access) -> SchemeVersion:
    """The draft under its lock. Raises Conflict when it is published by now, or somebody saved after `seen`."""
    by.require(Permission.DECIDE_CERTIFICATES)
    row = SchemeVersion.objects.select_for_update(of=("self",), no_key=True).filter(network_id=by.network_id, pk=version.pk).first()
    if row is None or row.state != SchemeState.DRAFT:
        raise Conflict(_("Questo schema è pubblicato: non cambia più. Fanne una nuova bozza."))
    if seen is not None and row.row_version != seen:
        raise Conflict
    return row


def _saved(row: SchemeVersion, scheme: Scheme, by: Access) -> SchemeVersion:
    before = row.definition
    row.definition = scheme.to_json()
    row.edited_by_id = by.actor_id
    row.row_version += 1
    row.save(update_fields=["name", "validity_months", "definition", "edited_by", "row_version"])
    changed = [part for part in ("areas", "levels", "bonus_cap") if _plain(before)[part] != _plain(row.definition)[part]]
    record_fact("certification.scheme.edited", row, by=by, version=row.version, changed=changed)
    return row


def _plain(definition: Any) -> Any:
    return Scheme.from_json(definition).to_json()


def is_asked(version: SchemeVersion) -> bool:
    """Whether somebody has been asked to publish it."""
    return version.pk in todos.open_subjects(kind=TODO, model=SchemeVersion)
