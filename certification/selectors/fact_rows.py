"""The rows behind a figure. Of people only those of the own Ambito, named to who may open them; of the others how many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.words import day_short, euro, hours, month
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import common_rules
from placements.agreements.models import Placement
from placements.agreements.selectors import opens

from ..figures import FIGURES, Figure, value_of
from ..rules import Facts
from . import facts as reads
from .conflicts import refuse_own_pages
from .facts import facts_of

SHOWN = 200


@dataclass(frozen=True)
class Row:
    """`url` empty: there is no page to open, or not for this user."""

    title: str
    when: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Behind:
    """`elsewhere`: how many more rows stand in the other Ambiti; only who works there sees them."""

    figure: Figure
    facts: Facts
    value: int
    rows: list[Row]
    elsewhere: int


def company_for(access: Access, public_id: UUID) -> Company:
    """A company of the network; 404 otherwise."""
    return get_object_or_404(Company.objects.select_related("comune"), network_id=access.own_network, public_id=public_id, merged_into=None)


def facts_for(access: Access, company: Company, today: date) -> Facts:
    """What the data say of one company; the look is logged."""
    audit.look(Look.Kind.DETAIL, company, by=access, place="certification:facts")
    return facts_of(access, [company.pk], today)[company.pk]


NEEDS = {"gifts": Permission.SEE_FUND, "blocks": Permission.SEE_COMPANIES}  # what is behind a figure → the right its rows want


def opens_rows(access: Access, figure: Figure) -> bool:
    return figure.behind not in NEEDS or access.may(NEEDS[figure.behind])


def behind(access: Access, company: Company, code: str, today: date) -> Behind:
    """The rows of one figure. Raises Http404 for one that is not told, PermissionDenied for one whose rows want a right of their own, and
    for the company's own people."""
    figure = FIGURES.get(code)
    if figure is None:
        raise Http404
    if not opens_rows(access, figure):
        raise PermissionDenied
    refuse_own_pages(access, company)
    rules = common_rules(access.own_network, today)
    rows, of = _READERS[figure.behind]
    found = rows(code, company, today, rules)
    if any(field.name == "ambito" for field in found.model._meta.fields):
        found = found.filter(ambito_id=access.ambito_id)
    mine = list(found[:SHOWN])
    placements = [p for p in (row if isinstance(row, Placement) else getattr(row, "placement", None) for row in mine) if p]
    allowed = _opening(access, placements)
    audit.look(Look.Kind.LIST, placements, by=access, place="certification:fact_rows", subject_type="agreements.placement")
    facts = facts_of(access, [company.pk], today)[company.pk]
    shown = [of(row, allowed) for row in mine]
    if figure.behind == "gifts":
        shown += [_good(row) for row in reads.goods_given([company.pk], today).order_by("-received_on", "-id")[:SHOWN]]
        return Behind(figure, facts, value_of(code, facts), shown, 0)
    own = len(mine) if len(mine) < SHOWN else found.count()
    whole = facts.recent_months if figure.behind == "sheets" else value_of(code, facts)
    return Behind(figure, facts, value_of(code, facts), shown, whole - (min(own, 1) if figure.behind == "blocks" else own))


def _opening(access: Access, placements: list[Placement]) -> frozenset[int]:
    """Those whose person may be named."""
    if not (placements and access.may(Permission.SEE_PLACEMENTS)):
        return frozenset()
    rows = Placement.objects.filter(opens(access, "pk"), pk__in=[p.pk for p in placements])
    return frozenset(rows.values_list("pk", flat=True))


def _who(placement: Placement, allowed: frozenset[int]) -> tuple[str, str]:
    """Name and address, or neither."""
    if placement.pk in allowed:
        return str(placement.beneficiary), reverse("agreements:detail", args=[placement.public_id])
    return _("Una persona"), ""


def _placements(code: str, company: Company, today: date, rules: Rules) -> QuerySet:
    rows = reads.placements_behind(code, [company.pk], today, rules)
    return rows.select_related("beneficiary").order_by("-starts_on", "-id")


def _placement(row: Any, allowed: frozenset[int]) -> Row:
    title, url = _who(row, allowed)
    last = row.ended_on or row.ends_on
    return Row(title, f"{day_short(row.starts_on)} – {day_short(last)}", row.state_label, url)


def _sheets(_code: str, company: Company, today: date, rules: Rules) -> QuerySet:
    return reads.recent_sheets([company.pk], today, rules).select_related("placement__beneficiary").order_by("-month", "-id")


def _sheet(row: Any, allowed: frozenset[int]) -> Row:
    title, url = _who(row.placement, allowed)
    return Row(title, month(row.month), hours(row.done_minutes), url)


def _extensions(_code: str, company: Company, today: date, rules: Rules) -> QuerySet:
    return reads.extensions([company.pk], today, rules).select_related("placement__beneficiary").order_by("-effective_from", "-id")


def _extension(row: Any, allowed: frozenset[int]) -> Row:
    title, url = _who(row.placement, allowed)
    return Row(title, f"{day_short(row.effective_from)} – {day_short(row.ends_on)}", "", url)


def _visits(_code: str, company: Company, today: date, rules: Rules) -> QuerySet:
    return reads.visits([company.pk], today, rules).select_related("placement__beneficiary").order_by("-held_on", "-id")


def _visit(row: Any, allowed: frozenset[int]) -> Row:
    title, url = _who(row.placement, allowed)
    return Row(title, day_short(row.held_on), str(row.get_kind_display()), url)


def _suspensions(_code: str, company: Company, today: date, _rules: Rules) -> QuerySet:
    return reads.suspensions([company.pk], today).select_related("placement__beneficiary").order_by("-starts_on", "-id")


def _suspension(row: Any, allowed: frozenset[int]) -> Row:
    title, url = _who(row.placement, allowed)
    return Row(title, f"{day_short(row.starts_on)} – {day_short(row.ends_on)}", "", url)


def _complaints(_code: str, company: Company, today: date, _rules: Rules) -> QuerySet:
    return reads.complaints([company.pk], today).select_related("placement__beneficiary").order_by("-happened_on", "-id")


def _complaint(row: Any, allowed: frozenset[int]) -> Row:
    title, url = _who(row.placement, allowed)
    return Row(title, day_short(row.happened_on), str(row.get_severity_display()), url)


def _blocks(_code: str, company: Company, today: date, _rules: Rules) -> QuerySet:
    return reads.blocks([company.pk], today).order_by("-starts_on", "-id")


def _block(row: Any, _allowed: frozenset[int]) -> Row:
    return Row(row.reason, f"{day_short(row.starts_on)} – {day_short(row.ends_on)}")


def _tutors(_code: str, company: Company, today: date, _rules: Rules) -> QuerySet:
    return reads.tutors([company.pk], today).select_related("tutor").order_by("tutor__last_name", "-id")


def _tutor(row: Any, _allowed: frozenset[int]) -> Row:
    return Row(str(row.tutor), _("dal %(day)s") % {"day": day_short(row.valid_from)}, row.tutor.job_title)


def _sites(_code: str, company: Company, today: date, _rules: Rules) -> QuerySet:
    return reads.described_sites([company.pk], today).order_by("name", "id")


def _site(row: Any, _allowed: frozenset[int]) -> Row:
    return Row(str(row), "", "", reverse("matching:site", args=[row.public_id]))


def _gifts(_code: str, company: Company, today: date, _rules: Rules) -> QuerySet:
    return reads.gifts([company.pk], today).order_by("-received_on", "-id")


def _gift(row: Any, _allowed: frozenset[int]) -> Row:
    return Row(_("Denaro"), day_short(row.received_on), euro(row.amount))


def _good(row: Any) -> Row:
    return Row(row.description, day_short(row.received_on), euro(row.value))


Reader = tuple[Callable[[str, Company, date, Rules], QuerySet], Callable[[Any, frozenset[int]], Row]]
_READERS: Mapping[str, Reader] = {
    "placements": (_placements, _placement),
    "sheets": (_sheets, _sheet),
    "extensions": (_extensions, _extension),
    "visits": (_visits, _visit),
    "suspensions": (_suspensions, _suspension),
    "complaints": (_complaints, _complaint),
    "blocks": (_blocks, _block),
    "tutors": (_tutors, _tutor),
    "sites": (_sites, _site),
    "gifts": (_gifts, _gift),
}
