"""Amendments: a version drafted, issued, signed, in force from its day; or given up with a reason (rule 35; features row 35)."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.todos import done
from impresasolidale.core.transitions import perform
from impresasolidale.territory.calendar import working_days

from ... import above, change_documents, change_rules, readiness, schedule
from ...enums import IN_WORK, CommunicationKind, ProjectKind, ProjectState
from ...models import PersonalProject, Placement
from ...papers.changes import CHANGES
from ...transitions import PROJECT
from ..compliance import communication_due
from ..flow import new_version, note_all_signed, overlapping
from ..money import Allowance, check_allowance, write_allowance
from ..placements import GOALS, DatedDay, Day, longest_day, refuse_over_caps, write_details, write_rows
from ..requests import cancel_requests
from ._common import ask_about, lay_out_days, lock, lock_row, note, touch

TO_SIGN = "agreements.change_to_sign"


@dataclass(frozen=True, kw_only=True)
class Content(Allowance):
    """What an amendment may change: not who, not where, not the tutors, not the end."""

    week: tuple[Day, ...]
    tasks: str
    goals: tuple[str, ...]
    dates: tuple[DatedDay, ...] = ()
    adaptations: str = ""
    outside_activities: str = ""
    not_to_do: str = ""
    protective_equipment: str = ""
    facilities: str = ""
    travel: str = ""
    hours_confirmed: bool = False  # the tick under the warning of rules 13 and 14


@transaction.atomic
def draft_amendment(
    *, placement: Placement, content: Content, on: date, reason: str, past_cause: str, row_version: int, by: Access, today: date
) -> PersonalProject:
    """A further version that holds from `on`, once everybody signed it. Refuses one that changes nothing, a second one in work, days
    that rules.check_effective refuses, and hours over the caps."""
    row = lock(placement, by=by, row_version=row_version)
    refuse_in_work(row)
    change_rules.check_effective(
        on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        today=today,
        past_cause=past_cause,
        settled=above.settled_months(row.pk) if on < today else (),
    )
    if not GOALS[0] <= len(content.goals) <= GOALS[1]:
        raise DomainError(_("Servono da tre a cinque obiettivi."), field="goal_1")
    check_allowance(content, row.rulebook.rules, longest_day=longest_day(content))
    minutes = check_timetable(row, content, first=on, last=row.ends_on)
    before = schedule.project_on(row, on)
    project = write_version(
        row, before, kind=ProjectKind.AMENDMENT, on=on, ends_on=row.ends_on, reason=reason, past_cause=past_cause, by=by
    )
    _rewrite(project, content, minutes)
    if not change_rules.differences(change_documents.in_words(before), change_documents.in_words(fresh(project))):
        raise DomainError(_("Così non cambia niente: modifica almeno una cosa."))
    note("version.drafted", row, by=by, reason=reason, version=project.version)
    touch(row)
    return project


def check_timetable(row: Placement, content: Content, *, first: date, last: date) -> int:
    """Minutes a week of a timetable (of dated days: of the busiest week), or a DomainError: no day at all, days outside the period, over
    the caps without the tick, over what several placements may be together."""
    inside = [d for d in content.dates if first <= d.day <= last]
    if not (content.dates or content.week):
        raise DomainError(_("Scrivi l'orario di almeno un giorno."), field="from_0")
    if len(inside) < len(content.dates):
        wrong = next(d.day for d in content.dates if d not in inside)
        raise DomainError(_("Il %(day)s è fuori dal periodo.") % {"day": f"{wrong:%d/%m/%Y}"}, field="dates")
    week = {d.weekday: (d.starts_at, d.minutes) for d in content.week}
    days = working_days(first, last, schedule.EVERY_DAY, row.site.comune)
    found = change_rules.hours_of(schedule.slots(days, week=week, dates=inside))
    field = "dates" if inside else "from_0"
    if inside and not found.days:
        raise DomainError(_("Sono tutti giorni di festa: scegline altri."), field=field)
    minutes = found.busiest_week if inside else sum(d.minutes for d in content.week)
    refuse_over_caps(minutes, longest_day(content), row.rulebook.rules, confirmed=content.hours_confirmed, field=field)
    refuse_parallel(row, minutes, first=first, last=last, field=field)
    return minutes


def refuse_parallel(row: Placement, minutes: int, *, first: date, last: date, field: str | None) -> None:
    """Several placements at once stay within the rule book's hours a week together (rule 12)."""
    if words := change_rules.over_parallel(minutes, schedule.parallel_minutes(row, first, last), row.rulebook.rules):
        raise DomainError(words, field=field)


def refuse_in_work(row: Placement) -> None:
    if row.projects.filter(state__in=IN_WORK).exists():
        raise Conflict(_("C'è già una modifica in preparazione per questo tirocinio: prima si firma quella, o si ritira."))


def write_version(
    row: Placement, before: PersonalProject, *, kind: str, on: date, ends_on: date, reason: str, by: Access, past_cause: str = ""
) -> PersonalProject:
    """The next version, with what `before` says."""
    last = row.projects.aggregate(last=Max("version"))["last"]
    return new_version(
        before, by=by, version=last + 1, kind=kind, effective_from=on, ends_on=ends_on, reason=reason.strip(), past_cause=past_cause
    )


def fresh(project: PersonalProject) -> PersonalProject:
    """The row as it stands, nothing kept from before."""
    return PersonalProject.objects.select_related("payer").get(pk=project.pk)


@transaction.atomic
def issue_change(*, project: PersonalProject, by: Access, today: date) -> PersonalProject:
    """Number and freeze the paper of an amendment or extension; it refers to the project, which stays in force until all signed."""
    row = lock(project.placement, by=by)
    is_extension = project.kind == ProjectKind.EXTENSION
    kind, label, template = CHANGES[ProjectKind(project.kind)]
    version = fresh(project)
    document = issue(
        kind=kind,
        kind_label=label,
        template=template,
        subject=row,
        context=change_documents.change(row, version, schedule.project_on(row, version.effective_from)),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        funding_source=row.funding_source,
    )
    found = cast("PersonalProject", perform(PROJECT, "issued", version, by=by, document=document))
    title = _("Raccogli le firme della proroga: %(person)s") if is_extension else _("Raccogli le firme della modifica: %(person)s")
    ask_about(TO_SIGN, row, title, Role.SOCIAL_WORKER, by=by, due_on=version.effective_from)
    done(kind="agreements.extension_granted", subject=row, by=by)
    touch(row)
    return found


@transaction.atomic
def version_signed(project: PersonalProject, *, by: Access, today: date) -> Placement:
    """Everybody signed this version: the hook of the signatures. The first one makes the placement `signed`; a later one takes the place
    of the version in force, from its own first day, and the placement takes its end."""
    if project.kind == ProjectKind.INITIAL:
        return note_all_signed(project.placement, by=by, today=today)
    row = lock_row(project.placement)
    version = fresh(project)
    if row.exclusive and version.ends_on > row.ends_on:
        row.ends_on = version.ends_on
        if overlapping(row).filter(exclusive=True).exists():
            raise DomainError(_("Questa persona ha già un tirocinio nello stesso periodo."))
    for former in row.projects.filter(state=ProjectState.EFFECTIVE):
        perform(PROJECT, "superseded", former, by=by, as_system=True)
    perform(PROJECT, "effective", version, by=by, as_system=True)
    row.ends_on = version.ends_on
    touch(row, "ends_on")
    done(kind=TO_SIGN, subject=row, by=by)
    note("version.effective", row, by=by, version=version.version)
    if version.kind == ProjectKind.EXTENSION:
        done(kind="agreements.slid_end", subject=row, by=by)
        communication_due(placement=row, kind=CommunicationKind.EXTENSION, on=version.effective_from, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    lay_out_days(row, by=by, since=version.effective_from)
    return row


@transaction.atomic
def reject_version(*, project: PersonalProject, reason: str, by: Access) -> PersonalProject:
    """Somebody does not sign: the version in force stays as it is."""
    return _give_up("rejected", project, reason=reason, by=by)


@transaction.atomic
def withdraw_version(*, project: PersonalProject, reason: str, by: Access) -> PersonalProject:
    """The office takes a change back before it is signed."""
    return _give_up("withdrawn", project, reason=reason, by=by)


def _give_up(step: str, project: PersonalProject, *, reason: str, by: Access) -> PersonalProject:
    row = lock(project.placement, by=by)
    if project.kind == ProjectKind.INITIAL:
        raise Conflict(_("Il primo progetto si riporta in bozza, o si ritira il tirocinio."))
    cancel_requests(project.document, by=by)
    found = cast("PersonalProject", perform(PROJECT, step, project, by=by, reason=reason))
    done(kind=TO_SIGN, subject=row, by=by)
    note(f"version.{step}", row, by=by, reason=reason.strip(), version=project.version)
    touch(row)
    return found


def _rewrite(project: PersonalProject, content: Content, minutes: int) -> None:
    project.tasks, project.adaptations, project.outside_activities = content.tasks, content.adaptations, content.outside_activities
    write_details(project, content)
    project.weekly_minutes = minutes
    write_allowance(project, content)
    project.save()
    write_rows(project, content)
