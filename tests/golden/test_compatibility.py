"""Whether a site suits a person, worked by hand (docs/algorithms/matching.md). Each table is the rule itself, written once more.

An item adds up what the person finds hard (0 ce la fa, 1 con un aiuto, 2 meglio di no) and how much of it there is (0 non c'è,
1 un po', 2 molto). A zero on either side fits. 1+1 = 2: with somebody beside. 3: if the site says how it adapts. 2+2 = 4: a stop.
"""

from typing import Any

import pytest

from placements.matching.enums import Check, Item
from placements.matching.rules import Finding, Fit, Grade, Person, Place, judge

FITS, ADAPTED, STOP = Grade.FITS, Grade.ADAPTED, Grade.STOP
EASY = dict.fromkeys(Item.values, 0)


def person(**changes: Any) -> Person:
    levels = {**EASY, **{k: v for k, v in changes.items() if k in EASY}}
    rest = {"hours": 20, "travel_minutes": 40, "ways": ["bus"], "needs": []}
    return Person(levels, **{**rest, **{k: v for k, v in changes.items() if k not in EASY}})


def place(**changes: Any) -> Place:
    levels = {**EASY, **{k: v for k, v in changes.items() if k in EASY}}
    rest = {"hours": 20, "ways": ["bus"], "offers": [], "adaptations": {}, "minutes": 30, "same_comune": False}
    return Place(levels, **{**rest, **{k: v for k, v in changes.items() if k not in EASY}})


def of(fit: Fit, code: str) -> Finding:
    return next(finding for finding in fit.findings if finding.code == code)


#   person, site: without words of the site, with them
ITEMS = {
    (0, 0): (FITS, FITS),
    (0, 1): (FITS, FITS),
    (0, 2): (FITS, FITS),
    (1, 0): (FITS, FITS),
    (1, 1): (ADAPTED, ADAPTED),  # 2
    (1, 2): (STOP, ADAPTED),  # 3
    (2, 0): (FITS, FITS),
    (2, 1): (STOP, ADAPTED),  # 3
    (2, 2): (STOP, STOP),  # 4: the heart of the work
}


@pytest.mark.parametrize("item", Item.values)
@pytest.mark.parametrize(("sides", "grades"), ITEMS.items())
def test_an_item(item, sides, grades):
    hers, theirs = person(**{item: sides[0]}), {item: sides[1]}
    assert of(judge(hers, place(**theirs)), item).grade == grades[0]
    assert of(judge(hers, place(**theirs, adaptations={item: "carichi sotto i 5 chili"})), item).grade == grades[1]


#   the person can, the site wants at least, the site's words
@pytest.mark.parametrize(
    ("can", "least", "how", "grade"),
    [(20, 20, "", FITS), (20, 12, "", FITS), (19, 20, "", STOP), (12, 20, "anche due mattine", ADAPTED)],
)
def test_hours(can, least, how, grade):
    fit = judge(person(hours=can), place(hours=least, adaptations={"hours": how} if how else {}))
    assert (of(fit, Check.HOURS).grade, of(fit, Check.HOURS).adaptation) == (grade, how)


#   the person moves, the site is reached, in her comune
@pytest.mark.parametrize(
    ("ways", "reached", "same", "grade"),
    [
        (["bus"], ["bus", "car"], False, FITS),
        (["bus"], ["car"], False, STOP),
        (["car"], ["car"], False, FITS),
        (["driven"], ["car"], False, FITS),  # somebody drives her where a car arrives
        (["driven"], ["bus"], False, STOP),
        (["foot"], ["foot"], True, FITS),
        (["foot"], ["foot"], False, STOP),  # on foot only inside the comune
        (["foot", "bus"], ["foot", "bus"], False, FITS),
    ],
)
def test_transport(ways, reached, same, grade):
    assert of(judge(person(ways=ways), place(ways=reached, same_comune=same)), Check.TRANSPORT).grade == grade


def test_transport_that_the_site_adapts():
    finding = of(judge(person(ways=["foot"]), place(adaptations={"transport": "il tutor passa a prenderla"})), Check.TRANSPORT)
    assert (finding.grade, finding.adaptation) == (ADAPTED, "il tutor passa a prenderla")
    assert finding.reason == "qui si arriva in autobus o in treno; la persona si sposta a piedi"


@pytest.mark.parametrize(
    ("needs", "offers", "how", "grade"),
    [
        ([], [], "", FITS),
        (["lift"], ["lift", "toilet"], "", FITS),
        (["lift", "toilet"], ["toilet"], "", STOP),
        (["step_free"], [], "una pedana all'entrata", ADAPTED),
    ],
)
def test_access(needs, offers, how, grade):
    fit = judge(person(needs=needs), place(offers=offers, adaptations={"access": how} if how else {}))
    assert of(fit, Check.ACCESS).grade == grade


#   she travels at most 40 minutes
@pytest.mark.parametrize(("minutes", "grade"), [(40, FITS), (41, STOP), (None, ADAPTED)])
def test_distance(minutes, grade):
    assert of(judge(person(), place(minutes=minutes)), Check.DISTANCE).grade == grade


def test_an_unknown_way_is_said_and_not_guessed():
    finding = of(judge(person(), place(minutes=None)), Check.DISTANCE)
    assert (finding.reason, finding.adaptation) == ("tempo non conosciuto", "chiedere quanto dura il viaggio")


def test_the_whole_is_as_its_worst_part():
    assert judge(person(), place()).grade == FITS
    assert judge(person(lifting=1), place(lifting=1)).grade == ADAPTED
    both = judge(person(lifting=1, noise=2), place(lifting=1, noise=2))
    assert both.grade == STOP
    assert ([f.code for f in both.stops], [f.code for f in both.adapted]) == (["noise"], ["lifting"])


def test_the_reason_is_in_words():
    finding = of(judge(person(lifting=1), place(lifting=2, adaptations={"lifting": "carichi sotto i 5 chili"})), "lifting")
    assert (finding.label, finding.reason) == ("sollevare pesi", "qui molto; per questa persona: con un aiuto")
    assert finding.adaptation == "carichi sotto i 5 chili"
    assert of(judge(person(noise=1), place(noise=1)), "noise").adaptation == "con qualcuno accanto"
