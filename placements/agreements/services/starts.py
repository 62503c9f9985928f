"""Before the start: templates of a project, and drafts for a whole group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.views import check_version
from placements.beneficiaries.models import Beneficiary, TakingInCharge
from placements.beneficiaries.rules import is_minor
from placements.beneficiaries.selectors import signing_representative

from .. import start_selectors
from ..enums import LIVE, PREPARED, AllowanceModel
from ..models import Placement, ProjectTemplate
from ..rules import Period, covered_until
from .placements import Plan, create_placement

GROUP = 30  # people at once


@transaction.atomic
def save_template(
    *,
    template: ProjectTemplate | None,
    name: str,
    tasks: str,
    goals: Sequence[str],
    week: Sequence[Sequence[Any]],
    by: Access,
    adaptations: str = "",
    allowance_model: str = AllowanceModel.NONE,
    allowance_amount: Decimal = Decimal(0),
    is_retired: bool = False,
    row_version: int = 0,
) -> ProjectTemplate:
    """Write a template, new when `template` is None. `week`: rows of weekday, "HH:MM", minutes. Drafts made from it do not change."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if template:
        row = ProjectTemplate.objects.select_for_update(of=("self",), no_key=True).get(pk=template.pk)
        check_version(row, row_version)
        row.row_version += 1
    else:
        row = ProjectTemplate(ambito_id=by.ambito_id, created_by_id=by.actor_id)
    if ProjectTemplate.objects.filter(ambito_id=row.ambito_id, name__iexact=name.strip()).exclude(pk=row.pk).exists():
        raise DomainError(_("C'è già un modello con questo nome."), field="name")
    if allowance_model != AllowanceModel.NONE and allowance_amount <= 0:
        raise DomainError(_("Scrivi l'importo del contributo, oppure scegli «nessun contributo»."), field="allowance_amount")
    row.name, row.tasks, row.adaptations, row.goals, row.week = name.strip(), tasks, adaptations, list(goals), [list(d) for d in week]
    row.allowance_model, row.is_retired = allowance_model, is_retired
    row.allowance_amount = allowance_amount if allowance_model != AllowanceModel.NONE else Decimal(0)
    row.save()
    record_fact("agreements.template.saved", row, by=by)
    return row


@dataclass(frozen=True)
class Judged:
    """One person of a group: what stops the draft, and what only wants attention."""

    person: Beneficiary
    refused: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def judge_group(*, people: Sequence[Beneficiary], plan: Plan, by: Access, today: date) -> list[Judged]:
    """What would happen to each person of a group, with words; nothing is written."""
    by.require(Permission.PREPARE_PLACEMENTS)
    return [_judge(person, plan, by, today) for person in people]


def _judge(person: Beneficiary, plan: Plan, by: Access, today: date) -> Judged:
    refused, warned = [], []
    same_days = Placement.objects.filter(
        beneficiary=person, state__in={*LIVE, *PREPARED}, starts_on__lte=plan.ends_on, ends_on__gte=plan.starts_on
    )
    if other := same_days.select_related("company").order_by("starts_on", "id").first():
        words = _("Ha già un tirocinio in quei giorni, presso %(company)s (regola 12).")
        refused.append(words % {"company": other.company})
    period = Period(start=plan.starts_on, to=plan.ends_on)
    meter = start_selectors.cap_meter(by, person, today=today, planned=period)
    if meter.is_over:
        words = _("Arriverebbe a %(months)d mesi: il massimo è %(max)d, oltre serve l'attestazione del servizio (regole 7 e 8).")
        refused.append(words % {"months": meter.months + meter.planned_months, "max": meter.max_months})
    charges = [Period(start=c.valid_from, to=c.valid_to) for c in TakingInCharge.objects.filter(beneficiary=person).order_by("valid_from")]
    if (until := covered_until(charges, plan.starts_on)) is None:
        refused.append(_("Il giorno di inizio nessun servizio ha in carico la persona (regola 4)."))
    elif until < plan.ends_on:
        warned.append(_("La presa in carico finisce il %(day)s, prima del tirocinio (regola 4).") % {"day": f"{until:%d/%m/%Y}"})
    if is_minor(person.birth_date, plan.starts_on) and signing_representative(person, plan.starts_on) is None:
        refused.append(_("È minorenne e nella sua scheda manca chi firma (regola 6)."))
    if person.privacy_notice_on is None:
        warned.append(_("Manca l'informativa sulla privacy (regola 56)."))
    return Judged(person, tuple(refused), tuple(warned))


@dataclass(frozen=True)
class Prepared:
    """What became of one person of a group."""

    person: Beneficiary
    placement: Placement | None
    words: str = ""


def prepare_group(*, people: Sequence[Beneficiary], plan: Plan, all_or_none: bool, by: Access, today: date) -> list[Prepared]:
    """One draft for each person, each in its own savepoint: who is refused is left out, or nothing is written at all (`all_or_none`)."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if not people:
        raise DomainError(_("Scegli almeno una persona."), field="people")
    if len(people) > GROUP:
        raise DomainError(_("Al massimo %(n)d persone alla volta.") % {"n": GROUP}, field="people")
    judged = judge_group(people=people, plan=plan, by=by, today=today)
    if all_or_none and any(row.refused for row in judged):
        raise DomainError(_("Qualcuno non si può preparare, e hai chiesto tutti o nessuno: guarda l'elenco qui sotto."))
    if all(row.refused for row in judged):
        raise DomainError(_("Nessuna di queste persone si può preparare: guarda l'elenco qui sotto."))
    found = []
    for row in judged:
        if row.refused:
            found.append(Prepared(row.person, None, " ".join(row.refused)))
            continue
        try:
            with transaction.atomic():
                found.append(Prepared(row.person, create_placement(beneficiary=row.person, plan=plan, by=by, today=today)))
        except DomainError as error:
            if all_or_none or error.field:  # what is wrong with the plan is wrong for everybody
                raise
            found.append(Prepared(row.person, None, str(error)))
    return found
