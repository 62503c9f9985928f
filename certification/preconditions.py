"""What must be in order before points are counted at all (rules 27 and 85): pure, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.hosts.enums import Law68
from impresasolidale.territory.rules import Severity

from .rules import Facts, Requirement


def quota(position: str, *, severity: Severity) -> list[Requirement]:
    """The reserved places of L. 68/1999: a company that is bound and has places to fill is not in order, whatever it declared. Where it
    stands unsaid, its declaration alone is asked."""
    if severity == Severity.OFF or position != Law68.OPEN:
        return []
    return [Requirement(_("i posti riservati della legge 68/1999: coperti, o una convenzione"), False, severity == Severity.BLOCK)]


def warnings(facts: Facts) -> list[str]:
    """What the office looks into before it decides; none of it stops a company by itself, and none is told to it."""
    found = (
        (facts.blocks, ngettext("%(n)d Ambito ha fermato i tirocini nuovi", "%(n)d Ambiti hanno fermato i tirocini nuovi", facts.blocks)),
        (
            facts.in_doubt,
            ngettext(
                "%(n)d tirocinio è da chiarire: forse al posto di un lavoratore",
                "%(n)d tirocini sono da chiarire: forse al posto di un lavoratore",
                facts.in_doubt,
            ),
        ),
        (facts.complaints, ngettext("%(n)d segnalazione è ancora aperta", "%(n)d segnalazioni sono ancora aperte", facts.complaints)),
        (
            facts.paid_by_others,
            ngettext(
                "%(n)d tirocinio l'hanno pagato tutto altri (regola 87)",
                "%(n)d tirocini li hanno pagati tutti altri (regola 87)",
                facts.paid_by_others,
            ),
        ),
    )
    return [words % {"n": number} for number, words in found if number]
