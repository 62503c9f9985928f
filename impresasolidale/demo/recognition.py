"""Recognitions of hosts: version 0 of the scheme, certificates granted, proposed and revoked on facts of the demo."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from certification import documents
from certification.models import Certificate, SchemeVersion
from certification.rules import Facts, last_valid_day
from certification.selectors import common_rules
from certification.transitions import CERTIFICATE
from impresasolidale.accounts.models import User
from placements.agreements.enums import HOSTED
from placements.attendance.rules import next_month

from .attendance import Sheet
from .hosts import Hosts, Place
from .papers import Paper, Press
from .placements import Placed
from .users import People
from .world import World

GRANTED, PROPOSED = 14, 2
REASON_REVOKED = "L'impresa ha chiesto di uscire dal registro: cambia sede e attività."


@dataclass
class Recognition:
    row: Certificate
    place: Place
    ends_as: str
    on: date
    decider: User


def create_certificates(world: World, people: People, hosts: Hosts, placed: list[Placed], sheets: list[Sheet]) -> list[Recognition]:
    """All start as proposals; `decide` goes on when the papers can be issued."""
    scheme = world.new(
        SchemeVersion,
        version=0,
        name="Aderente a Impresasolidale",
        published_on=world.ago(365),
        validity_months=common_rules(world.network.pk, world.today).certificate_validity_months,
    )
    found: list[Recognition] = []
    wanted = [Certificate.State.REVOKED] + [Certificate.State.GRANTED] * GRANTED * world.scale + [Certificate.State.PROPOSED] * PROPOSED
    candidates = _candidates(hosts, placed)
    for state, (place, ambito, since) in zip(wanted, candidates, strict=False):
        office = people.offices[ambito]
        on = max(since + timedelta(days=45), world.ago(240 - 12 * len(found))) if state != Certificate.State.PROPOSED else world.ago(3)
        on = min(on, world.ago(2))
        row = world.new(
            Certificate,
            company=place.company,
            scheme=scheme,
            level=Certificate.Level.ADERENTE,
            facts=_facts(place, hosts, placed, sheets, on).to_json(),
            created_by=office.workers[0],
        )
        world.fact("certification.certificate.proposed", row, on=on - timedelta(days=1), by=office.workers[0], data={"scheme": 0})
        found.append(Recognition(row, place, state, on, office.coordinator))
    return found


def _candidates(hosts: Hosts, placed: list[Placed]) -> list[tuple[Place, int, date]]:
    """(host, its Ambito, first day of its first placement): who began first comes first."""
    first: dict[int, date] = {}
    for one in placed:
        if one.row.state in HOSTED:
            first[one.row.company_id] = min(one.row.starts_on, first.get(one.row.company_id, date.max))
    everywhere = [(place, ambito) for ambito, group in hosts.places.items() for place in group]
    return sorted(((p, a, first[p.company.pk]) for p, a in everywhere if p.company.pk in first), key=lambda c: (c[2], c[0].company.pk))


def _facts(place: Place, hosts: Hosts, placed: list[Placed], sheets: list[Sheet], on: date) -> Facts:
    """What the data said of the host on that day."""
    hosted = [one.row for one in placed if one.place is place and one.row.state in HOSTED and one.row.starts_on <= on]
    months = [s.row for s in sheets if s.one.place is place and s.row.days_present and next_month(s.row.month) <= on]
    return Facts(
        hosted=len(hosted),
        running=sum(row.ended_on is None or row.ended_on > on for row in hosted),
        people=len({row.beneficiary_id for row in hosted}),
        months=len(months),
        minutes=sum(sheet.done_minutes for sheet in months),
        tutors_trained=sum(t.pk in hosts.trained and hosts.trained[t.pk] <= on for t in place.tutors),
        since=min((row.starts_on for row in hosted), default=None),
    )


def decide(world: World, press: Press, found: Iterable[Recognition]) -> None:
    """Grant with a paper; one is revoked later."""
    rules = common_rules(world.network.pk, world.today)
    decided = [r for r in found if r.ends_as != Certificate.State.PROPOSED]
    for r in decided:
        r.row.valid_from, r.row.valid_to = r.on, last_valid_day(r.on, r.row.scheme.validity_months)
        r.row.decided_by, r.row.decided_at, r.row.state = r.decider, world.at(r.on, 12), Certificate.State.GRANTED
        _fact(world, r, "granted", r.on)
    papers = [
        Paper(
            r.row,
            documents.KIND,
            "Attestato di riconoscimento",
            documents.TEMPLATE,
            lambda r=r: documents.certificate_context(  # type: ignore[misc]
                r.row, valid_from=r.row.valid_from, valid_to=r.row.valid_to, threshold=rules.small_number_threshold
            ),
            r.on,
            r.decider,
        )
        for r in decided
    ]
    for r, document in zip(decided, press.issue(papers), strict=True):
        r.row.document = document
    columns = ["state", "decided_by", "decided_at", "valid_from", "valid_to", "document"]
    Certificate.objects.bulk_update([r.row for r in decided], columns)
    for r in decided:
        if r.ends_as == Certificate.State.REVOKED:
            r.row.state = Certificate.State.REVOKED
            _fact(world, r, "revoked", world.ago(20), REASON_REVOKED)
            r.row.save(update_fields=["state"])


def _fact(world: World, r: Recognition, name: str, on: date, reason: str = "") -> None:
    step = CERTIFICATE[name]
    world.fact(f"{CERTIFICATE.code}.{name}", r.row, on=on, by=r.decider, before=step.sources[0], after=step.target, reason=reason)
