"""Publishing rule books and loading the reference data."""

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.core.actor import Actor
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.four_eyes import OutsideAct, require_second_key
from impresasolidale.core.images import store_logo
from impresasolidale.core.todos import ask, done
from impresasolidale.core.transitions import perform
from impresasolidale.core.validators import place_name
from impresasolidale.core.views import check_version

from .enums import LOCAL_TARIFFS, BodyKind, TariffKind
from .models import (
    Ambito,
    Body,
    Comune,
    FundingLogo,
    Letterhead,
    Logo,
    Network,
    PatronSaint,
    RuleBookProposal,
    RuleBookVersion,
    StampDuty,
    Tariff,
    TravelTime,
)
from .rules import Rules
from .selectors import latest_versions, name_key
from .transitions import PROPOSAL, PUBLISH_RULES

TODO = "territory.proposal.decide"
DATA = Path(__file__).parent / "data"
FIRST_RULES_ON = date(2012, 1, 1)  # the year of the province's common regulation: older placements find rules too
ESTIMATE = "stima dalle coordinate dei municipi"  # of the bundled travel times; a row of another source is the office's
PROJECT_NETWORK = ("impresasolidale-sondrio", "Impresasolidale — provincia di Sondrio")


@transaction.atomic
def publish_rulebook(
    *,
    network: Network,
    valid_from: date,
    changes: Mapping[str, Any],
    act: str,
    by: Actor,
    ambito: Ambito | None = None,
    proposed_by: str = "",
    second_key: str = "",
) -> list[RuleBookVersion]:
    """Publish `changes` from a day, for one Ambito or, without it, for the network and each of its Ambiti (rule 90).

    Each row stores the whole effective set: the latest version's values with the changes over them. A version goes
    only after the latest, because the later ones would not hold its changes. `by` is named by its str().
    """
    if not act.strip():
        raise ValidationError({"act": _("Scrivi l’atto che approva le regole.")})
    if ambito and ambito.network_id != network.pk:
        raise ValidationError({"ambito": _("Questo Ambito non è nella rete.")})
    Network.objects.select_for_update().get(pk=network.pk)  # two publishers at once would merge over the same version
    merged = merge_changes(network=network, ambito=ambito, valid_from=valid_from, changes=changes)
    names = {"act": act.strip(), "published_by": str(by)[:200], "proposed_by": proposed_by[:200], "second_key": second_key[:200]}
    versions = RuleBookVersion.objects.bulk_create(
        RuleBookVersion(network=network, ambito=owner, valid_from=valid_from, values=after.to_values(), **names)
        for owner, _before, after in merged
    )
    for version in versions:
        record_fact("territory.rulebook.published", version, by=by, valid_from=str(valid_from), changes=dict(changes))
    return versions


def merge_changes(
    *, network: Network, ambito: Ambito | None, valid_from: date, changes: Mapping[str, Any]
) -> list[tuple[Ambito | None, Rules, Rules]]:
    """Whose rule books `changes` touch, each before and after: one Ambito's, or the network's and that of each of its Ambiti.

    Raises ValidationError: a value that is not good, or a day that does not come after the latest version.
    """
    owners = [ambito] if ambito else [None, *network.ambiti.all()]
    latest = latest_versions(network)
    found: list[tuple[Ambito | None, Rules, Rules]] = []
    for owner in owners:
        before = latest.get(owner.pk if owner else None) or latest.get(None)
        if before and before.valid_from >= valid_from:
            words = _("C’è già un regolamento valido dal %(day)s: scegli un giorno successivo.")
            raise ValidationError({"valid_from": words % {"day": f"{before.valid_from:%d/%m/%Y}"}})
        rules = before.rules if before else Rules()
        found.append((owner, rules, rules.changed(changes)))
    return found


@transaction.atomic
def propose_rulebook(
    *,
    network: Network,
    ambito: Ambito | None,
    valid_from: date,
    changes: Mapping[str, Any],
    act: str,
    by: Actor,
    today: date,
    url: Callable[[RuleBookProposal], str],
) -> RuleBookProposal:
    """Ask a second person to publish `changes` (four eyes); nothing is in force before that.

    Raises ValidationError or DomainError: no change, a day that is not to come (rule 90), an act that is missing, a value that is
    not good. `url` gives the address of the to-do.
    """
    by.require(PUBLISH_RULES)
    check_proposal(network=network, ambito=ambito, valid_from=valid_from, changes=changes, today=today)
    if not act.strip():
        raise ValidationError({"act": _("Scrivi l’atto che approva le regole.")})
    row = RuleBookProposal.objects.create(
        network=network, ambito=ambito, valid_from=valid_from, changes=dict(changes), act=act.strip(), created_by_id=by.actor_id
    )
    record_fact("territory.proposal.opened", row, by=by, valid_from=str(valid_from))
    ask(
        kind=TODO,
        subject=row,
        title=_("Nuove regole dal %(day)s: leggi che cosa cambia e decidi") % {"day": f"{valid_from:%d/%m/%Y}"},
        url=url(row),
        role="coordinator",
        by=by,
        due_on=valid_from,
        everywhere=ambito is None,
    )
    return row


def check_proposal(
    *, network: Network, ambito: Ambito | None, valid_from: date, changes: Mapping[str, Any], today: date
) -> list[tuple[Ambito | None, Rules, Rules]]:
    """What publishing would change, or a refusal (see propose_rulebook)."""
    if not changes:
        raise DomainError(_("Non è cambiato niente: cambia almeno un valore."))
    _check_day(valid_from, today)
    return merge_changes(network=network, ambito=ambito, valid_from=valid_from, changes=changes)


def _check_day(valid_from: date, today: date) -> None:
    """Rule 90: who has begun keeps the rules of the start, so new ones never begin before tomorrow."""
    if valid_from <= today:
        raise ValidationError({"valid_from": _("Scegli un giorno da domani in poi: chi ha già iniziato conserva le sue regole.")})


@transaction.atomic
def approve_proposal(*, proposal: RuleBookProposal, by: Actor, today: date, outside: OutsideAct | None = None) -> list[RuleBookVersion]:
    """Publish a proposal: another person than who made it, or whoever records the outside act that is the second key.

    Raises FourEyesRequired, TransitionNotAllowed, and what publishing refuses.
    """

    def guard(row: RuleBookProposal) -> None:
        require_second_key(first_id=row.created_by_id, by=by, act=outside)
        if outside and outside.on > today:
            raise DomainError(_("La data dell'atto non può essere nel futuro."), field="outside_on")
        if row.valid_from <= today:
            words = _("Il giorno da cui doveva valere è arrivato prima dell'approvazione. Ritira la proposta e falla con un giorno nuovo.")
            raise DomainError(words)

    values: dict[str, Any] = {"outside_number": outside.number.strip(), "outside_on": outside.on} if outside else {}
    row = perform(PROPOSAL, "published", proposal, by=by, guard=guard, decided_by_id=by.actor_id, **values)
    key = _("%(who)s, con l'atto %(number)s del %(day)s") if outside else "%(who)s"
    done(kind=TODO, subject=row, by=by)
    return publish_rulebook(
        network=row.network,
        ambito=row.ambito,
        valid_from=row.valid_from,
        changes=row.changes,
        act=row.act,
        by=by,
        proposed_by=str(row.created_by),
        second_key=key % {"who": by, "number": outside and outside.number.strip(), "day": outside and f"{outside.on:%d/%m/%Y}"},
    )


@transaction.atomic
def withdraw_proposal(*, proposal: RuleBookProposal, reason: str, by: Actor) -> RuleBookProposal:
    """Take a proposal back, or turn it down; it never comes into force. Raises ReasonRequired, TransitionNotAllowed."""
    row = perform(PROPOSAL, "withdrawn", proposal, by=by, reason=reason, decided_by_id=by.actor_id)
    done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def add_tariff(
    *, kind: str, valid_from: date, value: Decimal, source: str, by: Actor, ambito: Ambito | None = None, is_confirmed: bool = False
) -> Tariff:
    """One more dated value, with where it was read. Values are never changed: a new one begins on its day (rules 45 and 46).

    Local kinds (rule 89) belong to `ambito`, the others to everybody, whoever writes them.

    Raises DomainError for a day that has its value already, or without a source.
    """
    by.require(PUBLISH_RULES)
    if not source.strip():
        raise DomainError(_("Scrivi dove hai letto questo valore."), field="source")
    owner = ambito if kind in LOCAL_TARIFFS else None
    if kind in LOCAL_TARIFFS and owner is None:
        raise DomainError(_("Questa tariffa è di un Ambito: passa prima all’Ambito."), field="kind")
    if Tariff.objects.filter(kind=kind, ambito=owner, valid_from=valid_from).exists():
        raise DomainError(_("C’è già un valore di questa tariffa da questo giorno."), field="valid_from")
    row = Tariff.objects.create(
        kind=kind, ambito=owner, valid_from=valid_from, value=value, source=source.strip(), is_confirmed=is_confirmed
    )
    record_fact("territory.tariff.added", row, by=by, kind=kind, valid_from=str(valid_from))
    return row


EDIT_OFFICE = "edit_office"  # accounts.permissions.Permission.EDIT_OFFICE: a room above this one


@transaction.atomic
def edit_letterhead(
    *, ambito: Ambito, seen: int, by: Actor, logo: UploadedFile | None = None, drops_logo: bool = False, **words: str
) -> Letterhead:
    """Write what the office prints at the head and the foot of its papers. Papers that were issued keep theirs.

    `seen` is the row version the form was made from. Raises Conflict when somebody else wrote meanwhile, DomainError for a bad logo.
    """
    by.require(EDIT_OFFICE)
    row = Letterhead.objects.select_for_update(of=("self",)).filter(ambito_id=ambito.pk).first() or Letterhead(ambito_id=ambito.pk)
    check_version(row, seen)
    for name in ("heading", "lines", "official", "official_title", "signature_block"):
        setattr(row, name, words[name].strip())
    if drops_logo:
        row.logo = None
    if logo:
        row.logo = _store_logo(logo, words=row.heading, network_id=ambito.network_id, by=by)
    row.row_version += 1
    row.save()
    record_fact("territory.letterhead.written", row, by=by)
    return row


def _store_logo(file: UploadedFile, *, words: str, network_id: int, by: Actor) -> Logo:
    image = store_logo(file)
    return Logo.objects.create(
        network_id=network_id,
        words=words[:120],
        file_name=image.file_name,
        file_hash=image.file_hash,
        content_type=image.content_type,
        created_by_id=by.actor_id,
    )


@transaction.atomic
def write_stamp_duty(*, ambito: Ambito, kind: str, valid_from: date, is_exempt: bool, text: str, paid_by: str, by: Actor) -> StampDuty:
    """What the office's papers of a kind say of the stamp duty from a day. Refuses a second word for one day, and one without a reason."""
    by.require(EDIT_OFFICE)
    if not text.strip():
        raise DomainError(_("Scrivi la norma che lo dice."), field="text")
    if is_exempt and paid_by:
        raise DomainError(_("Una carta esente non è a carico di nessuno: lascia vuoto quel campo."), field="paid_by")
    if not is_exempt and not paid_by:
        raise DomainError(_("Scegli a carico di chi è il bollo."), field="paid_by")
    row = StampDuty.objects.create(
        network_id=ambito.network_id,
        ambito=ambito,
        kind=kind,
        valid_from=valid_from,
        is_exempt=is_exempt,
        text=text.strip(),
        paid_by=paid_by,
        created_by_id=by.actor_id,
    )
    record_fact("territory.stamp_duty.written", row, by=by, kind=kind, valid_from=valid_from.isoformat())
    return row


@transaction.atomic
def write_funding_logo(
    *, network_id: int, source: str, valid_from: date, words: str, by: Actor, logo: UploadedFile | None = None
) -> FundingLogo:
    """The words and the logo a funding source wants on papers from a day (rule 78). Without either, papers of that source bear none."""
    by.require(EDIT_OFFICE)
    image = _store_logo(logo, words=words.strip() or source, network_id=network_id, by=by) if logo else None
    row = FundingLogo.objects.create(
        network_id=network_id, source=source, valid_from=valid_from, words=words.strip(), logo=image, created_by_id=by.actor_id
    )
    record_fact("territory.funding_logo.written", row, by=by, source=source, valid_from=valid_from.isoformat())
    return row


@transaction.atomic
def load_reference_data() -> None:
    """Bring comuni, countries, the project's network, first rules, tariffs, feasts and travel times up to date; may run at any time.

    Facts of the files win over the rows of comuni; what an office fills in (bodies, tariffs, feasts, rules, measured times) is never
    overwritten.
    """
    network, ambiti = _load_network()
    _load_places(ambiti)
    _load_bodies(network, ambiti)
    _load_tariffs()
    _load_patron_saints()
    _load_travel_times()
    if not RuleBookVersion.objects.filter(network=network).exists():
        act, by = "Valori iniziali da confermare", "Caricamento dei dati di riferimento"
        RuleBookVersion.objects.bulk_create(
            RuleBookVersion(network=network, ambito=owner, valid_from=FIRST_RULES_ON, values=Rules().to_values(), act=act, published_by=by)
            for owner in (None, *ambiti.values())
        )


def _load_network() -> tuple[Network, dict[str, Ambito]]:
    code, name = PROJECT_NETWORK
    network, _created = Network.objects.get_or_create(code=code, defaults={"name": name})
    ambiti = {
        name: Ambito.objects.get_or_create(code=name.lower(), defaults={"network": network, "name": name})[0]
        for name in ("Sondrio", "Tirano", "Morbegno")
    }
    return network, ambiti


def _load_places(ambiti: Mapping[str, Ambito]) -> None:
    ours = {
        row["cadastral_code"]: Comune(
            name=row["name"],
            name_key=name_key(row["name"]),
            cadastral_code=row["cadastral_code"],
            istat_code=row["istat_code"],
            province="SO",
            ambito=ambiti[row["ambito"]] if row["in_project"] == "1" else None,
            population_2011=int(row["population_2011"]),
        )
        for row in _rows("comuni_sondrio.csv")
    }
    places = [*ours.values(), *(place for place in _library_places() if place.cadastral_code not in ours)]
    Comune.objects.bulk_create(
        places,
        batch_size=4000,
        update_conflicts=True,
        unique_fields=["cadastral_code"],
        update_fields=["name", "name_key", "istat_code", "province", "ambito", "population_2011", "abolished_on", "is_foreign"],
    )


def _library_places() -> Iterable[Comune]:
    """All comuni and countries of the codice fiscale tables, one for each code: the living name, else the last one."""
    from codicefiscale.data import get_countries_data, get_municipalities_data

    latest: dict[str, dict[str, Any]] = {}
    for row in [*get_municipalities_data(), *get_countries_data()]:
        known = latest.get(row["code"])
        if known is None or _lived_until(row) >= _lived_until(known):
            latest[row["code"]] = row
    for code, row in latest.items():
        name = place_name(row["name"])
        yield Comune(
            name=name,
            name_key=name_key(name),
            cadastral_code=code,
            province=row["province"],
            abolished_on=date.fromisoformat(row["date_deleted"][:10]) if row["date_deleted"] else None,
            is_foreign=row["province"] == "EE",
        )


def _lived_until(row: Mapping[str, Any]) -> str:
    return "9999" if row["active"] else row["date_deleted"]


def _load_bodies(network: Network, ambiti: Mapping[str, Ambito]) -> None:
    to_confirm = "Ente capofila da confermare."
    seats = dict(Comune.objects.filter(cadastral_code__in=["I829", "L175", "F712"]).values_list("name", "pk"))
    for ambito, kind, name, note in (
        ("Sondrio", BodyKind.COMUNE, "Comune di Sondrio", ""),
        ("Tirano", BodyKind.MOUNTAIN_COMMUNITY, "Comunità montana Valtellina di Tirano", to_confirm),
        ("Morbegno", BodyKind.MOUNTAIN_COMMUNITY, "Comunità montana Valtellina di Morbegno", to_confirm),
    ):
        Body.objects.get_or_create(
            ambito=ambiti[ambito],
            is_lead=True,
            defaults={"name": name, "kind": kind, "network": network, "comune_id": seats[ambito], "note": note},
        )


def _load_tariffs() -> None:
    rates = "INAIL circ. 16/2014, voce 0611: tassi di prima della tariffa 2019; quelli di oggi sono da confermare"
    for kind, value, source in (
        (
            TariffKind.INAIL_DAILY_BASE,
            Decimal("53.98"),
            "Minimale di rendita, Piemonte PASS, DGR 26-7181/2018; decorrenza e valore di oggi sono da confermare",
        ),
        (TariffKind.INAIL_RATE_INDUSTRY, Decimal(9), rates),
        (TariffKind.INAIL_RATE_CRAFT, Decimal(5), rates),
        (TariffKind.INAIL_RATE_OTHER, Decimal(11), rates),
    ):
        Tariff.objects.get_or_create(kind=kind, valid_from=date(2014, 1, 1), defaults={"value": value, "source": source})


def _load_patron_saints() -> None:
    for row in _rows("patron_saints.csv"):
        PatronSaint.objects.get_or_create(
            comune=Comune.objects.get(cadastral_code=row["cadastral_code"]),
            defaults={"month": int(row["month"]), "day": int(row["day"]), "name": row["name"]},
        )


def _load_travel_times() -> None:
    """The file has each pair once: the way back takes as long. How they were estimated: docs/algorithms/matching.md."""
    rows = _rows("travel_minutes.csv")
    ids = dict(Comune.objects.filter(cadastral_code__in={row["origin"] for row in rows}).values_list("cadastral_code", "pk"))
    minutes = {}
    for row in rows:
        origin, destination = ids[row["origin"]], ids[row["destination"]]
        minutes[origin, destination] = minutes[destination, origin] = int(row["minutes"])
    TravelTime.objects.filter(source=ESTIMATE).delete()
    TravelTime.objects.bulk_create(
        [TravelTime(origin_id=a, destination_id=b, minutes=taken, source=ESTIMATE) for (a, b), taken in minutes.items()],
        batch_size=2000,
        ignore_conflicts=True,
    )


def _rows(filename: str) -> list[dict[str, str]]:
    with (DATA / filename).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
