"""Who looked at whom: the read log for the data protection officer, a page at a time or all of one person."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import COMPANY_ROLES, Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary

from .. import kin, rules

MOST = 20_000  # lines of an export
PERSON, PLACEMENT = Beneficiary._meta.label_lower, Placement._meta.label_lower
# The first half of a page's name, in words.
ROOMS = {
    "accounts": gettext_lazy("Accesso"),
    "agreements": gettext_lazy("Tirocini"),
    "area": gettext_lazy("La mia area"),
    "attendance": gettext_lazy("Presenze"),
    "beneficiaries": gettext_lazy("Persone"),
    "certification": gettext_lazy("Riconoscimenti"),
    "desk": gettext_lazy("Scrivania"),
    "hosts": gettext_lazy("Imprese"),
    "liquidations": gettext_lazy("Liquidazioni"),
    "matching": gettext_lazy("Abbinamenti"),
    "monitoring": gettext_lazy("Monitoraggio"),
    "privacy": gettext_lazy("Protezione dei dati"),
    "projects": gettext_lazy("Progetti"),
    "reports": gettext_lazy("Rapporti"),
    "solidarity_fund": gettext_lazy("Fondo"),
    "training": gettext_lazy("Formazione"),
    "treasury": gettext_lazy("Contabilità"),
    "website": gettext_lazy("Sito"),
}


@dataclass(frozen=True)
class Wanted:
    """What the page filters by. `reader`: a user's public id; days are Rome's, both included."""

    person: Beneficiary | None = None
    reader: str = ""
    since: Any = None
    until: Any = None
    kind: str = ""
    only_reasons: bool = False
    only_out_of_hours: bool = False


@dataclass(frozen=True)
class Line:
    """A look in words, and what about it somebody may want to ask: facts, not accusations."""

    look: Look
    who: str
    room: str
    signs: tuple[str, ...]


def readers(access: Access) -> list[User]:
    """Who holds, held or will hold a role of the office, by name: the readers one may choose."""
    held = Membership.objects.filter(ambito_id=access.ambito_id, network_id=access.network_id).exclude(role__in=COMPANY_ROLES)
    return list(User.objects.filter(pk__in=held.values("user_id")).order_by("last_name", "first_name", "pk"))


def person_for_log(access: Access, public_id: str) -> Beneficiary:
    """The person whose looks are asked for; of this Ambito, or 404."""
    access.require(Permission.SEE_ACCESS_LOG)
    try:
        found = Beneficiary.objects.filter(ambito_id=access.ambito_id, public_id=UUID(public_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found.merged_into or found


def person_by_code(access: Access, code_hash: str) -> Beneficiary | None:
    """The person of this Ambito with this code. The search is logged."""
    access.require(Permission.KEEP_PRIVACY)
    found = Beneficiary.objects.filter(ambito_id=access.ambito_id, codice_fiscale_hash=code_hash, merged_into=None).first()
    audit.look(Look.Kind.SEARCH, [found] if found else [], by=access, place="privacy:find_person", subject_type=PERSON)
    return found


def _looks(access: Access, wanted: Wanted) -> QuerySet[Look]:
    """Those of the Ambito, and those of company users and of the network, who work in no Ambito."""
    access.require(Permission.SEE_ACCESS_LOG)
    rows = Look.objects.filter(Q(ambito_id=access.ambito_id) | Q(ambito_id=None, network_id=access.network_id))
    if wanted.person:
        rows = rows.filter(pk__in=about(kin.subjects_of(kin.rows_of(wanted.person))))
    elif access.ambito_id:  # of users without an Ambito only what is about our people, asked person by person
        rows = rows.filter(ambito_id=access.ambito_id)
    if wanted.reader:
        chosen = next((user.pk for user in readers(access) if str(user.public_id) == wanted.reader), None)
        rows = rows.filter(actor_id=chosen) if chosen else rows.none()
    if wanted.since:
        rows = rows.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.only_reasons:
        rows = rows.exclude(reason="").exclude(kind=Look.Kind.DENIED)
    if wanted.only_out_of_hours:
        rows = rows.filter(Q(at__time__lt=rules.OPENS) | Q(at__time__gte=rules.CLOSES) | Q(at__iso_week_day=rules.SUNDAY + 1))
    return rows


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def about(subjects: Mapping[str, list[int]]) -> list[int]:
    """The ids of the looks in reach at any of these rows, through the index of what was looked at (privacy_looks_about)."""
    pairs = [(kind, pk) for kind, ids in subjects.items() for pk in ids]
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_looks_about(%s, %s)", [[kind for kind, _pk in pairs], [pk for _kind, pk in pairs]])
        return [row[0] for row in cursor.fetchall()]


def looks_page(access: Access, query: QueryDict, wanted: Wanted) -> tuple[list[Line], Slice]:
    page = page_of(_looks(access, wanted), query, order=("-at", "-id"), key="id")
    return lines_of(page.rows, person=wanted.person), page


def looks_file(access: Access, wanted: Wanted) -> tuple[list[Line], list[Look]]:
    """The newest MOST lines of the same choice."""
    rows = list(_looks(access, wanted).order_by("-at", "-id")[:MOST])
    return lines_of(rows, person=wanted.person), rows


def lines_of(rows: list[Look], *, person: Beneficiary | None = None) -> list[Line]:
    """As many queries for one row as for all of a page."""
    users = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    surnames = _surnames(rows) if person is None else {}
    busy = _busy_days(rows)
    lines = []
    for row in rows:
        user, local = users.get(row.actor_id or 0), timezone.localtime(row.at)
        names = [person.last_name] if person else [surnames[key] for pk in row.subject_ids if (key := (row.subject_type, pk)) in surnames]
        signs = []
        if user and any(rules.same_surname(user.last_name, name) for name in names):
            signs.append(_("stesso cognome"))
        if rules.is_out_of_hours(local):
            signs.append(_("fuori orario"))
        if (people := busy.get((row.actor_id, local.date()), 0)) and rules.is_many(people):
            signs.append(_("%(count)s persone in quel giorno") % {"count": people})
        room = str(ROOMS.get(row.place.split(":")[0].split(".")[0], ""))
        lines.append(Line(row, str(user) if user else "", room, tuple(signs)))
    return lines


def _surnames(rows: list[Look]) -> dict[tuple[str, int], str]:
    """The surname of the one person that a look at a page of her own is about; lists of many say nothing about anybody."""
    single = [row for row in rows if len(row.subject_ids) == 1]
    people = {row.subject_ids[0] for row in single if row.subject_type == PERSON}
    placements = {row.subject_ids[0] for row in single if row.subject_type == PLACEMENT}
    found = {(PERSON, pk): name for pk, name in Beneficiary.objects.filter(pk__in=people).values_list("pk", "last_name")}
    named = Placement.objects.filter(pk__in=placements).values_list("pk", "beneficiary__last_name")
    return found | {(PLACEMENT, pk): name for pk, name in named}


def _busy_days(rows: list[Look]) -> Counter[tuple[int | None, Any]]:
    """(reader, day) → how many different people's own pages were opened, for the readers and days of these rows. One query."""
    days = {timezone.localdate(row.at) for row in rows}
    if not days:
        return Counter()
    seen = Look.objects.filter(
        actor_id__in={row.actor_id for row in rows if row.actor_id},
        at__range=(_midnight(min(days)), _midnight(max(days) + timedelta(days=1))),
        kind=Look.Kind.DETAIL,
        subject_type=PERSON,
        at__date__in=days,
    )
    pairs = {(actor, timezone.localdate(at), pk) for actor, at, ids in seen.values_list("actor_id", "at", "subject_ids") for pk in ids}
    return Counter((actor, day) for actor, day, _pk in pairs)


def cells(lines: list[Line]) -> Iterator[list[Any]]:
    for line in lines:
        at, reason = timezone.localtime(line.look.at), "" if line.look.kind == Look.Kind.DENIED else line.look.reason
        yield [
            f"{at:%d/%m/%Y %H:%M:%S}", line.who, str(line.look.get_kind_display()), len(line.look.subject_ids), line.room, line.look.place,
            reason, ", ".join(line.signs),
        ]  # fmt: skip
