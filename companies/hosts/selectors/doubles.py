"""Records that may be one company's."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit, merge
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.lookups import found
from impresasolidale.core.merge import Difference
from impresasolidale.core.models import Look, MergeLog
from impresasolidale.core.scope import scope

from ..models import Company, DistinctCompanies
from ..rules import COMMON_WORDS, MERGED_PARTS
from .companies import BY_NAME, SAME_NAME, companies

OLDER = """
SELECT a.id, b.id
  FROM hosts_company b
  JOIN hosts_company a ON a.network_id = b.network_id AND a.id < b.id AND a.merged_into_id IS NULL
   AND (similarity(a.search_key, b.search_key) >= %(near)s
        AND similarity(regexp_replace(a.search_key, %(common)s, '', 'g'), regexp_replace(b.search_key, %(common)s, '', 'g')) >= %(near)s
        OR ARRAY[a.partita_iva, a.tax_code]::text[] && array_remove(ARRAY[b.partita_iva, b.tax_code]::text[], ''))
 WHERE b.id = ANY (%(rows)s)
   AND NOT EXISTS (SELECT FROM hosts_distinctcompanies d WHERE d.first_id = a.id AND d.second_id = b.id)
 ORDER BY b.id DESC, similarity(a.search_key, b.search_key) DESC, a.id
 LIMIT 100
"""


def _bare(name: Any) -> Func:
    """A name without the words that many companies share."""
    return Func(name, Value(COMMON_WORDS), Value(""), Value("g"), function="regexp_replace", output_field=CharField())


def _older() -> QuerySet[Company]:
    """The older records that the outer query's may be: a nearly equal name, also without its common words, or a code both write."""
    same_code = Q()
    for mine in ("partita_iva", "tax_code"):
        for theirs in ("partita_iva", "tax_code"):
            same_code |= Q(**{mine: OuterRef(theirs)}) & ~Q(**{mine: ""})
    rows = Company.objects.filter(network=OuterRef("network"), pk__lt=OuterRef("pk"), merged_into=None).alias(
        near=TrigramSimilarity("search_key", OuterRef("search_key")),  # type: ignore[arg-type]
        near_bare=TrigramSimilarity(_bare("search_key"), _bare(OuterRef("search_key"))),  # type: ignore[arg-type]
    )
    return rows.filter(Q(near__gte=SAME_NAME, near_bare__gte=SAME_NAME) | same_code)


def pairs_page(access: Access, query: QueryDict) -> tuple[Slice, list[tuple[Company, Company]]]:
    """Pairs that may be one company and that nobody has told apart, the older first; the latest registered on top. The look is logged."""
    told = DistinctCompanies.objects.filter(first=OuterRef("pk"), second=OuterRef(OuterRef("pk")))
    older = _older().filter(~Exists(told))
    page = page_of(companies(access).alias(has_older=found(older)).filter(has_older=True), query, order=["-id"])
    pairs = _with_older(access, page.rows)
    audit.look(Look.Kind.LIST, [row for pair in pairs for row in pair], by=access, place="hosts:pairs", subject_type="hosts.company")
    return page, pairs


def _with_older(access: Access, later: list[Company]) -> list[tuple[Company, Company]]:
    """Each of `later` with the older records it resembles, the nearest first. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(OLDER, {"rows": [row.pk for row in later], "near": SAME_NAME, "common": COMMON_WORDS})
        pairs = cursor.fetchall()
    rows = companies(access).in_bulk({pk for pair in pairs for pk in pair})
    return [(rows[first], rows[second]) for first, second in pairs if first in rows and second in rows]


def told_apart_page(access: Access, query: QueryDict) -> Slice:
    """The pairs that somebody has told apart, the latest first."""
    rows = DistinctCompanies.objects.filter(network=access.network_id, first__merged_into=None, second__merged_into=None)
    return page_of(rows.select_related("first__comune", "second__comune", "created_by"), query, order=["-id"])


def others_for_choice(access: Access, company: Company) -> QuerySet[Company]:
    """Which record could be the same company's: the nearest names first."""
    rows = companies(access).exclude(pk=company.pk).annotate(near=TrigramSimilarity("search_key", company.search_key))
    return rows.order_by(F("near").desc(), *BY_NAME)


PART_LABELS = {
    "name": gettext_lazy("Denominazione"),
    "codes": gettext_lazy("Partita IVA e codice fiscale"),
    "kind": gettext_lazy("Tipo e forma giuridica"),
    "representative": gettext_lazy("Legale rappresentante"),
    "activity": gettext_lazy("Di cosa si occupa"),
    "staff": gettext_lazy("Addetti"),
    "risk_class": gettext_lazy("Classe di rischio"),
    "address": gettext_lazy("Indirizzo"),
    "email": gettext_lazy("Posta elettronica"),
    "phone": gettext_lazy("Telefono"),
    "invoices": gettext_lazy("PEC e fatture elettroniche"),
    "associations": gettext_lazy("Associazioni di categoria"),
    "welcomes_disability": gettext_lazy("Accoglie persone con disabilità"),
    "safety": gettext_lazy("Dichiarazione sulla sicurezza"),
    "law68": gettext_lazy("Legge 68/1999"),
    "on_register": gettext_lazy("Registro pubblico"),
}


def differences(keep: Company, drop: Company) -> list[Difference]:
    """Where two records differ, part by part."""
    return [
        Difference(part, PART_LABELS[part], _part_words(part, keep), _part_words(part, drop))
        for part, names in MERGED_PARTS.items()
        if any(getattr(keep, name) != getattr(drop, name) for name in names)
    ]


def _part_words(part: str, row: Company) -> str:
    words: dict[str, list[str]] = {
        "name": [row.name],
        "codes": [row.partita_iva, row.tax_code],
        "kind": [row.get_kind_display(), row.get_legal_form_display()],
        "activity": [row.sector, row.ateco_words],
        "staff": [str(row.staff_count) if row.staff_count is not None else ""],
        "risk_class": [row.get_risk_class_display()],
        "address": [row.address, str(row.comune)],
        "invoices": [row.pec, row.sdi_code],
        "associations": [row.association_words],
        "welcomes_disability": [_("sì") if row.welcomes_disability else _("no")],
        "safety": [_day(row.safety_declared_on)],
        "law68": [row.get_law68_position_display(), _day(row.law68_declared_on)],
        "on_register": [_("d'accordo a comparire") if row.on_register else _("preferisce non comparire")],
    }
    return ", ".join(filter(None, words[part] if part in words else [getattr(row, part)]))


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def moved_by(access: Access, keep: Company, drop: Company) -> list[tuple[str, int]]:
    """(what, how many) would move, in all Ambiti of the network: counts alone."""
    with scope(access.over_network().scope):
        return merge.preview(keep, drop)


def merges_of(access: Access, company: Company, today: date) -> list[MergeLog]:
    """The merges into this record that can still be undone, the last first; each with `until` and `dropped`, the name of the other."""
    rows = MergeLog.objects.filter(network=access.network_id, model=audit.type_of(company), kept_id=company.pk, undone_at=None)
    recent = list(
        rows.filter(created_at__gte=timezone.now() - timedelta(days=merge.UNDO_DAYS + 1)).select_related("created_by").order_by("-id")
    )
    names = Company.objects.filter(network_id=access.network_id).in_bulk({log.dropped_id for log in recent})
    for log in recent:
        log.until, log.dropped = merge.undo_until(log), names.get(log.dropped_id)  # type: ignore[attr-defined]
    return [log for log in recent if log.until >= today]  # type: ignore[attr-defined]


def merge_of(access: Access, company: Company, public_id: UUID) -> MergeLog:
    """A merge into this record, whatever its age: the service says when it is too late."""
    rows = MergeLog.objects.filter(network=access.network_id, model=audit.type_of(company), kept_id=company.pk, undone_at=None)
    return get_object_or_404(rows, public_id=public_id)
