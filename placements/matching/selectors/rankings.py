"""Reads of sheets, and the ranking of sites for people in one statement. Looks are logged here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.shortcuts import get_object_or_404

from companies.hosts.models import Site
from companies.hosts.selectors import companies
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.territory.models import Comune, TravelTime
from impresasolidale.territory.services import ESTIMATE
from placements.beneficiaries import selectors as people
from placements.beneficiaries.models import Beneficiary, WaitingEntry

from ..enums import Check, Item
from ..models import PersonSheet, SiteSheet
from ..rules import Fit, Person, Place, judge


def waiting(access: Access, *, text: str = "", mine: bool = False, on: date) -> QuerySet[WaitingEntry]:
    """Who waits in the Ambito, with `has_sheet`: that there is one is no secret, what it says is."""
    sheets = PersonSheet.objects.filter(beneficiary=OuterRef("beneficiary_id"))
    return people.waiting_list(access, text=text, mine=mine, on=on).annotate(has_sheet=Exists(sheets))


def note_waiting(access: Access, rows: Iterable[WaitingEntry]) -> None:
    people.note_list(access, [row.beneficiary for row in rows], place="matching:home")


def site_for(access: Access, public_id: UUID, *, place: str) -> Site:
    """404 for a site that is not reachable. The look is logged."""
    rows = Site.objects.filter(network_id=access.network_id, company__in=companies(access))
    site = get_object_or_404(rows.select_related("company", "comune"), public_id=public_id)
    audit.look(Look.Kind.DETAIL, site, by=access, place=place)
    return site


def person_sheets(access: Access, beneficiary: Beneficiary) -> QuerySet[PersonSheet]:
    """Newest first: the first counts."""
    rows = PersonSheet.objects.filter(ambito_id=access.ambito_id, beneficiary=beneficiary)
    return rows.select_related("created_by").order_by("-id")


def site_sheets(access: Access, site: Site) -> QuerySet[SiteSheet]:
    return SiteSheet.objects.filter(network_id=access.network_id, site=site).select_related("created_by").order_by("-id")


# --- The ranking


def _grade(item: str) -> str:
    """rules.item_grade of one item, in SQL: p is the person's last sheet, s the site's."""
    return (
        f"CASE WHEN p.{item} = 0 OR s.{item} = 0 THEN 0 WHEN p.{item} + s.{item} = 4 THEN 2"
        f" WHEN p.{item} + s.{item} = 3 AND NOT s.adaptations ? '{item}' THEN 2 ELSE 1 END"
    )


def _unless(condition: str, check: Check) -> str:
    return f"CASE WHEN {condition} THEN 0 WHEN s.adaptations ? '{check.value}' THEN 1 ELSE 2 END"


_REACHES = (
    "p.ways && array_remove(s.ways, 'foot') OR ('driven' = ANY (p.ways) AND 'car' = ANY (s.ways))"
    " OR ('foot' = ANY (p.ways) AND 'foot' = ANY (s.ways) AND site.comune_id = person.residence_id)"
)
_GRADES = ", ".join(
    [
        *map(_grade, Item.values),
        _unless("p.hours >= s.hours", Check.HOURS),
        _unless(_REACHES, Check.TRANSPORT),
        _unless("p.needs <@ s.offers", Check.ACCESS),
        "CASE WHEN t.minutes IS NULL THEN 1 WHEN t.minutes <= p.travel_minutes THEN 0 ELSE 2 END",
    ]
)
# Every site with a sheet for every person asked who has one, the last sheets judged; of Python's there are only names of columns.
RANKING = f"""
SELECT site.id, site.public_id, s.id, person.id, person.public_id, p.id, fit.stops, fit.adaptations, t.minutes
  FROM hosts_site site
  JOIN hosts_company company ON company.id = site.company_id AND company.merged_into_id IS NULL
  JOIN territory_comune there ON there.id = site.comune_id
 CROSS JOIN LATERAL (SELECT * FROM matching_sitesheet WHERE site_id = site.id ORDER BY id DESC LIMIT 1) s
 CROSS JOIN beneficiaries_beneficiary person
  JOIN territory_comune home ON home.id = person.residence_id
 CROSS JOIN LATERAL (SELECT * FROM matching_personsheet WHERE beneficiary_id = person.id ORDER BY id DESC LIMIT 1) p
  LEFT JOIN territory_traveltime t ON t.origin_id = person.residence_id AND t.destination_id = site.comune_id
 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE g = 2) AS stops, count(*) FILTER (WHERE g = 1) AS adaptations
                       FROM unnest(ARRAY[{_GRADES}]) g) fit
 WHERE site.network_id = %(network)s AND (site.closed_on IS NULL OR site.closed_on >= %(on)s)
   AND NOT EXISTS (SELECT FROM hosts_block b WHERE b.ambito_id = %(ambito)s AND b.company_id = company.id AND b.lifted_on IS NULL
                      AND %(on)s BETWEEN b.starts_on AND b.ends_on)
   AND person.ambito_id = %(ambito)s AND person.id = ANY (%(people)s)
   AND (%(sites)s::bigint[] IS NULL OR site.id = ANY (%(sites)s::bigint[]))
   AND (%(stops)s OR fit.stops = 0)
   AND (%(there_ambito)s::bigint IS NULL OR there.ambito_id = %(there_ambito)s::bigint)
   AND (%(there)s::bigint IS NULL OR there.id = %(there)s::bigint)
   AND (%(home)s::bigint IS NULL OR home.id = %(home)s::bigint)
 ORDER BY fit.stops, fit.adaptations, t.minutes NULLS LAST, site.id, person.id
"""  # noqa: S608 columns of the sheets


@dataclass(frozen=True)
class Pair:
    """A site and a person, as ranked: how many stops and adaptations there are, and the way in minutes (None: not known)."""

    site_id: int
    site_public_id: UUID
    site_sheet_id: int
    person_id: int
    person_public_id: UUID
    person_sheet_id: int
    stops: int
    adaptations: int
    minutes: int | None


@dataclass(frozen=True)
class Suggestion:
    """A pair with its reasons."""

    pair: Pair
    fit: Fit
    site: Site
    person: Beneficiary


def ranked(
    access: Access,
    *,
    beneficiaries: Collection[int],
    on: date,
    sites: Collection[int] | None = None,
    no_stops: bool = False,
    ambito: int | None = None,
    comune: Comune | None = None,
    home: Comune | None = None,
) -> list[Pair]:
    """All sites of the network that have a sheet for these people of the active Ambito that have one: fewest stops first, then fewest
    adaptations, then the shortest way. Left out are sites that closed, and companies that the Ambito blocks on the day. Who may be seen is
    decided before."""
    wanted = {
        "network": access.network_id,
        "ambito": access.ambito_id,
        "people": list(beneficiaries),
        "on": on,
        "sites": None if sites is None else list(sites),
        "stops": not no_stops,
        "there_ambito": ambito,
        "there": comune and comune.pk,
        "home": home and home.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(RANKING, wanted)
        return [Pair(*row) for row in cursor.fetchall()]


def with_reasons(pairs: Collection[Pair], *, of: Beneficiary | None = None, sheet: PersonSheet | None = None) -> list[Suggestion]:
    """The reasons of these pairs, by the pure rule: three reads however many they are, one where all are `of` one person, known with the
    last sheet."""
    sheets = SiteSheet.objects.select_related("site__company", "site__comune").in_bulk({pair.site_sheet_id for pair in pairs})
    persons = {sheet.pk: sheet} if sheet else PersonSheet.objects.in_bulk({pair.person_sheet_id for pair in pairs})
    whose = {of.pk: of} if of else Beneficiary.objects.select_related("residence").in_bulk({pair.person_id for pair in pairs})
    found = []
    for pair in pairs:
        there, here, person = sheets[pair.site_sheet_id], persons[pair.person_sheet_id], whose[pair.person_id]
        same = there.site.comune_id == person.residence_id
        fit = judge(person_of(here), place_of(there, minutes=pair.minutes, same_comune=same))
        found.append(Suggestion(pair, fit, there.site, person))
    return found


def pair_of(access: Access, beneficiary: Beneficiary, site: Site, *, on: date) -> Suggestion | None:
    """One person and one site, with the reasons; None where one of the two has no sheet, or the site takes nobody now."""
    found = ranked(access, beneficiaries=[beneficiary.pk], sites=[site.pk], on=on)
    return with_reasons(found)[0] if found else None


def person_of(sheet: PersonSheet) -> Person:
    return Person(_levels(sheet), sheet.hours, sheet.travel_minutes, sheet.ways, sheet.needs)


def place_of(sheet: SiteSheet, *, minutes: int | None, same_comune: bool) -> Place:
    return Place(_levels(sheet), sheet.hours, sheet.ways, sheet.offers, sheet.adaptations, minutes, same_comune)


def _levels(sheet: Any) -> Mapping[str, int]:
    return {code: getattr(sheet, code) for code in Item.values}


def candidates(access: Access, *, on: date) -> tuple[list[int], int]:
    """(the people who wait and whose record opens without a reason, how many others wait)."""
    rows = people.waiting_list(access, on=on).values_list("beneficiary_id", "is_open")  # type: ignore[misc]  # annotated there
    mine = [pk for pk, is_open in rows if is_open]
    return mine, len(rows) - len(mine)


def note_pairs(access: Access, rows: Collection[Suggestion], *, place: str, exported: bool = False) -> None:
    """Whose sheets were read."""
    kind = Look.Kind.EXPORT if exported else Look.Kind.LIST
    persons = {row.person.pk: row.person for row in rows}
    audit.look(kind, persons.values(), by=access, place=place, subject_type=Beneficiary._meta.label_lower)


def corrected_times() -> QuerySet[TravelTime]:
    """Those that somebody wrote in place of the estimate, one way of each pair, by name."""
    rows = TravelTime.objects.exclude(source=ESTIMATE).filter(origin_id__lte=F("destination_id"))
    return rows.select_related("origin", "destination").order_by("origin__name", "destination__name", "id")
