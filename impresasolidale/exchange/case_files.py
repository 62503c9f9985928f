"""The steps of a case in the order of the regional electronic record (Cartella Sociale): A access … E end. Rule 62.

Source: Regione Lombardia, guideline on the Cartella Sociale. Its processes A, B, C are verified; D and E, and the mandatory data, are not:
of every step we give the day, who did it and how it ended, and say which of them are missing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError
from impresasolidale.core.spreadsheets import Cell
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.selectors import rules_for
from placements.agreements.enums import HOSTED, ProjectState
from placements.agreements.models import EarlyEnd, PersonalProject, Placement
from placements.beneficiaries.models import Assessment, Beneficiary, Referral, TakingInCharge
from placements.beneficiaries.selectors import choices_for, may_see_area
from placements.monitoring.evaluation_enums import EvaluationState, Moment
from placements.monitoring.models import Evaluation, PlacementOutcome, Visit
from placements.monitoring.visit_enums import VisitState

from .enums import Process

RULE = 62
AGREED = (ProjectState.EFFECTIVE, ProjectState.SUPERSEDED)  # versions of a project that were signed
BEFORE_START = (Process.ACCESS, Process.ASSESSMENT, Process.PROJECT)


@dataclass(frozen=True)
class Step:
    """Something done in a case. What has not happened yet has no step; `missing` says, in words, what a step lacks."""

    process: Process
    what: str
    on: date | None
    operator: str
    outcome: str
    reference: str = ""

    @property
    def missing(self) -> list[str]:
        wanted = ((self.on, _("la data")), (self.operator, _("l'operatore")), (self.outcome, _("l'esito")))
        return [words for value, words in wanted if not value]


@dataclass(frozen=True)
class CaseFile:
    """A person's steps in order, and the processes that a placement which began should have had before it."""

    person: Beneficiary
    steps: list[Step]
    absent: list[Process]

    @property
    def gaps(self) -> list[str]:
        """What is to be completed, in words."""
        found = [_("non c'è niente per: %(process)s") % {"process": process.label} for process in self.absent]
        return found + [f"{step.what}: {_('manca')} {', '.join(step.missing)}" for step in self.steps if step.missing]


def put_in_order(steps: Iterable[Step], *, has_begun: bool) -> tuple[list[Step], list[Process]]:
    """The steps by process and day (without a day first), and the processes that should be there and are not."""
    ordered = sorted(steps, key=lambda step: (step.process, step.on or date.min))
    known = {step.process for step in ordered}
    return ordered, [process for process in BEFORE_START if has_begun and process not in known]


def people_of_year(access: Access, year: int, *, on: date) -> QuerySet[Beneficiary]:
    """Whose record opens today without a reason, and who asked, was in charge or had a placement in the year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    asked = Referral.objects.filter(ambito=access.ambito_id, received_on__range=(first, last)).values("beneficiary")
    charged = TakingInCharge.objects.filter(Q(valid_to=None) | Q(valid_to__gte=first), ambito=access.ambito_id, valid_from__lte=last)
    placed = Placement.objects.filter(
        Q(ended_on=None, ends_on__gte=first) | Q(ended_on__gte=first), ambito=access.ambito_id, state__in=HOSTED, starts_on__lte=last
    )
    rows = choices_for(access, on=on)
    return rows.filter(Q(pk__in=asked) | Q(pk__in=charged.values("beneficiary")) | Q(pk__in=placed.values("beneficiary")))


def case_files(access: Access, people: Sequence[Beneficiary], *, on: date) -> list[CaseFile]:
    """The case of each person, in the same order. As many queries for one as for a thousand."""
    ids = [person.pk for person in people]
    steps: dict[int, list[Step]] = defaultdict(list)
    begun: set[int] = set()
    for gather in (_care, _projects, _courses):
        for person_id, step in gather(access, ids, begun):
            steps[person_id].append(step)
    strict = severity(access, on) != Severity.OFF
    found = []
    for person in people:
        ordered, absent = put_in_order(steps[person.pk], has_begun=strict and person.pk in begun)
        found.append(CaseFile(person, ordered, absent))
    return found


def severity(access: Access, on: date) -> Severity:
    """What rule 62 does today: warn says what is missing and gives the file, block gives no file with gaps, off says nothing."""
    return rules_for(access.ambito, on)[1].severity(RULE)


def check_whole(access: Access, files: Iterable[CaseFile], *, on: date) -> None:
    """DomainError where rule 62 blocks and something is missing."""
    gaps = [file for file in files if file.gaps]
    if gaps and severity(access, on) == Severity.BLOCK:
        words = ngettext(
            "In una cartella manca qualcosa: completala, poi scarica il file.",
            "In %(n)d cartelle manca qualcosa: completale, poi scarica il file.",
            len(gaps),
        )
        raise DomainError(words % {"n": len(gaps)})


def _care(access: Access, ids: Collection[int], begun: set[int]) -> Iterator[tuple[int, Step]]:
    def service(row: Any, operator: str) -> tuple[str, str]:
        seen = may_see_area(access, row.service)
        return (row.get_service_display(), operator) if seen else (_("servizio riservato"), _("riservato"))

    mine = {"ambito": access.ambito_id, "beneficiary__in": ids}
    for ask in Referral.objects.filter(**mine):
        name, who = service(ask, ask.operator)
        outcome = ask.get_outcome_display()
        yield ask.beneficiary_id, Step(Process.ACCESS, f"{_('Segnalazione')}, {name}", ask.received_on, who, outcome, ask.protocol)
    for charge in TakingInCharge.objects.filter(**mine):
        name, who = service(charge, charge.case_manager)
        outcome = _("fino al %(day)s") % {"day": f"{charge.valid_to:%d/%m/%Y}"} if charge.valid_to else _("in corso")
        yield charge.beneficiary_id, Step(Process.ACCESS, f"{_('Presa in carico')}, {name}", charge.valid_from, who, outcome)
    for seen in Assessment.objects.filter(**mine):
        outcome = _("vale fino al %(day)s") % {"day": f"{seen.valid_to:%d/%m/%Y}"} if seen.valid_to else _("fatta")
        yield (
            seen.beneficiary_id,
            Step(Process.ASSESSMENT, _("Valutazione del servizio"), seen.made_on, seen.author, outcome, seen.protocol),
        )


def _projects(access: Access, ids: Collection[int], begun: set[int]) -> Iterator[tuple[int, Step]]:
    rows = PersonalProject.objects.filter(ambito=access.ambito_id, placement__beneficiary__in=ids, state__in=AGREED)
    for row in rows.select_related("placement__promoter_tutor"):
        words = _("Progetto personale, versione %(n)d") % {"n": row.version}
        step = Step(Process.PROJECT, words, row.effective_from, _name(row.placement.promoter_tutor), row.get_state_display())
        yield row.placement.beneficiary_id, step


def _courses(access: Access, ids: Collection[int], begun: set[int]) -> Iterator[tuple[int, Step]]:
    rows = Placement.objects.filter(ambito=access.ambito_id, beneficiary__in=ids, state__in=HOSTED).select_related(
        "promoter_tutor", "company"
    )
    placed = {row.pk: row for row in rows}
    mine: dict[str, Any] = {"ambito": access.ambito_id, "placement__in": placed}
    outcomes: Mapping[int, PlacementOutcome] = {row.placement_id: row for row in PlacementOutcome.objects.filter(**mine)}
    early: Mapping[int, EarlyEnd] = {row.placement_id: row for row in EarlyEnd.objects.filter(**mine)}
    for pk, row in placed.items():
        begun.add(row.beneficiary_id)
        who = _name(row.promoter_tutor)
        words = _("Inizio del tirocinio, %(company)s") % {"company": row.company}
        yield row.beneficiary_id, Step(Process.COURSE, words, row.starts_on, who, row.get_state_display())
        if row.ended_on:
            after = outcomes[pk].get_kind_display() if pk in outcomes else ""
            cause = early[pk].get_cause_display() if pk in early else ""
            outcome = ", ".join(part for part in (cause, after) if part)
            yield row.beneficiary_id, Step(Process.END, _("Fine del tirocinio"), row.ended_on, who, outcome)
    for visit in Visit.objects.filter(**mine, state=VisitState.DONE).select_related("held_by"):
        words = str(visit.get_kind_display()).capitalize()
        step = Step(Process.COURSE, words, visit.held_on, _name(visit.held_by), visit.get_state_display())
        yield placed[visit.placement_id].beneficiary_id, step
    for given in Evaluation.objects.filter(**mine, state=EvaluationState.GIVEN):
        process = Process.END if given.moment in (Moment.FINAL, Moment.SATISFACTION) else Process.COURSE
        words = _("Valutazione (%(moment)s), risponde %(voice)s") % {
            "moment": given.get_moment_display(),
            "voice": given.get_voice_display(),
        }
        yield (
            placed[given.placement_id].beneficiary_id,
            Step(process, words, given.given_on, given.who or str(given.get_voice_display()), given.get_state_display()),
        )


def _name(user: Any) -> str:
    return str(user) if user else ""


def table_of(files: Iterable[CaseFile]) -> tuple[list[str], list[list[Cell]]]:
    """The file: one row a step, people as they come, the processes in order; a process that is absent has a row that says so."""
    head = [_("Codice fiscale"), _("Cognome"), _("Nome"), _("Processo"), _("Passo"), _("Data"), _("Operatore"), _("Esito")]
    head += [_("Protocollo"), _("Da completare")]
    rows: list[list[Cell]] = []
    for file in files:
        who: list[Cell] = [file.person.codice_fiscale, file.person.last_name, file.person.first_name]
        lines: list[tuple[Process, list[Cell]]] = [
            (s.process, [s.what, s.on, s.operator, s.outcome, s.reference, ", ".join(s.missing)]) for s in file.steps
        ]
        lines += [(process, ["", None, "", "", "", _("non c'è niente")]) for process in file.absent]
        rows += [[*who, f"{process} {process.label}", *cells] for process, cells in sorted(lines, key=lambda line: line[0])]
    return head, rows
