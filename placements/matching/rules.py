"""Whether a site suits a person, item by item, in words. docs/algorithms/matching.md tells it to people; selectors say the same in SQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum

from django.utils.translation import gettext as _

from .enums import Ability, Check, Facility, Item, Presence, Way


class Grade(IntEnum):
    """The worst item is the grade of the whole."""

    FITS = 0
    ADAPTED = 1
    STOP = 2


@dataclass(frozen=True)
class Person:
    levels: Mapping[str, int]  # Item → Ability
    hours: int  # a week, at most
    travel_minutes: int  # one way, at most
    ways: Collection[str]
    needs: Collection[str]


@dataclass(frozen=True)
class Place:
    """A site as this person meets it: `minutes` of travel from her comune (None: nobody knows)."""

    levels: Mapping[str, int]  # Item → Presence
    hours: int  # a week, at least
    ways: Collection[str]
    offers: Collection[str]
    adaptations: Mapping[str, str]  # code → how
    minutes: int | None
    same_comune: bool


@dataclass(frozen=True)
class Finding:
    """One thing compared: why it is not simply fine (empty when it is), and what would make it so."""

    code: str
    label: str
    grade: Grade
    reason: str = ""
    adaptation: str = ""


@dataclass(frozen=True)
class Fit:
    findings: tuple[Finding, ...]

    @property
    def grade(self) -> Grade:
        return max(finding.grade for finding in self.findings)

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.grade == Grade.STOP)

    @property
    def adapted(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.grade == Grade.ADAPTED)


def judge(person: Person, place: Place) -> Fit:
    """The ten items, then hours, transport, accessibility and the length of the way."""
    items = (_item(Item(code), person, place) for code in Item.values)
    return Fit((*items, _hours(person, place), _transport(person, place), _access(person, place), _distance(person, place)))


def item_grade(ability: int, presence: int, adaptable: bool) -> Grade:
    """Where one of the two is 0 it fits. Else they add up: 2 is adapted with somebody beside, 3 if the site adapts it, 4 is a stop."""
    if ability == Ability.CAN or presence == Presence.NONE:
        return Grade.FITS
    total = ability + presence
    return Grade.STOP if total == 4 or (total == 3 and not adaptable) else Grade.ADAPTED


def reaches(person_ways: Collection[str], site_ways: Collection[str], same_comune: bool) -> bool:
    """By the same way; on foot only inside the comune. Where a car arrives, somebody can drive her there."""
    shared = {*person_ways} & {*site_ways}
    by_foot = Way.FOOT in shared and same_comune
    return by_foot or bool(shared - {Way.FOOT}) or (Way.DRIVEN in person_ways and Way.CAR in site_ways)


def _item(item: Item, person: Person, place: Place) -> Finding:
    ability, presence, how = person.levels[item], place.levels[item], place.adaptations.get(item, "")
    grade = item_grade(ability, presence, bool(how))
    if grade == Grade.FITS:
        return Finding(item, str(item.label), grade)
    reason = _("qui %(presence)s; per questa persona: %(ability)s") % {
        "presence": Presence(presence).label,
        "ability": Ability(ability).label,
    }
    return Finding(item, str(item.label), grade, reason, (how or _("con qualcuno accanto")) if grade == Grade.ADAPTED else "")


def _else_adapted(check: Check, reason: str, place: Place) -> Finding:
    how = place.adaptations.get(check, "")
    return Finding(check, str(check.label), Grade.ADAPTED if how else Grade.STOP, reason, how)


def _hours(person: Person, place: Place) -> Finding:
    if person.hours >= place.hours:
        return Finding(Check.HOURS, str(Check.HOURS.label), Grade.FITS)
    reason = _("qui ne servono almeno %(least)s; la persona ne può fare %(most)s") % {"least": place.hours, "most": person.hours}
    return _else_adapted(Check.HOURS, reason, place)


def _transport(person: Person, place: Place) -> Finding:
    if reaches(person.ways, place.ways, place.same_comune):
        return Finding(Check.TRANSPORT, str(Check.TRANSPORT.label), Grade.FITS)
    words = {"ways": _labels(Way, place.ways), "own": _labels(Way, person.ways)}
    return _else_adapted(Check.TRANSPORT, _("qui si arriva %(ways)s; la persona si sposta %(own)s") % words, place)


def _access(person: Person, place: Place) -> Finding:
    missing = [code for code in person.needs if code not in place.offers]
    if not missing:
        return Finding(Check.ACCESS, str(Check.ACCESS.label), Grade.FITS)
    return _else_adapted(Check.ACCESS, _("qui manca: %(what)s") % {"what": _labels(Facility, missing)}, place)


def _distance(person: Person, place: Place) -> Finding:
    """An unknown way is never guessed: it has to be asked."""
    check, label = Check.DISTANCE, str(Check.DISTANCE.label)
    if place.minutes is None:
        return Finding(check, label, Grade.ADAPTED, _("tempo non conosciuto"), _("chiedere quanto dura il viaggio"))
    if place.minutes <= person.travel_minutes:
        return Finding(check, label, Grade.FITS)
    words = _("circa %(minutes)s minuti, stima; la persona ne può viaggiare %(most)s")
    return Finding(check, label, Grade.STOP, words % {"minutes": place.minutes, "most": person.travel_minutes})


def _labels(choices: type[Way] | type[Facility], codes: Collection[str]) -> str:
    return ", ".join(str(choices(code).label) for code in choices.values if code in codes)
