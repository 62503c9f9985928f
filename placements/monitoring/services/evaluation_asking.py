"""Evaluations asked by the calendar (rule 49): every night what is due, once, to who gives each voice."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.models import Todo
from placements.agreements.enums import OVER, RUNNING, PlacementState, ProjectState
from placements.agreements.models import Goal, Placement
from placements.attendance.selectors import short_name

from .. import evaluation_rules as rules
from ..evaluation_enums import THREE, EvaluationState, Moment, Voice
from ..evaluation_questions import BASE, HOW_IT_WAS, OWN_ONES, SHIPPED, own_code
from ..models.evaluations import Evaluation, EvaluationAnswer, GoalRating, QuestionSet

TODO = "monitoring.evaluation"
AFTER = (Voice.PERSON, Voice.TUTOR, Voice.HOST)  # who is asked how it was; the family by hand


class Wanted(NamedTuple):
    moment: str
    voice: str
    questions: str


@transaction.atomic
@translation.override("it")
def ask_due(*, by: Access, today: date) -> dict[str, int]:
    """In the Ambito: what has come and was not asked yet. Safe to repeat. Returns how many were asked, and whose goals were renewed."""
    return {"renewed": renew_goals(by=by), "asked": len(_ask_new(by=by, today=today))}


def _ask_new(*, by: Access, today: date) -> list[Evaluation]:
    """A few queries, however many placements."""
    over = Q(state__in=OVER, ended_on__gte=today - rules.LATE) & ~Q(state=PlacementState.CLOSED)
    live = Placement.objects.filter(Q(state__in=RUNNING, starts_on__lte=today) | over, ambito_id=by.ambito_id)
    placements = list(live.select_related("rulebook", "beneficiary").order_by("pk"))
    asked = asked_of(placements)
    own = own_codes(by.ambito_id)
    fresh: list[tuple[Placement, Wanted]] = []
    for placement in placements:
        for wanted in wanted_of(placement, {w.questions for w in asked[placement.pk]}, own, today):
            if wanted not in asked[placement.pk]:
                fresh.append((placement, wanted))
    return _create(fresh, by=by, today=today)


def wanted_of(placement: Placement, used: Collection[str], own: Collection[str], today: date) -> Iterable[Wanted]:
    """What a placement is asked today. The office's further questions are those it was asked the first time (`used`), if it was: a
    placement's questions never change between its moments."""
    book = placement.rulebook.rules
    span = rules.Span(placement.kept_from, placement.last_day, placement.state in OVER)
    began = any(code != HOW_IT_WAS.code for code in used)
    named = [code for code in book.evaluation_sets if code in SHIPPED] + (list(own) if OWN_ONES in book.evaluation_sets else [])
    further = [code for code in used if code not in (BASE.code, HOW_IT_WAS.code)] if began else named
    for moment in rules.open_now(span, book.evaluation_moments, before_end_days=book.evaluation_before_end_days, today=today):
        if moment == Moment.SATISFACTION:
            yield from (Wanted(moment, voice, HOW_IT_WAS.code) for voice in AFTER)
        else:
            yield from (Wanted(moment, voice, BASE.code) for voice in THREE)
            yield from (Wanted(moment, Voice.OFFICE, code) for code in further)


def asked_of(placements: Collection[Placement]) -> dict[int, set[Wanted]]:
    """What each was asked already, whatever came of it. One query."""
    found: dict[int, set[Wanted]] = defaultdict(set)
    rows = Evaluation.objects.filter(placement__in=[p.pk for p in placements]).exclude(state=EvaluationState.CORRECTED)
    for pk, *wanted in rows.values_list("placement_id", "moment", "voice", "questions"):
        found[pk].add(Wanted(*wanted))
    return found


def own_codes(ambito_id: int) -> list[str]:
    """The codes of the office's own questions in use."""
    rows = QuestionSet.objects.filter(ambito_id=ambito_id, retired_on=None).order_by("name", "version")
    return [own_code(pk) for pk in rows.values_list("pk", flat=True)]


def ask_one(placement: Placement, moment: str, voice: str, *, by: Access, today: date) -> Evaluation:
    """Ask one voice once; what was asked already is given back. The placement is locked by the caller."""
    code = HOW_IT_WAS.code if moment == Moment.SATISFACTION else BASE.code
    there = Evaluation.objects.filter(placement=placement, moment=moment, voice=voice, questions=code)
    if row := there.exclude(state=EvaluationState.CORRECTED).first():
        return row
    (row,) = _create([(placement, Wanted(moment, voice, code))], by=by, today=today)
    return row


def _create(fresh: Collection[tuple[Placement, Wanted]], *, by: Access, today: date) -> list[Evaluation]:
    made = Evaluation.objects.bulk_create(
        [
            Evaluation(
                ambito_id=placement.ambito_id,
                placement=placement,
                moment=wanted.moment,
                voice=wanted.voice,
                questions=wanted.questions,
                asked_on=today,
                due_on=today + timedelta(days=placement.rulebook.rules.evaluation_days),
                created_by_id=by.actor_id,
            )
            for placement, wanted in fresh
        ]
    )
    goals = goals_of([row.placement_id for row in made if _has_goals(row)])
    GoalRating.objects.bulk_create(rating for row in made if _has_goals(row) for rating in _ratings(row, goals[row.placement_id]))
    for row in made:
        record_fact("monitoring.evaluation.asked", row, by=by, moment=row.moment, voice=row.voice)
    remind(made, by=by, today=today)
    return made


def _has_goals(row: Evaluation) -> bool:
    return row.questions == BASE.code and row.voice in THREE


def _ratings(row: Evaluation, goals: Iterable[Goal]) -> list[GoalRating]:
    return [GoalRating(ambito_id=row.ambito_id, evaluation=row, goal=goal, position=n, text=goal.text) for n, goal in enumerate(goals, 1)]


def goals_of(placement_ids: Collection[int]) -> dict[int, list[Goal]]:
    """The goals of the version in force of each placement, in their order. One query."""
    found: dict[int, list[Goal]] = defaultdict(list)
    rows = Goal.objects.filter(project__placement__in=placement_ids, project__state=ProjectState.EFFECTIVE)
    for goal in rows.select_related("project").only("text", "position", "ambito_id", "project__placement_id").order_by("position"):
        found[goal.project.placement_id].append(goal)
    return found


def renew_goals(*, by: Access) -> int:
    """A version that changed the goals, before anybody answered, changes them in what is still asked too. Three queries and the changes."""
    waiting = Evaluation.objects.filter(ambito_id=by.ambito_id, state=EvaluationState.ASKED, questions=BASE.code, voice__in=THREE)
    answered = EvaluationAnswer.objects.filter(evaluation__in=waiting).values("evaluation_id")
    rows = list(waiting.exclude(pk__in=answered).select_for_update(of=("self",), no_key=True).order_by("pk"))
    goals = goals_of({row.placement_id for row in rows})
    laid: dict[int, list[str]] = defaultdict(list)
    for pk, text in GoalRating.objects.filter(evaluation__in=rows).order_by("position").values_list("evaluation_id", "text"):
        laid[pk].append(text)
    stale = [row for row in rows if goals[row.placement_id] and laid[row.pk] != [goal.text for goal in goals[row.placement_id]]]
    GoalRating.objects.filter(evaluation__in=stale).delete()
    GoalRating.objects.bulk_create(rating for row in stale for rating in _ratings(row, goals[row.placement_id]))
    return len(stale)


def title_of(row: Evaluation) -> str:
    words = {
        Voice.TUTOR: _("Valutazione %(moment)s di %(person)s: tre minuti"),
        Voice.PERSON: _("Fai rispondere %(person)s alla valutazione %(moment)s"),
        Voice.OFFICE: _("Valutazione %(moment)s di %(person)s: tocca all'ufficio"),
        Voice.FAMILY: _("Senti la famiglia di %(person)s: valutazione %(moment)s"),
    }[Voice(row.voice)]
    person = row.placement.beneficiary
    name = short_name(person.first_name, person.last_name) if row.voice == Voice.TUTOR else person  # as on all of a tutor's pages
    return words % {"moment": row.get_moment_display(), "person": name}


def remind(rows: Collection[Evaluation], *, by: Access, today: date) -> None:
    """One to-do for each of the three moments: the tutor's own, the others' to who follows the placement. How it was has none: it is
    answered with the final one. Reminders of a muted case stay quiet in the inbox."""
    Todo.objects.bulk_create(
        Todo(
            kind=TODO,
            subject_type=Evaluation._meta.label_lower,
            subject_id=row.pk,
            title=title_of(row)[:200],
            url=reverse("my_evaluations:answer" if row.voice == Voice.TUTOR else "monitoring:evaluation", args=[row.public_id]),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.COMPANY_TUTOR if row.voice == Voice.TUTOR else CaseRole.PROMOTER_TUTOR,
            due_on=row.due_on,
            ambito_id=row.ambito_id,
        )
        for row in rows
        if row.moment != Moment.SATISFACTION
    )
