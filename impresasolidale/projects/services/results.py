"""Indicators, milestones, network and communication actions."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.images import bare_photo
from impresasolidale.core.views import check_version

from ..enums import FileKind, Measure
from ..models import ActionPartner, Milestone, NetworkAction, Partner, Project, ProjectIndicator
from ._common import add_row, allow, change_row, store


def _text(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


@transaction.atomic
def keep_indicator(
    *, project: Project, values: Mapping[str, Any], by: Access, today: date, indicator: ProjectIndicator | None = None, seen: int = 0
) -> ProjectIndicator:
    """A promised figure: new, or changed. Raises DomainError beside the field that does not fit, Conflict."""
    allow(by, P.KEEP_PROJECTS)
    found = _text(values)
    others = ProjectIndicator.objects.filter(project=project, name=found["name"]).exclude(pk=indicator.pk if indicator else 0)
    if others.exists():
        raise DomainError(_("C'è già un indicatore con questo nome."), field="name")
    if found["target"] <= 0:
        raise DomainError(_("L'obiettivo è più di zero."), field="target")
    if found["less_baseline"] and not found["baseline_source"]:
        raise DomainError(_("Scrivi da dove viene il valore di partenza."), field="baseline_source")
    if found["measure"] != Measure.MANUAL:
        found["recorded_value"] = found["recorded_on"] = None
    elif found["recorded_value"] is not None and not found["recorded_on"]:
        found["recorded_on"] = today
    if indicator is None:
        return add_row(ProjectIndicator, "indicator", found, by=by, project=project)
    return change_row(indicator, "indicator", found, seen=seen, by=by)


@transaction.atomic
def keep_milestone(
    *, project: Project, values: Mapping[str, Any], by: Access, today: date, milestone: Milestone | None = None, seen: int = 0
) -> Milestone:
    """Raises DomainError for a day to come, or one without saying where it is seen."""
    allow(by, P.KEEP_PROJECTS)
    found = _text(values)
    if found["done_on"] and found["done_on"] > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="done_on")
    if found["done_on"] and not found["evidence"]:
        raise DomainError(_("Scrivi dove si vede che è stata raggiunta."), field="evidence")
    if milestone is None:
        return add_row(Milestone, "milestone", found, by=by, project=project)
    return change_row(milestone, "milestone", found, seen=seen, by=by)


@transaction.atomic
def keep_action(
    *,
    project: Project,
    values: Mapping[str, Any],
    partners: Collection[Partner],
    photo: UploadedFile | None,
    saw_logo: bool,
    by: Access,
    today: date,
    now: datetime,
    action: NetworkAction | None = None,
    seen: int = 0,
) -> NetworkAction:
    """An action of the register. The photo is kept without what the camera wrote into it (place, device, time).

    `saw_logo`: whoever writes looked, and the funder's logo is there; who and when stand beside it. Raises DomainError beside the field.
    """
    allow(by, P.RECORD_EXPENSES)
    found = _text(values)
    if found["on"] > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="on")
    if not project.starts_on <= found["on"] <= project.report_due_on:
        raise DomainError(_("Il giorno è fuori dal progetto."), field="on")
    if (photo or (action and action.photo_id)) and not found["consent"]:
        raise DomainError(_("Con una fotografia serve il consenso di chi si vede, oppure che non si riconosce nessuno."), field="consent")
    looked = {"logo_by_id": by.actor_id, "logo_at": now} if saw_logo else {"logo_by_id": None, "logo_at": None}
    if action is None:
        row = add_row(NetworkAction, "action", found, by=by, project=project, **looked)
    else:
        row = NetworkAction.objects.select_for_update(of=("self",), no_key=True).get(pk=action.pk)
        check_version(row, seen)
        if saw_logo and row.logo_by_id:
            looked = {}  # who looked first stays
        for name, value in {**found, **looked}.items():
            setattr(row, name, value)
        row.row_version += 1
        row.save(update_fields=[*found, *(name.removesuffix("_id") for name in looked), "row_version"])
        record_fact("projects.action.changed", row, by=by)
    ActionPartner.objects.filter(action=row).delete()
    ActionPartner.objects.bulk_create(ActionPartner(network_id=row.network_id, action=row, partner=partner) for partner in partners)
    if photo:
        row.photo = store(bare_photo(photo), kind=FileKind.PHOTO, subject=row, by=by, words=row.title)
        row.save(update_fields=["photo"])
    return row
