"""The Access of a request or a job: who acts, where, with which roles, and which rows that reaches. Every selector takes one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.core.api_doors import is_api
from impresasolidale.core.scope import Scope
from impresasolidale.territory.models import Ambito, Network

from .models import ApiToken, Membership, SupportVisit, User
from .permissions import COMPANY_ROLES, GIVER_ROLES, SUPPORT, Permission, Role, permissions_of
from .scopes import opened_by

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Access:
    """Office users act in one Ambito at a time; company users wherever they have somebody entrusted to them.

    `comuni`: the only comuni of residence whose people a comune-limited membership opens (None: not limited).
    `companies`, `placements`, `beneficiaries`: what a company user is narrowed to (None: not narrowed); `contact_for`: those of the
    companies whose contact they are, not only a tutor there.
    `paper_id`: the one paper that the holder of a personal link reaches, and nothing else; `papers`: those that are for who came in
    with a digital identity.
    `donors`: whose gifts a donor, or a company's contact on the page of its gifts, reads; `partners`: whose projects and actions.
    `tutor_id`, `link_id`: the company tutor who holds a personal link of the portal, and that link; there is no user then, but the
    tutor may have one (`tutor_user_id`).
    `opened`: records opened in this session with a logged reason.
    `token_id`, `granted`: the key that another program came with, and its scopes (None: nobody's program).
    `visit`: a technician's visit of one Ambito, which it opens to read and to nothing else.
    """

    actor: User | None
    network_id: Any  # int; None for a visitor or a user without memberships
    ambito_id: Any  # int; None for company and network-wide users
    ambiti: frozenset[int] = NOBODY
    roles: frozenset[str] = frozenset()
    comuni: frozenset[int] | None = None
    companies: frozenset[int] | None = None
    contact_for: frozenset[int] = NOBODY
    placements: frozenset[int] | None = None
    beneficiaries: frozenset[int] | None = None
    paper_id: int | None = None
    papers: frozenset[int] = NOBODY
    evaluations: frozenset[int] = NOBODY
    donors: frozenset[int] = NOBODY
    partners: frozenset[int] = NOBODY
    tutor_id: int | None = None
    tutor_user_id: int | None = None
    link_id: int | None = None
    token_id: int | None = None
    granted: frozenset[str] | None = None
    opened: frozenset[str] = frozenset()
    system_reason: str = ""
    networks: frozenset[int] = NOBODY
    contexts: tuple[Mapping[str, Any], ...] = field(default=())
    ambito: Any = None  # the active Ambito's row, for its name
    visit: SupportVisit | None = None

    def __str__(self) -> str:
        return str(self.actor) if self.actor else self.system_reason

    @property
    def actor_id(self) -> int | None:
        return self.actor.pk if self.actor else None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        held = permissions_of(self.roles) | (SUPPORT if self.visit else frozenset())
        return held if self.granted is None else held & opened_by(self.granted)

    def may(self, code: str) -> bool:
        return bool(self.system_reason) or code in self.permissions

    def require(self, code: str) -> None:
        """Raises PermissionDenied (403): the row is ours, the right is missing."""
        if not self.may(code):
            raise PermissionDenied(_("Il tuo ruolo non comprende questa operazione."))

    @property
    def own_network(self) -> int:
        """The network this one works in; PermissionDenied (403) for a user without any membership."""
        if self.network_id is None:
            raise PermissionDenied
        network_id: int = self.network_id
        return network_id

    def require_of(self, code: str, company_id: int) -> None:
        """As `require`, of what a company's contact may do too, for the own company alone."""
        if company_id not in self.contact_for:
            self.require(code)

    @property
    def context(self) -> Mapping[str, Any]:
        """The one of `contexts` that is active: its key and label. Raises StopIteration for who has none."""
        return next(c for c in self.contexts if c["active"])

    @property
    def has_several_hats(self) -> bool:
        """More than one page has things waiting: office and company, two Ambiti, or contact and tutor."""
        return len(self.contexts) > 1 or COMPANY_ROLES <= self.roles

    @cached_property
    def scope(self) -> Scope:
        only: dict[str, frozenset[int]] = {}
        if self.placements is not None:
            only = {
                "placement": self.placements,
                "beneficiary": self.beneficiaries or NOBODY,
                "company": self.companies or NOBODY,
                "document": NOBODY,
                "paper": self.papers | ({self.paper_id} if self.paper_id else NOBODY),
                "tutor": frozenset({self.tutor_id} if self.tutor_id else ()),
                "evaluation": self.evaluations,
                "donor": self.donors,
                "partner": self.partners,
            }
        return Scope(
            networks=self.networks or frozenset({self.network_id} if self.network_id else ()),
            ambiti=self.ambiti,
            only=only,
            actor_id=self.actor_id,
        )

    @classmethod
    def system(cls, *, network_id: int, ambito_id: int | None, reason: str) -> "Access":
        """The application itself, in one Ambito (or none: network-owned rows only). Says why."""
        assert reason
        return cls(
            actor=None,
            network_id=network_id,
            ambito_id=ambito_id,
            ambiti=frozenset({ambito_id} if ambito_id else ()),
            system_reason=reason,
        )

    def over_network(self) -> "Access":
        """The same user over all Ambiti of their network: for the one service that has to reach them at once and shows nothing but counts.

        It asks the right first, and opens `with scope(access.over_network().scope)` (docs/adr/0019).
        """
        assert self.placements is None and self.network_id
        return replace(self, ambiti=frozenset(Ambito.objects.filter(network_id=self.network_id).values_list("pk", flat=True)))

    @classmethod
    def link(cls, *, network_id: int, ambito_id: int, paper_id: int) -> "Access":
        """Who holds a personal link: no user, no right, one paper of one Ambito and what belongs to that paper."""
        return cls(
            actor=None, network_id=network_id, ambito_id=ambito_id, ambiti=frozenset({ambito_id}), placements=NOBODY, paper_id=paper_id
        )

    @classmethod
    def in_area(
        cls,
        *,
        network_id: int,
        ambiti: frozenset[int],
        beneficiaries: frozenset[int],
        placements: frozenset[int] = NOBODY,
        companies: frozenset[int] = NOBODY,
        papers: frozenset[int] = NOBODY,
        evaluations: frozenset[int] = NOBODY,
    ) -> "Access":
        """Who came in with a digital identity: no user, no right; the own records and those of the people represented, to read."""
        return cls(
            actor=None,
            network_id=network_id,
            ambito_id=min(ambiti) if len(ambiti) == 1 else None,
            ambiti=ambiti,
            companies=companies,
            placements=placements,
            beneficiaries=beneficiaries,
            papers=papers,
            evaluations=evaluations,
        )

    @classmethod
    def at_poster(cls, *, network_id: int, ambito_id: int, placement_id: int, beneficiary_id: int, company_id: int) -> "Access":
        """Who said the drawing and the digits of one card: no user, no right, one placement to say a word about."""
        return cls(
            actor=None,
            network_id=network_id,
            ambito_id=ambito_id,
            ambiti=frozenset({ambito_id}),
            companies=frozenset({company_id}),
            placements=frozenset({placement_id}),
            beneficiaries=frozenset({beneficiary_id}),
        )

    @classmethod
    def at_questions(
        cls, *, network_id: int, ambito_id: int, placement_id: int, beneficiary_id: int, company_id: int, evaluations: frozenset[int]
    ) -> "Access":
        """Who holds the link of an evaluation: no user, no right, those questions and what is told in the end."""
        here = cls.at_poster(
            network_id=network_id, ambito_id=ambito_id, placement_id=placement_id, beneficiary_id=beneficiary_id, company_id=company_id
        )
        return replace(here, evaluations=evaluations)

    @classmethod
    def of_donors(cls, *, network_id: int, donors: frozenset[int], papers: frozenset[int], actor: User | None = None) -> "Access":
        """Who gave, by a personal link or as a company's contact: no right, the own gifts and the papers about them, to read."""
        return cls(actor=actor, network_id=network_id, ambito_id=None, placements=NOBODY, donors=donors, papers=papers)

    @classmethod
    def public(cls, *, networks: frozenset[int]) -> "Access":
        """A visitor: network-owned rows, through selectors that show what is public; no right, no Ambito."""
        return cls(actor=None, network_id=min(networks, default=None), ambito_id=None, networks=networks)


def resolve(request: Any) -> Access | None:
    """The Access of a request; None for a visitor. Two queries for an office user, three for a company user."""
    if is_api(request):
        return _by_token(request)
    user = request.user
    if not user.is_authenticated:
        held = request.session.get(PORTAL_LINK) if request.path_info.startswith(PORTAL) else None
        return portal_door(held, now=timezone.now()).access if held else None
    if request.session.get("enrol"):  # a second factor is asked for and there is none: nothing else opens
        return Access(actor=user, network_id=None, ambito_id=None)
    opened = frozenset(request.session.get("opened", ()))
    return access_for(user, chosen=request.session.get("context", ""), opened=opened, visits=True)


# Read by every request, so in SQL: building these two queries anew costs the ORM five times what the database needs for them.
_HELD = """
SELECT m.role, m.network_id, m.ambito_id, m.comune_id, m.company_id, m.donor_id, m.partner_id, n.name, a.name, a.code
FROM accounts_membership m JOIN territory_network n ON n.id = m.network_id LEFT JOIN territory_ambito a ON a.id = m.ambito_id
WHERE m.user_id = %(user)s AND m.valid_from <= %(on)s AND (m.valid_to IS NULL OR m.valid_to >= %(on)s)
ORDER BY a.name, m.id
"""
_ENTRUSTED = """
SELECT placement_id, beneficiary_id, ambito_id FROM entrusted
WHERE company_id = ANY (%(companies)s) AND (company_id = ANY (%(contact_for)s) OR user_id = %(user)s)
"""


class Hat(NamedTuple):
    """A membership in force, with the names of its places."""

    role: str
    network_id: int
    ambito_id: int | None
    comune_id: int | None
    company_id: int | None
    donor_id: int | None
    partner_id: int | None
    network_name: str
    ambito_name: str
    ambito_code: str

    @property
    def ambito(self) -> Ambito | None:
        known = {"id": self.ambito_id, "network_id": self.network_id, "name": self.ambito_name, "code": self.ambito_code}
        return Ambito.from_db(connection.alias, list(known), list(known.values())) if self.ambito_id else None


def _held(user: User, today: date) -> list[Hat]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"user": user.pk, "on": today})
        return [Hat(*row) for row in cursor.fetchall()]


def access_for(user: User, *, chosen: str = "", opened: frozenset[str] = frozenset(), visits: bool = False) -> Access:
    """`chosen` is the context the user switched to: "ambito:<id>", "company:<network id>", "network:<id>" or "giver:<network id>".

    `visits`: in a browser alone a technician's visit counts; a key, a calendar, a mail and a job know nothing of it.
    """
    held = _contexts(user)
    return _access(user, held, chosen if chosen in held else next(iter(held), ""), opened, visits=visits)


def hats_of(user: User) -> list[Access]:
    """One Access for each context the user may switch to, in the order of the menu: what one page shows of all of them."""
    held = _contexts(user)
    return [_access(user, held, key, frozenset()) for key in held]


_APART = {"company": COMPANY_ROLES, "giver": GIVER_ROLES}  # contexts that never mix with an office's


def _contexts(user: User) -> dict[str, list[Hat]]:
    """The memberships in force by context: each Ambito, then the companies of a network together, then what is network-wide, then what is
    one's own as a donor or a partner."""
    contexts: dict[str, list[Hat]] = {}
    for m in _held(user, timezone.localdate()):
        kind = next((k for k, roles in _APART.items() if m.role in roles), "ambito" if m.ambito_id else "network")
        contexts.setdefault(f"{kind}:{m.ambito_id if kind == 'ambito' else m.network_id}", []).append(m)
    return {key: contexts[key] for key in sorted(contexts, key=lambda k: ("ambito", "company", "network", "giver").index(k.split(":")[0]))}


def _label(held: list[Hat]) -> str:
    first = held[0]
    if first.role in COMPANY_ROLES:
        return _("Le mie imprese") if len({m.company_id for m in held}) > 1 else _("La mia impresa")
    if first.role in GIVER_ROLES:
        return _("Quello che facciamo insieme")
    return first.ambito_name if first.ambito_id else first.network_name


def _access(user: User, contexts: Mapping[str, list[Hat]], key: str, opened: frozenset[str], *, visits: bool = False) -> Access:
    if not key:
        return Access(actor=user, network_id=None, ambito_id=None, opened=opened)
    menu = tuple({"key": k, "label": _label(held), "active": k == key} for k, held in contexts.items())
    mine = contexts[key]
    first = mine[0]
    if first.role in COMPANY_ROLES:
        return _company_access(user, mine, contexts=menu)
    if first.role in GIVER_ROLES:
        return Access(
            actor=user,
            network_id=first.network_id,
            ambito_id=None,
            roles=frozenset(m.role for m in mine),
            placements=NOBODY,  # nobody's: no person, no company, no paper but what is found by the own donors
            donors=frozenset(m.donor_id for m in mine if m.donor_id),
            partners=frozenset(m.partner_id for m in mine if m.partner_id),
            contexts=menu,
        )
    wide = contexts.get(f"network:{first.network_id}", [])
    roles = frozenset(m.role for m in {*mine, *wide})
    limited = frozenset(m.comune_id for m in mine if m.comune_id)
    if visits and Role.TECHNICIAN in roles and (visit := _visit(user, first.network_id)):
        return Access(
            actor=user,
            network_id=visit.ambito.network_id,
            ambito_id=visit.ambito_id,
            ambito=visit.ambito,
            ambiti=frozenset({visit.ambito_id}),
            roles=frozenset({Role.TECHNICIAN}),  # who has a role in an office too does not bring it along
            opened=opened,
            contexts=menu,
            visit=visit,
        )
    return Access(
        actor=user,
        network_id=first.network_id,
        ambito_id=first.ambito_id,
        ambito=first.ambito,
        ambiti=frozenset({first.ambito_id} if first.ambito_id else ()),
        roles=roles,
        comuni=limited if limited and all(m.comune_id for m in mine) else None,
        opened=opened,
        contexts=menu,
    )


def _visit(user: User, network_id: int) -> SupportVisit | None:
    """The technician's visit that goes on now, of the network whose technician this is."""
    rows = SupportVisit.objects.filter(user=user, ambito__network_id=network_id, ends_at__gt=timezone.now())
    return rows.select_related("ambito").order_by("-ends_at").first()


def _company_access(user: User, mine: list[Hat], *, contexts: tuple[Mapping[str, Any], ...]) -> Access:
    """All the companies at once: who is tutor of two has one day. A contact reaches the company's placements, a tutor the own ones."""
    companies = frozenset(m.company_id for m in mine if m.company_id)
    contact_for = frozenset(m.company_id for m in mine if m.company_id and m.role == Role.COMPANY_CONTACT)
    with connection.cursor() as cursor:
        cursor.execute(_ENTRUSTED, {"companies": [*companies], "contact_for": [*contact_for], "user": user.pk})
        entrusted = cursor.fetchall()
    return Access(
        actor=user,
        network_id=mine[0].network_id,
        ambito_id=None,
        ambiti=frozenset(ambito_id for _placement, _beneficiary, ambito_id in entrusted),
        roles=frozenset(m.role for m in mine),
        companies=companies,
        contact_for=contact_for,
        placements=frozenset(placement_id for placement_id, _beneficiary, _ambito in entrusted),
        beneficiaries=frozenset(beneficiary_id for _placement, beneficiary_id, _ambito in entrusted),
        contexts=contexts,
    )


PORTAL, PORTAL_LINK = "/presenze/", "portal_link"  # where a tutor's personal link opens, and its key in the session
_DOOR = """
SELECT link_id, gone, tutor_id, user_id, ambito_id, network_id, placement_id, beneficiary_id, company_id
FROM attendance_portal_door(%s, %s, %s)
"""


class PortalDoor(NamedTuple):
    """Where a tutor's personal link leads: an Access while it lives, else why it is `gone` ("expired", "ended", "replaced", "unknown")."""

    gone: str
    access: Access | None = None
    ambito_id: int | None = None  # whose office sent it
    link_id: int | None = None
    user_id: int | None = None  # the same tutor's own user, when there is one


def portal_door(token_hash: str, *, now: datetime) -> PortalDoor:
    """Read before any scope exists, by the hash of the secret; one query. The holder is the tutor, for one Ambito's people (adr/0015)."""
    with connection.cursor() as cursor:
        cursor.execute(_DOOR, [token_hash, now, timezone.localdate(now)])
        rows = cursor.fetchall()
    if not rows:
        return PortalDoor("unknown")
    link_id, gone, tutor_id, user_id, ambito_id, network_id, *_ids = rows[0]
    if gone:
        return PortalDoor(gone, None, ambito_id, link_id, user_id)
    entrusted = [row[6:] for row in rows if row[6]]
    access = Access(
        actor=None,
        network_id=network_id,
        ambito_id=None,
        ambiti=frozenset({ambito_id}),
        roles=frozenset({Role.COMPANY_TUTOR}),
        companies=frozenset(company_id for _placement, _beneficiary, company_id in entrusted),
        placements=frozenset(placement_id for placement_id, _beneficiary, _company in entrusted),
        beneficiaries=frozenset(beneficiary_id for _placement, beneficiary_id, _company in entrusted),
        tutor_id=tutor_id,
        tutor_user_id=user_id,
        link_id=link_id,
    )
    return PortalDoor("", access, ambito_id, link_id, user_id)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


USED = timedelta(minutes=1)  # how exactly the last use of a key is known: not every request writes


def _by_token(request: Any) -> Access | None:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        return None
    now = timezone.now()
    row = (
        ApiToken.objects.filter(token_hash=hash_token(token), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .select_related("user", "ambito")
        .first()
    )
    if row is None:
        return None
    access = access_for(row.user, chosen=f"ambito:{row.ambito_id}")
    if access.ambito_id != row.ambito_id:
        return None
    if row.used_at is None or row.used_at < now - USED:
        ApiToken.objects.filter(pk=row.pk).update(used_at=now)
    return replace(access, token_id=row.pk, granted=frozenset(row.scopes))


def for_job(job: Any) -> Access:
    """The Access a job works with: its Ambito, all of its network's, or every network and Ambito for a periodic one."""
    if job.network_id:
        ambiti = [job.ambito_id] if job.ambito_id else Ambito.objects.filter(network_id=job.network_id).values_list("pk", flat=True)
        return Access(
            actor=User.objects.filter(pk=job.actor_id).first() if job.actor_id else None,
            network_id=job.network_id,
            ambito_id=job.ambito_id,
            ambiti=frozenset(ambiti),
            system_reason=f"job {job.name}",
        )
    return Access(
        actor=None,
        network_id=None,
        ambito_id=None,
        networks=frozenset(Network.objects.values_list("pk", flat=True)),
        ambiti=frozenset(Ambito.objects.values_list("pk", flat=True)),
        system_reason=f"job {job.name}",
    )


def members_with(*, ambito_id: int, role: str, on: Any) -> Any:
    """Users who hold a role in an Ambito (or network-wide over it) on a day."""
    return User.objects.filter(
        pk__in=Membership.objects.in_force(on).filter(Q(ambito_id=ambito_id), role=role).values("user_id"), is_active=True
    ).order_by("last_name", "first_name")
