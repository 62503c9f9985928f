"""What can be measured of a company: the figures that a computed criterion may ask for. Pure: no ORM, no clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .enums import SizeBand
from .rules import Facts

# People at once by rule 15 (DGR X/7763: up to 5 staff one, up to 20 two, then a tenth), at the smallest company of each size: of 1, 10,
# 50 and 250 people.
SEATS: Mapping[str, int] = {SizeBand.MICRO: 1, SizeBand.SMALL: 2, SizeBand.MEDIUM: 5, SizeBand.LARGE: 25}


@dataclass(frozen=True)
class Measure:
    """`of` reads it from the facts. `a_seat`: how much one seat gives in the window of three years; `at_most`: whatever the seats. What is
    beyond, the smallest company of a size cannot reach, and a threshold may not ask for it; both None: it has no such end."""

    label: Any
    words: Any
    of: Callable[[Facts], int]
    a_seat: int | None = None
    at_most: int | None = None

    def reach(self, band: str) -> int | None:
        """The most that the smallest company of a size can have; None when nothing sets an end."""
        ends = [end for end in (SEATS[band] * self.a_seat if self.a_seat else None, self.at_most) if end is not None]
        return min(ends) if ends else None


MEASURES: Mapping[str, Measure] = {
    "ever": Measure(_("tirocini accolti, da sempre"), _("Tirocini cominciati davvero, e che contano."), lambda f: f.counted, at_most=1),
    "hosted": Measure(
        _("tirocini accolti in tre anni"),
        _("Tirocini che contano, cominciati o continuati negli ultimi tre anni."),
        lambda f: f.recent,
        a_seat=3,  # a year each
    ),
    "months": Measure(
        _("mesi di presenza in tre anni"),
        _("Mesi di un tirocinio con almeno un giorno di presenza."),
        lambda f: f.recent_months,
        a_seat=36,
    ),
    "hours": Measure(
        _("ore di presenza in tre anni"),
        _("Ore intere di presenza, da tutti i fogli del mese."),
        lambda f: f.recent_minutes // 60,
        a_seat=1560,  # ten hours a week: half of what most projects plan
    ),
    "years": Measure(
        _("anni con qualcuno, sugli ultimi tre"),
        _("Quanti degli ultimi tre anni hanno almeno un mese di presenza."),
        lambda f: f.years,
        at_most=3,
    ),
    "returned": Measure(
        _("persone che sono tornate"),
        _("Tirocini di chi nella stessa impresa ne aveva già fatto uno."),
        lambda f: f.returned,
        a_seat=2,  # the second and the third year
    ),
    "extended": Measure(_("proroghe"), _("Proroghe entrate in vigore."), lambda f: f.extended, a_seat=2),
    "completed": Measure(
        _("tirocini portati fino in fondo"),
        _("Tirocini finiti, senza quelli che l'impresa ha interrotto."),
        lambda f: f.completed,
        a_seat=3,
    ),
    "adapted": Measure(
        _("tirocini con un adattamento"),
        _("Tirocini nei quali qualcosa è stato adattato alla persona."),
        lambda f: f.adapted,
        a_seat=3,
    ),
    "sites": Measure(
        _("sedi che dicono che cosa si può adattare"),
        _("Sedi aperte con la scheda di compatibilità e almeno un adattamento possibile."),
        lambda f: f.sites_described,
        at_most=1,
    ),
    "tutors": Measure(
        _("tutor formati"),
        _("Tutor in servizio con il corso di base, o uno riconosciuto."),
        lambda f: f.tutors_trained,
        a_seat=1,
    ),
    "visits": Measure(_("visite fatte"), _("Visite sul posto fatte dall'ufficio o dall'educatore."), lambda f: f.visits, a_seat=18),
    "given": Measure(
        _("euro dati al fondo in tre anni"),
        _("Denaro versato e valore dei doni in natura, in euro interi."),
        lambda f: f.given_cents // 100,
    ),
}


def measures(facts: Facts) -> dict[str, int]:
    """Every measure of a company, by code."""
    return {code: measure.of(facts) for code, measure in MEASURES.items()}
