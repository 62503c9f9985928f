"""Reads of evaluations: what waits for each voice, the voices side by side, what changed. Looks at details and lists are logged here."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from placements.agreements.models import Placement
from placements.agreements.selectors import asked_why, opens
from placements.attendance.selectors import reachable, short_name

from .. import evaluation_rules as rules
from ..evaluation_enums import MEASURED, THREE, Area, EvaluationState, Moment, Voice
from ..evaluation_questions import BASE, GOAL_STEPS, HOW_IT_WAS, OWN, SHIPPED, Questions, own_questions
from ..models.evaluations import Evaluation, EvaluationAnswer, EvaluationOpinion, GoalRating, QuestionSet

S = EvaluationState
_NAMED = ("placement__beneficiary", "placement__company")
_HIDDEN = ("comment", "placement__beneficiary__codice_fiscale")


def questions_of(row: Evaluation) -> Questions:
    """The set an evaluation is about, in the version it was asked with. A query for an office's own alone."""
    if row.questions in SHIPPED:
        return SHIPPED[row.questions]
    own = QuestionSet.objects.get(pk=int(row.questions.removeprefix(OWN)))
    return own_questions(own.pk, own.name, own.version, own.source, own.questions)


def _sets_of(codes: Collection[str]) -> dict[str, Questions]:
    """Of several codes at once; a query only when an office's own is among them."""
    found = {code: SHIPPED[code] for code in codes if code in SHIPPED}
    own = [int(code.removeprefix(OWN)) for code in codes if code.startswith(OWN)]
    for row in QuestionSet.objects.filter(pk__in=own) if own else ():
        found[f"{OWN}{row.pk}"] = own_questions(row.pk, row.name, row.version, row.source, row.questions)
    return found


def goal_words(value: int | None) -> str:
    """How far a goal is, in words."""
    return next((str(step.words) for step in GOAL_STEPS if step.value == value), "")


# --- The office


def _evaluations(access: Access) -> QuerySet[Evaluation]:
    """The active Ambito's; for a comune-limited membership those of its residents."""
    rows = Evaluation.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(placement__beneficiary__residence__in=access.comuni)


def of_the_office(access: Access, public_id: UUID) -> UUID:
    """The same id, when it is one of the office's evaluations; 404 otherwise."""
    return get_object_or_404(_evaluations(access).only("public_id"), public_id=public_id).public_id


def evaluations_page(
    access: Access, query: QueryDict, *, today: date, state: str = "", moment: str = "", voice: str = "", late: bool = False
) -> Slice:
    """One page: what is to be done by its day, or what was given, the latest first. The look is logged."""
    wanted = state or S.ASKED
    rows = _evaluations(access).select_related(*_NAMED).defer(*_HIDDEN).filter(state=wanted)
    if moment:
        rows = rows.filter(moment=moment)
    if voice:
        rows = rows.filter(voice=voice)
    if late:
        rows = rows.filter(due_on__lt=today)
    order = {S.GIVEN: ("-given_on", "-id"), S.ASKED: ("due_on", "id")}.get(EvaluationState(wanted), ("-id",))
    page = page_of(rows, query, order=order)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="monitoring:evaluations", subject_type=Evaluation._meta.label_lower)
    return page


def evaluation_for(access: Access, public_id: UUID) -> Evaluation:
    """One evaluation of the office's, or 404; it opens as its placement does, and while it is asked to who keeps them: it is their task.
    The look is logged."""
    row: Any = get_object_or_404(
        _evaluations(access)
        .select_related(*_NAMED, "placement__rulebook", "scan", "corrects")
        .annotate(is_reached=Q(state=S.ASKED) | Q(opens(access, "placement_id"))),
        public_id=public_id,
    )
    asked_why(_Opened(row.is_reached), row.placement.beneficiary)
    audit.look(Look.Kind.DETAIL, row, by=access, place="monitoring:evaluation")
    return cast("Evaluation", row)


@dataclass(frozen=True)
class _Opened:
    is_open: bool


def answers_of(row: Evaluation) -> dict[str, int | None]:
    return dict(EvaluationAnswer.objects.filter(evaluation=row).values_list("item", "value"))


def ratings_of(row: Evaluation) -> list[GoalRating]:
    return list(GoalRating.objects.filter(evaluation=row).order_by("position"))


# --- The tutor, the host


def waiting_for_tutor(access: Access) -> list[Evaluation]:
    """What the tutor is asked, of the people entrusted to her alone, by its day; each says `name`. One query. The look is logged."""
    rows = Evaluation.objects.filter(state=S.ASKED, voice=Voice.TUTOR, placement__in=reachable(access))
    return _named(rows, access, "my_evaluations:list")


def count_for_tutor(access: Access) -> int:
    """How many wait for her. One query."""
    return Evaluation.objects.filter(state=S.ASKED, voice=Voice.TUTOR, placement__in=reachable(access)).count()


def given_by_tutor(access: Access) -> list[Evaluation]:
    """What she has given, the latest first: only that it was, and when. One query."""
    rows = Evaluation.objects.filter(state=S.GIVEN, voice=Voice.TUTOR, placement__in=reachable(access))
    return _named(rows, access, "my_evaluations:list", order=("-given_on", "-id"))[:20]


def waiting_for_host(access: Access) -> list[Evaluation]:
    """What a company's contact is asked: how it was. One query."""
    if not access.contact_for:
        return []
    rows = Evaluation.objects.filter(state=S.ASKED, voice=Voice.HOST, placement__company__in=access.contact_for)
    return _named(rows, access, "my_evaluations:list")


def _named(rows: QuerySet[Evaluation], access: Access, place: str, order: tuple[str, ...] = ("due_on", "id")) -> list[Evaluation]:
    found: list[Any] = list(
        rows.select_related("placement__beneficiary", "placement__company")
        .only(
            *("public_id", "ambito_id", "moment", "voice", "state", "questions", "due_on", "given_on"),
            *(
                "placement__public_id",
                "placement__company__name",
                "placement__beneficiary__first_name",
                "placement__beneficiary__last_name",
            ),
        )
        .order_by(*order)
    )
    for row in found:
        person = row.placement.beneficiary
        row.name = short_name(person.first_name, person.last_name)
    audit.look(Look.Kind.LIST, found, by=access, place=place, subject_type=Evaluation._meta.label_lower)
    return found


def evaluation_of_company(access: Access, public_id: UUID) -> Evaluation:
    """The one the tutor, or the host, may answer; 404 for any other voice and for who is not entrusted to her. The look is logged."""
    mine = Q(voice=Voice.TUTOR, placement__in=reachable(access)) | Q(voice=Voice.HOST, placement__company__in=access.contact_for)
    rows: QuerySet[Any] = Evaluation.objects.filter(mine).exclude(state=S.CORRECTED).select_related(*_NAMED).defer(_HIDDEN[1])
    row = get_object_or_404(rows, public_id=public_id)
    person = row.placement.beneficiary
    row.name = short_name(person.first_name, person.last_name)
    audit.look(Look.Kind.DETAIL, row, by=access, place="my_evaluations:answer")
    return row


# --- The person


@dataclass(frozen=True)
class Door:
    """What a link opens: an Access of one placement and of some evaluations, the one it was sent for, and until when."""

    access: Access
    evaluation_id: int
    expires_at: datetime


def door_of(token_hash: str) -> Door | None:
    """Found before any scope exists, by the hash of the secret; None when there is none. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM monitoring_evaluation_door(%s)", [token_hash])
        found = cursor.fetchone()
    if found is None:
        return None
    evaluation_id, network_id, ambito_id, placement_id, beneficiary_id, company_id, expires_at, reached = found
    access = Access.at_questions(
        network_id=network_id,
        ambito_id=ambito_id,
        placement_id=placement_id,
        beneficiary_id=beneficiary_id,
        company_id=company_id,
        evaluations=frozenset(reached) | {evaluation_id},
    )
    return Door(access, evaluation_id, expires_at)


def in_area(own: Collection[int]) -> tuple[frozenset[int], dict[int, int]]:
    """For the area: the evaluations that these people of the scope are asked, or told, and the papers made for them, each with its
    placement. Nobody answers with the voice of whom they represent, nor reads what they said. One query, in the area's scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT beneficiary_id, placement_id, evaluation_id, document_id FROM monitoring_area()")
        rows = [row[1:] for row in cursor.fetchall() if row[0] in own]
    papers = {document: placement for placement, _evaluation, document in rows if document}
    return frozenset(evaluation for _placement, evaluation, _document in rows if evaluation), papers


def behind(door: Door) -> Evaluation:
    """The evaluation a link was sent for, read in its scope."""
    return Evaluation.objects.get(pk=door.evaluation_id)


def to_hear(access: Access, public_id: UUID) -> Evaluation:
    """A final evaluation that is told to who holds a link or came into the area; 404 for any other. The look is logged."""
    rows = Evaluation.objects.filter(pk__in=access.evaluations).select_related(*_NAMED)
    row = get_object_or_404(rows, public_id=public_id)
    if not is_told(row):
        raise Http404
    audit.look(Look.Kind.DETAIL, row, by=access, place="my_evaluation:told")
    return row


def mine(access: Access, public_id: UUID) -> Evaluation:
    """One of those that a link or the area opens, to answer; 404 for any other. The look is logged."""
    rows = Evaluation.objects.filter(pk__in=access.evaluations, voice__in=(Voice.PERSON, Voice.FAMILY)).exclude(state=S.CORRECTED)
    row = get_object_or_404(rows.select_related(*_NAMED), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="my_evaluation:start")
    return row


@dataclass(frozen=True)
class Waiting:
    """What waits for a person: questions to answer, and a final evaluation to say what she thinks of."""

    to_answer: list[Evaluation]
    to_hear: list[Evaluation]

    def __bool__(self) -> bool:
        return bool(self.to_answer or self.to_hear)

    def of(self, person_id: int) -> "Waiting":
        """The part of one person, where somebody comes in for several."""
        return Waiting(*([row for row in rows if row.placement.beneficiary_id == person_id] for rows in (self.to_answer, self.to_hear)))


def waiting_for_person(access: Access) -> Waiting:
    """Of what a link or the area opens. Two queries."""
    rows = Evaluation.objects.filter(pk__in=access.evaluations).select_related(*_NAMED)
    asked = [row for row in rows.order_by("asked_on", "id") if row.state == S.ASKED and row.voice in (Voice.PERSON, Voice.FAMILY)]
    told = [row for row in rows if is_told(row)]
    heard = set(EvaluationOpinion.objects.filter(evaluation__in=told).values_list("evaluation_id", flat=True)) if told else set()
    return Waiting(asked, [row for row in told if row.pk not in heard])


def is_told(row: Evaluation) -> bool:
    """Whether the person may say what she thinks of it: the office's final one, as it is now."""
    return (row.moment, row.voice, row.questions, row.state) == (Moment.FINAL, Voice.OFFICE, BASE.code, S.GIVEN)


@dataclass(frozen=True)
class Told:
    """A final evaluation in the words the person is told: by question what the office and the tutor say, and her goals."""

    evaluation: Evaluation
    rows: list[tuple[str, str, str, str, str]]  # question, its picture, the office's words, the tutor's words, the office's face
    goals: list[tuple[str, str, str]]  # goal, words, face
    comments: list[str]
    opinion: EvaluationOpinion | None


def told_to_person(row: Evaluation) -> Told:
    """Of the office's final evaluation, with the tutor's beside it where she gave one. Words and faces, never a number."""
    tutors = Evaluation.objects.filter(
        placement_id=row.placement_id, moment=Moment.FINAL, voice=Voice.TUTOR, questions=BASE.code, state=S.GIVEN
    ).first()
    ours, theirs = answers_of(row), answers_of(tutors) if tutors else {}
    rows = [
        (
            str(item.person),
            item.picture,
            BASE.words(ours.get(item.code)),
            BASE.words(theirs[item.code]) if item.code in theirs else "",
            BASE.face(ours.get(item.code)),
        )
        for item in BASE.items
    ]
    faces = {step.value: step.face for step in GOAL_STEPS}
    goals = [(r.text, goal_words(r.value), faces[r.value]) for r in ratings_of(row) if r.value is not None]
    comments = [each.comment for each in (row, tutors) if each and each.comment]
    return Told(row, rows, goals, comments, EvaluationOpinion.objects.filter(evaluation=row).first())


# --- Side by side


@dataclass(frozen=True)
class Cell:
    """What one voice said at one moment: its words, and the number the office alone sees."""

    value: int | None
    words: str


@dataclass(frozen=True)
class ItemRow:
    """One question with what each voice said at each moment: (moment, voice) → Cell."""

    code: str
    area: str
    text: str
    cells: Mapping[tuple[str, str], Cell]

    @property
    def area_words(self) -> str:
        return str(Area(self.area).label)


@dataclass(frozen=True)
class GoalRow:
    """One goal, followed over the versions of the project by its words: what each voice said at each moment."""

    text: str
    cells: Mapping[tuple[str, str], Cell]

    def change(self, voice: str) -> rules.Change | None:
        return rules.change([(m, cell.value) for (m, v), cell in self.cells.items() if v == voice and cell.value is not None])

    @property
    def first_and_last(self) -> dict[str, tuple[str, str]]:
        """By voice the first and the last word; one that was said once stands twice."""
        found = {}
        for voice in THREE:
            if change := self.change(voice):
                found[str(voice)] = (goal_words(int(change.first)), goal_words(int(change.last)))
        return found


@dataclass(frozen=True)
class Opinion:
    """Whether the person agrees with the final evaluation, and her own words."""

    agrees: bool
    comment: str
    given_on: date


@dataclass(frozen=True)
class Compared:
    """The evaluations of a placement side by side: what the final report and the page of the charts are made of.

    `moments` and `voices` are those somebody spoke at; `areas` maps (area, moment, voice) to the mean of the answers that were known;
    `waived` says what was not had and why; `satisfaction` the answers of how it was by voice.
    """

    items: list[ItemRow]
    goals: list[GoalRow]
    moments: list[str]
    voices: list[str]
    areas: Mapping[tuple[str, str, str], float]
    comments: Mapping[tuple[str, str], str]
    waived: list[tuple[str, str, str]]  # moment, voice, why
    satisfaction: Mapping[str, list[tuple[str, str]]]  # voice → (question, words)
    opinion: Opinion | None
    given: Mapping[tuple[str, str], Evaluation] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.given or self.satisfaction)

    def mean(self, moment: str, voice: str) -> float | None:
        """The mean over all areas, each weighing the same; None when that voice did not speak."""
        found = [value for (_area, m, v), value in self.areas.items() if (m, v) == (moment, voice)]
        return rules.mean(found)  # type: ignore[arg-type]


def compared(placement: Placement) -> Compared:
    """Of one placement somebody has already opened; what was corrected counts as corrected. Five queries at most."""
    rows = list(
        Evaluation.objects.filter(placement=placement)
        .exclude(state=S.CORRECTED)
        .prefetch_related("answers", Prefetch("ratings", GoalRating.objects.order_by("position")))
        .order_by("asked_on", "id")
    )
    opinions = EvaluationOpinion.objects.filter(placement=placement, evaluation__in=[r.pk for r in rows]).order_by("-id")
    given = {(r.moment, r.voice): r for r in rows if r.state == S.GIVEN and r.questions == BASE.code}
    said: dict[str, dict[tuple[str, str], Cell]] = defaultdict(dict)
    goals: dict[str, tuple[str, dict[tuple[str, str], Cell]]] = {}
    by_area: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for key, row in given.items():
        for answer in row.answers.all():
            said[answer.item][key] = Cell(answer.value, BASE.words(answer.value))
            if answer.value is not None:
                by_area[(BASE.by_code[answer.item].area, *key)].append(answer.value)
    for key, row in sorted(given.items(), key=lambda pair: rules.ORDER[pair[0][0]]):
        for rating in row.ratings.all():
            text, cells = goals.get(rules.same_goal(rating.text), ("", {}))
            goals[rules.same_goal(rating.text)] = (rating.text, cells)
            if rating.value is not None:
                cells[key] = Cell(rating.value, goal_words(rating.value))
    how = {
        r.voice: [
            (str(HOW_IT_WAS.by_code[a.item].wording(r.voice)), HOW_IT_WAS.words(a.value))
            for a in sorted(r.answers.all(), key=lambda a: list(HOW_IT_WAS.by_code).index(a.item))
        ]
        for r in rows
        if r.state == S.GIVEN and r.questions == HOW_IT_WAS.code
    }
    opinion = next(iter(opinions), None)
    return Compared(
        items=[ItemRow(item.code, item.area, str(item.office), said.get(item.code, {})) for item in BASE.items],
        goals=[GoalRow(text, cells) for text, cells in goals.values()],
        moments=[str(m) for m in MEASURED if any(key[0] == m for key in given)],
        voices=[str(v) for v in Voice if any(key[1] == v for key in given)],
        areas={key: sum(values) / len(values) for key, values in by_area.items()},
        comments={key: row.comment for key, row in given.items() if row.comment},
        waived=[(r.moment, r.voice, r.waived_why) for r in rows if r.state == S.WAIVED],
        satisfaction=how,
        opinion=Opinion(opinion.agrees, opinion.comment, opinion.given_on) if opinion else None,
        given=given,
    )


def of_placement(access: Access, placement: Placement) -> list[Evaluation]:
    """All of a placement, also those that were corrected, in the order of the moments. The look is logged."""
    rows = list(Evaluation.objects.filter(placement=placement).select_related("scan").order_by("id"))
    rows.sort(key=lambda row: (rules.ORDER[row.moment], list(Voice).index(Voice(row.voice)), row.questions, row.pk))
    audit.look(Look.Kind.DETAIL, placement, by=access, place="monitoring:evaluations_of")
    return rows


# --- For the study and the reports: values only, no names


@dataclass(frozen=True)
class ValueChange:
    """First and last value of one placement, voice and area (or goal): what the study pairs. `key` is the area, or `goal`."""

    placement_id: int
    voice: str
    key: str
    change: rules.Change


def changes(access: Access, *, first: date, last: date, ended_only: bool = False) -> list[ValueChange]:
    """Of the Ambito's placements with an evaluation given from `first` to `last`: by voice and area the means at the first and the last
    moment, and by voice and goal its first and last rating (key "goal"). Two queries; values without a name."""
    rows = _evaluations(access).filter(state=S.GIVEN, questions=BASE.code, voice__in=THREE, given_on__range=(first, last))
    if ended_only:
        rows = rows.filter(placement__ended_on__isnull=False)
    of: dict[tuple[int, str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    columns = ("evaluation__placement_id", "evaluation__voice", "evaluation__moment")
    for placement, voice, moment, item, value in EvaluationAnswer.objects.filter(evaluation__in=rows, value__isnull=False).values_list(
        *columns, "item", "value"
    ):
        of[(placement, voice, BASE.by_code[item].area)][moment].append(value)
    found = [
        ValueChange(*key, change)
        for key, moments in sorted(of.items())
        if (change := rules.change([(moment, sum(v) / len(v)) for moment, v in moments.items()]))
    ]
    goals: dict[tuple[int, str, str], list[tuple[str, float]]] = defaultdict(list)
    for placement, voice, moment, text, value in GoalRating.objects.filter(evaluation__in=rows, value__isnull=False).values_list(
        *columns, "text", "value"
    ):
        goals[(placement, voice, rules.same_goal(text))].append((moment, value))
    for (placement, voice, _text), values in sorted(goals.items()):
        if change := rules.change(values):
            found.append(ValueChange(placement, voice, "goal", change))
    return found


@dataclass(frozen=True)
class SatisfactionCount:
    """How many gave an answer to one question of how it was. Small counts are hidden by who shows them outside."""

    voice: str
    item: str
    question: str
    value: int | None
    words: str
    count: int


def satisfaction(access: Access, *, first: date, last: date, source: str = "") -> list[SatisfactionCount]:
    """Of what was given from `first` to `last`, by voice, question and answer; without an active Ambito, in all those of the access.
    `source`: only placements that a funder pays. One query."""
    whole = _evaluations(access) if access.ambito_id else Evaluation.objects.filter(ambito_id__in=access.ambiti)
    rows = whole.filter(state=S.GIVEN, questions=HOW_IT_WAS.code, given_on__range=(first, last))
    if source:
        rows = rows.filter(placement__funding_source=source)
    counted = EvaluationAnswer.objects.filter(evaluation__in=rows).values_list("evaluation__voice", "item", "value")
    found = []
    for voice, item, value, count in counted.annotate(count=Count("id")).order_by("evaluation__voice", "item", "value"):
        question = HOW_IT_WAS.by_code[item]
        found.append(SatisfactionCount(voice, item, str(question.wording(voice)), value, HOW_IT_WAS.words(value), count))
    return found
