"""Evaluations of placements that run and that ended: most given, some waiting, one on paper, one waived, one person who does not agree."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from placements.agreements.enums import OVER, RUNNING
from placements.monitoring import evaluation_rules as rules
from placements.monitoring.evaluation_enums import Area, EvaluationState, Given, Moment, Voice
from placements.monitoring.evaluation_questions import BASE, HOW_IT_WAS
from placements.monitoring.models import Evaluation, EvaluationAnswer, EvaluationOpinion, GoalRating, QuestionSet
from placements.monitoring.services import evaluation_asking as asking

from .placements import Placed
from .world import World

MODELS = (QuestionSet, Evaluation, EvaluationAnswer, GoalRating, EvaluationOpinion)
BEFORE_END, TO_ANSWER = 14, timedelta(days=15)
SAID = {
    Voice.PERSON: (
        "Mi trovo bene. Mi piace quando il lavoro è lo stesso ogni mattina.",
        "All'inizio avevo paura. Adesso so dove sono le cose.",
        "Vorrei imparare anche a usare la bilancia.",
    ),
    Voice.TUTOR: (
        "Arriva sempre per prima. Con i colleghi scherza, prima non parlava.",
        "Se le cose cambiano all'improvviso si agita: le spieghiamo il giorno prima.",
        "Ormai fa da sé tutto il giro del magazzino.",
    ),
    Voice.OFFICE: (
        "Tiene il ritmo della settimana e parla volentieri di quello che fa.",
        "Il viaggio in pullman resta la fatica più grande: ne riparliamo a metà.",
        "Ha preso fiducia; fuori dal tirocinio ha ricominciato a uscire.",
    ),
    Voice.HOST: ("È stata una bella esperienza anche per noi.",),
    Voice.FAMILY: ("A casa racconta ogni sera che cosa ha fatto.",),
}
DISAGREES = "Secondo me arrivo in orario quasi sempre. Il pullman di quel mese era in ritardo."
AGREES = "Sì, sono contenta. Grazie a tutti."


@dataclass
class Told:
    """What each row becomes once its answers are written."""

    over: list[tuple[Evaluation, dict[str, Any]]] = field(default_factory=list)  # and its columns then
    waiting: list[Evaluation] = field(default_factory=list)


def create_evaluations(world: World, placed: list[Placed]) -> Told:
    """Questions and answers; that they were given is written after them, for a given evaluation takes no more."""
    hosted = [one for one in placed if one.row.state in (*RUNNING, *OVER) and one.row.starts_on <= world.today and not one.row.entered_on]
    goals = asking.goals_of([one.row.pk for one in hosted])
    chance, told = Random(world.uuid("evaluations").int), Told()
    for number, one in enumerate(hosted):
        for moment, voice, asked_on in _asked(one, world.today):
            _evaluate(world, one, number, moment, voice, asked_on, [(goal, goal.text) for goal in goals[one.row.pk]], chance, told)
    _opinions(world, hosted, told)
    world.new(
        QuestionSet,
        ambito=world.districts[0].ambito,
        name="Scheda della bottega",
        version=1,
        source="Équipe dell'ufficio, riunione di gennaio",
        questions=[
            {"code": "banco", "area": Area.TASKS, "text": "Serve al banco e saluta chi entra"},
            {"code": "resto", "area": Area.TASKS, "text": "Conta il resto"},
            {"code": "pulizia", "area": Area.RULES, "text": "Lascia in ordine il proprio posto"},
        ],
    )
    return told


def give(world: World, told: Told) -> None:
    """The answers are there: now they are given, or waived; what waits has its to-do."""
    for row, columns in told.over:
        for name, value in columns.items():
            setattr(row, name, value)
    names = ["state", "given_on", "how", "who", "comment", "waived_why"]
    Evaluation._base_manager.bulk_update([row for row, _columns in told.over], names, batch_size=200)
    with world.acting("evaluation reminders", on=world.today, hour=6):
        for district in world.districts:
            system = Access.system(network_id=world.network.pk, ambito_id=district.ambito.pk, reason="demo")
            with scope(system.scope):
                asking.remind([row for row in told.waiting if row.ambito_id == district.ambito.pk], by=system, today=world.today)


def _asked(one: Placed, today: date) -> Iterator[tuple[str, str, date]]:
    span = rules.Span(one.row.starts_on, one.row.last_day, one.row.state in OVER)
    for moment, day in rules.moments_on(span, BEFORE_END).items():
        if day <= today:
            voices = asking.AFTER if moment == Moment.SATISFACTION else asking.THREE
            for voice in voices:
                yield moment, voice, day


def _evaluate(
    world: World, one: Placed, number: int, moment: str, voice: str, asked_on: date, goals: list, chance: Random, told: Told
) -> None:
    questions = HOW_IT_WAS if moment == Moment.SATISFACTION else BASE
    row = world.new(
        Evaluation,
        ambito=one.row.ambito,
        placement=one.row,
        moment=moment,
        voice=voice,
        questions=questions.code,
        asked_on=asked_on,
        due_on=asked_on + TO_ANSWER,
    )
    ratings = [
        world.new(GoalRating, ambito=one.row.ambito, evaluation=row, goal=goal, position=n, text=text)
        for n, (goal, text) in enumerate(goals if questions is BASE else (), 1)
    ]
    world.fact("monitoring.evaluation.asked", row, on=asked_on, data={"moment": moment, "voice": voice})
    day = asked_on + timedelta(days=3 + chance.randrange(9))
    if day > world.today or _waits(world, one, moment, voice):
        told.waiting.append(row)
        return
    if (number, moment, voice) == (4, Moment.INITIAL, Voice.PERSON):
        why = "In quelle settimane era in ospedale: ha ripreso da metà percorso."
        told.over.append((row, {"state": EvaluationState.WAIVED, "waived_why": why}))
        by = one.person.referent
        world.fact("monitoring.evaluation.waived", row, on=day, by=by, before="asked", after="waived", reason=why)
        return
    is_paper = voice == Voice.TUTOR and number % 6 == 3
    _answer(world, row, ratings, number, chance)
    people = {Voice.PERSON: one.row.beneficiary, Voice.TUTOR: one.tutor, Voice.OFFICE: one.row.promoter_tutor or one.person.referent}
    columns = {
        "state": EvaluationState.GIVEN,
        "given_on": day,
        "how": {Voice.OFFICE: Given.OFFICE, Voice.PERSON: Given.TABLET}.get(Voice(voice), Given.PAPER if is_paper else Given.ONLINE),
        "who": str(people.get(Voice(voice)) or ""),
        "comment": chance.choice(SAID[Voice(voice)]) if chance.random() < 0.6 else "",
    }
    told.over.append((row, columns))
    world.fact("monitoring.evaluation.given", row, on=day, before="asked", after="given")


def _waits(world: World, one: Placed, moment: str, voice: str) -> bool:
    """The tutor of the demo has one to give, and so has the office; it was asked lately."""
    email = one.tutor.user.email if one.tutor.user else ""
    is_known = email == "tutor@example.org"
    days = rules.moments_on(rules.Span(one.row.starts_on, one.row.last_day, one.row.state in OVER), BEFORE_END)
    last = max((m for m in (Moment.INITIAL, Moment.MID, Moment.FINAL) if days[m] <= world.today), key=lambda m: rules.ORDER[m])
    return is_known and moment == last


def _answer(world: World, row: Evaluation, ratings: list[GoalRating], number: int, chance: Random) -> None:
    """Better with time for most, the person a little more confident than the office."""
    if row.questions == HOW_IT_WAS.code:
        for item in HOW_IT_WAS.items:
            world.new(EvaluationAnswer, ambito=row.ambito, evaluation=row, item=item.code, value=chance.choice((2, 3, 3, 3)))
        return
    step = {Moment.INITIAL: 0.0, Moment.MID: 0.6, Moment.FINAL: 1.1}[Moment(row.moment)] * (0.4 if number % 5 == 4 else 1)
    lean = {Voice.PERSON: 0.4, Voice.TUTOR: 0.0, Voice.OFFICE: -0.2}[Voice(row.voice)]
    for place, item in enumerate(BASE.items):
        value = round(1.7 + (number * 7 + place * 3) % 5 / 4 + step + lean + chance.uniform(-0.4, 0.4))
        unknown = row.voice == Voice.TUTOR and item.code == "outside" and number % 2
        world.new(EvaluationAnswer, ambito=row.ambito, evaluation=row, item=item.code, value=None if unknown else min(4, max(1, value)))
    for rating in ratings:
        rating.value = min(2, max(-2, round(-1.4 + step * 1.3 + lean / 2 + chance.uniform(-0.6, 0.6))))


def _opinions(world: World, hosted: list[Placed], told: Told) -> None:
    """Who has ended heard the final one; the first of the demo's office does not agree."""
    finals = {
        row.placement_id: (row, columns["given_on"])
        for row, columns in told.over
        if (row.moment, row.voice) == (Moment.FINAL, Voice.OFFICE) and "given_on" in columns
    }
    heard = [finals[one.row.pk] for one in hosted if one.row.state in OVER and one.row.pk in finals]
    for n, (row, given_on) in enumerate(heard[:-1] if len(heard) > 1 else heard):
        world.new(
            EvaluationOpinion,
            ambito=row.ambito,
            evaluation=row,
            placement=row.placement,
            agrees=n != 0,
            comment=DISAGREES if n == 0 else AGREES if n % 3 == 0 else "",
            given_on=min(world.today, given_on + timedelta(days=4)),
            how=Given.TABLET,
        )
