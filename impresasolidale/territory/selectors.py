"""Reads of reference data. Everybody may see it, so no Access is asked."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.core.audit import type_of
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Fact
from impresasolidale.core.once import once

from .enums import LOCAL_TARIFFS, ProposalState, TariffKind
from .models import Ambito, Body, Comune, FundingLogo, Letterhead, Logo, Network, RuleBookProposal, RuleBookVersion, StampDuty, Tariff
from .rules import Rules
from .words import differences, number


class NoRuleBook(LookupError):
    """No version of the rule book is in force on the day."""


class NoTariff(LookupError):
    """No value of the tariff is known for the day."""


def rules_for(ambito: Ambito, on: date) -> tuple[RuleBookVersion, Rules]:
    """The version in force in the Ambito on a day: its own, or the network's when it has none yet (rule 90)."""
    version = (
        RuleBookVersion.objects.filter(Q(ambito=ambito) | Q(ambito=None), network=ambito.network_id, valid_from__lte=on)
        .order_by(F("ambito").asc(nulls_last=True), "-valid_from")
        .first()
    )
    if version is None:
        raise NoRuleBook(
            _("Nell’Ambito %(ambito)s non c’è un regolamento valido il %(day)s.") % {"ambito": ambito, "day": f"{on:%d/%m/%Y}"}
        )
    return version, version.rules


def books_on(network_id: int, on: date) -> list[tuple[Ambito | None, RuleBookVersion, Rules]]:
    """The rule book of the network (without Ambito) and of each of its Ambiti on a day, those that have one. Two queries."""
    in_force: dict[int | None, RuleBookVersion] = {}
    versions = RuleBookVersion.objects.filter(network=network_id, valid_from__lte=on)
    for version in versions.order_by("ambito_id", "-valid_from").distinct("ambito_id"):
        in_force[version.ambito_id] = version
    owners = [None, *Ambito.objects.filter(network=network_id)]
    found = ((owner, in_force.get(owner.pk if owner else None) or in_force.get(None)) for owner in owners)
    return [(owner, version, version.rules) for owner, version in found if version]


def sends_short_messages(ambito_id: int | None, on: date) -> bool:
    """Whether an office lets short messages leave (rule 2)."""
    return ambito_id is None or rules_for(Ambito.objects.get(pk=ambito_id), on)[1].short_messages


def common_rules(network_id: int, on: date) -> Rules:
    """The network's common rule book of a day; what we ship where nobody has published one. One query."""
    versions = RuleBookVersion.objects.filter(network_id=network_id, ambito=None, valid_from__lte=on)
    found = versions.order_by("-valid_from").first()
    return found.rules if found else Rules()


def common_rules_of(networks: Collection[int], on: date) -> list[Rules]:
    """The same of several networks, in no order. One query."""
    versions = RuleBookVersion.objects.filter(network_id__in=networks, ambito=None, valid_from__lte=on)
    found = {version.network_id: version.rules for version in versions.order_by("network_id", "-valid_from").distinct("network_id")}
    return [found.get(network_id) or Rules() for network_id in networks]


def latest_versions(network: Network) -> dict[int | None, RuleBookVersion]:
    """The last version of each Ambito, by its id, and of the network, under None; also one that is not in force yet."""
    rows = RuleBookVersion.objects.filter(network=network).order_by("ambito_id", "-valid_from").distinct("ambito_id")
    return {version.ambito_id: version for version in rows}


def versions_of(network_id: int, ambito: Ambito | None, query: QueryDict) -> Slice:
    """Versions of one Ambito, or of the network, the newest first; each with `changed`, what differs from the one before, in words."""
    rows = RuleBookVersion.objects.filter(network=network_id, ambito=ambito)
    page = page_of(rows, query, order=("-valid_from", "-id"))
    if not page.rows:
        return page
    older = rows.filter(valid_from__lt=page.rows[-1].valid_from).order_by("-valid_from").first()
    for version, before in zip(page.rows, [*page.rows[1:], older], strict=True):
        version.is_first = before is None
        version.changed = differences(before.rules if before else Rules(), version.rules)
    return page


def proposal_for(network_id: int | None, ambito_id: int | None, public_id: UUID) -> RuleBookProposal:
    """A proposal of the network or of this Ambito; Http404 for any other."""
    rows = RuleBookProposal.objects.filter(Q(ambito=None) | Q(ambito=ambito_id), network=network_id)
    return get_object_or_404(rows.select_related("network", "ambito", "created_by", "decided_by"), public_id=public_id)


def open_proposals(network_id: int | None, ambito_id: int | None) -> list[RuleBookProposal]:
    rows = RuleBookProposal.objects.filter(Q(ambito=None) | Q(ambito=ambito_id), network=network_id, state=ProposalState.OPEN)
    return list(rows.select_related("ambito", "network", "created_by").order_by("valid_from", "id"))


def reason_of(proposal: RuleBookProposal) -> str:
    """Why a proposal was taken back, when it was."""
    facts = Fact.objects.filter(subject_type=type_of(proposal), subject_id=proposal.pk, to_state=ProposalState.WITHDRAWN)
    return facts.values_list("reason", flat=True).first() or ""


def network_of(network_id: int) -> Network:
    return Network.objects.get(pk=network_id)


def latest_rules(network_id: int, ambito: Ambito | None) -> Rules:
    """What a new version starts from: the last rules of the Ambito, or of the network, in force or to come."""
    latest = latest_versions(network_of(network_id))
    version = latest.get(ambito.pk if ambito else None) or latest.get(None)
    return version.rules if version else Rules()


def ambiti_of(network_id: int | None) -> list[Ambito]:
    return list(Ambito.objects.filter(network=network_id))


def tariffs(on: date, ambito_id: int | None) -> list[tuple[str, list[Tariff]]]:
    """Every kind with its values, the newest first; `in_force` marks the one of the day. Local kinds only with an Ambito, and its own."""
    kinds = [kind for kind in TariffKind.values if ambito_id or kind not in LOCAL_TARIFFS]
    rows: dict[str, list[Tariff]] = {kind: [] for kind in kinds}
    for row in Tariff.objects.filter(Q(ambito=None) | Q(ambito=ambito_id), kind__in=kinds).order_by("-valid_from"):
        row.in_force = row.valid_from <= on and not any(r.in_force for r in rows[row.kind])  # type: ignore[attr-defined]
        row.told = number(row.value)  # type: ignore[attr-defined]
        rows[row.kind].append(row)
    return [(str(TariffKind(kind).label), values) for kind, values in rows.items()]


def tariffs_in_force(ambito_id: int | None, on: date) -> dict[str, Tariff]:
    """The value of each kind that holds in an Ambito on a day, everybody's and its own; kinds nobody entered are missing. One query."""
    rows = Tariff.objects.filter(Q(ambito=None) | Q(ambito=ambito_id), valid_from__lte=on)
    return {row.kind: row for row in rows.order_by("kind", "-valid_from").distinct("kind")}


def tariff(kind: TariffKind | str, on: date) -> Decimal:
    """The tariff's value on the day of the event; the unit depends on the kind (enums.TariffKind)."""
    value = Tariff.objects.filter(kind=kind, valid_from__lte=on).order_by("-valid_from").values_list("value", flat=True).first()
    if value is None:
        raise NoTariff(_("Manca il valore di «%(kind)s» per il %(day)s.") % {"kind": TariffKind(kind).label, "day": f"{on:%d/%m/%Y}"})
    return value


def comune_by_cadastral(code: str) -> Comune | None:
    """The comune or foreign country with this cadastral code."""
    return Comune.objects.filter(cadastral_code=code.upper()).first()


def search_comuni(text: str, limit: int = 10, *, birthplaces: bool = False) -> list[Comune]:
    """Comuni whose name begins with or resembles `text`, without regard to accents and small mistakes.

    Comuni of the project come first, then those of the province. `birthplaces` adds abolished comuni and foreign countries.
    """
    key = name_key(text)
    if not key:
        return []
    found = Comune.objects.filter(Q(name_key__startswith=key) | Q(name_key__trigram_similar=key))
    if not birthplaces:
        found = found.filter(abolished_on=None, is_foreign=False)
    begins = Case(When(name_key__startswith=key, then=Value(0)), default=Value(1))
    near = Case(When(ambito__isnull=False, then=Value(0)), When(province="SO", then=Value(1)), default=Value(2))
    return list(
        found.order_by(begins, near, F("abolished_on").desc(nulls_first=True), TrigramSimilarity("name_key", key).desc(), "name")[:limit]
    )


def comuni_named(name: str, province: str = "") -> list[Comune]:
    """The present comuni with exactly this name, without regard to accents; more than one when the province is left out."""
    found = Comune.objects.filter(name_key=name_key(name), abolished_on=None, is_foreign=False).order_by("province")
    return list(found.filter(province=province.upper()) if province else found)


def ambito_of(comune: Comune) -> Ambito | None:
    """The Ambito of residence that a comune gives; none outside the project."""
    return comune.ambito


@once
def lead_body(ambito: Ambito) -> Body | None:
    """The lead body of an Ambito: the default payer of its allowances."""
    return Body.objects.filter(ambito=ambito, is_lead=True).first()


@dataclass(frozen=True)
class OfficeCard:
    """How to reach the office of an Ambito: what it prints on its papers, the telephone among those lines, its PEC."""

    name: str
    lines: list[str]
    phone: str
    pec: str


def offices_of(ambiti: Iterable[Ambito]) -> dict[int, OfficeCard]:
    """Ambito → how to reach its office. Two queries, however many."""
    known = {ambito.pk: ambito for ambito in ambiti}
    leads = {body.ambito_id: body for body in Body.objects.filter(ambito__in=known, is_lead=True)}
    heads = {head.ambito_id: head for head in Letterhead.objects.filter(ambito__in=known)}
    found = {}
    for pk, ambito in known.items():
        body, head = leads.get(pk), heads.get(pk)
        lines = head.lines if head else ""
        name = head.heading if head else str(body or ambito)
        found[pk] = OfficeCard(name, [line for line in lines.splitlines() if line.strip()], phone_in(lines), body.pec if body else "")
    return found


@once
def office_of(ambito: Ambito) -> OfficeCard:
    """How to reach the office of one Ambito."""
    return offices_of([ambito])[ambito.pk]


def phone_in(lines: str) -> str:
    """The first telephone number written in a letterhead: digits after «tel» or «telefono»; empty when there is none."""
    said = re.search(r"\btel(?:efono)?\b[^\d+\n]{0,10}(\+?\d[\d ./-]{4,}\d)", lines, re.IGNORECASE)
    return " ".join(re.split(r"[ ./-]+", said[1])) if said else ""


def bodies_around(network_id: int | None, ambito_id: int | None) -> QuerySet[Body]:
    """The bodies an Ambito deals with: its own, and those of the whole network; by name."""
    return Body.objects.filter(Q(ambito_id=ambito_id) | Q(network_id=network_id, ambito=None)).order_by("name")


def letterhead_of(ambito_id: int) -> Letterhead | None:
    """The office's letterhead, with its logo."""
    return Letterhead.objects.filter(ambito_id=ambito_id).select_related("logo").first()


def stamp_duties(ambito: Ambito) -> QuerySet[StampDuty]:
    """The office's own words and the network's, by kind, newest first."""
    return StampDuty.objects.filter(Q(ambito=ambito) | Q(ambito=None), network_id=ambito.network_id).order_by("kind", "-valid_from", "-id")


def funding_logos(network_id: int) -> QuerySet[FundingLogo]:
    return FundingLogo.objects.filter(network_id=network_id).select_related("logo").order_by("source", "-valid_from", "-id")


def logo_for(network_id: int, public_id: UUID) -> Logo:
    return get_object_or_404(Logo, network_id=network_id, public_id=public_id)


def stamp_duty(kind: str, ambito: Ambito | int | None, day: date, *, network_id: int | None = None) -> StampDuty | None:
    """What holds for the stamp duty of a kind of paper on a day: the Ambito's own words, or the network's; None when nobody said."""
    ambito_id = ambito.pk if isinstance(ambito, Ambito) else ambito
    rows = StampDuty.objects.filter(Q(ambito_id=ambito_id) | Q(ambito=None), kind=kind, valid_from__lte=day)
    if network_id:
        rows = rows.filter(network_id=network_id)
    return rows.order_by(F("ambito").asc(nulls_last=True), "-valid_from", "-id").first()


def funding_logo(source: str, network_id: int, day: date) -> FundingLogo | None:
    """What a funding source wants on the papers of a day (rule 78); None for no source or one that wants nothing."""
    rows = FundingLogo.objects.filter(source=source, network_id=network_id, valid_from__lte=day) if source else FundingLogo.objects.none()
    return rows.select_related("logo").order_by("-valid_from", "-id").first()


@once
def paper_settings(*, kind: str, ambito_id: int | None, network_id: int | None, on: date, funding_source: str = "") -> dict[str, Any]:
    """What an office prints on a paper of this day, as plain values to freeze with it: only the parts that are set."""
    found: dict[str, Any] = {}
    if ambito_id and (head := letterhead_of(ambito_id)):
        found["letterhead"] = {
            "heading": head.heading,
            "lines": [line for line in head.lines.splitlines() if line.strip()],
            "logo": _drawn(head.logo),
            "official": head.official,
            "official_title": head.official_title,
            "signature_block": [line for line in head.signature_block.splitlines() if line.strip()],
        }
    if duty := stamp_duty(kind, ambito_id, on, network_id=network_id):
        found["stamp_duty"] = {"is_exempt": duty.is_exempt, "text": duty.text, "paid_by": _in_italian(duty.get_paid_by_display)}
    if network_id and (funder := funding_logo(funding_source, network_id, on)):
        found["funding"] = {"words": funder.words, "logo": _drawn(funder.logo)}
    return found


def _drawn(logo: Logo | None) -> dict[str, str] | None:
    return {"address": logo.address, "words": logo.words} if logo else None


def _in_italian(words: Callable[[], str]) -> str:
    with translation.override("it"):
        return str(words())


def name_key(text: str) -> str:
    """A name as searched and sorted: lower case, without accents, apostrophes and hyphens as spaces."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())
