"""Publishing rule books and loading the reference data."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.core.actor import Actor
from impresasolidale.core.audit import record_fact
from impresasolidale.core.validators import place_name

from .enums import BodyKind, TariffKind
from .models import Ambito, Body, Comune, Network, PatronSaint, RuleBookVersion, Tariff
from .rules import Rules
from .selectors import name_key

DATA = Path(__file__).parent / "data"
FIRST_RULES_ON = date(2012, 1, 1)  # the year of the province's common regulation: older placements find rules too
PROJECT_NETWORK = ("impresasolidale-sondrio", "Impresasolidale — provincia di Sondrio")


@transaction.atomic
def publish_rulebook(
    *, network: Network, valid_from: date, changes: Mapping[str, Any], act: str, by: Actor, ambito: Ambito | None = None
) -> list[RuleBookVersion]:
    """Publish `changes` from a day, for one Ambito or, without it, for the network and each of its Ambiti (rule 90).

    Each row stores the whole effective set: the latest version's values with the changes over them. A version goes
    only after the latest, because the later ones would not hold its changes. `by` is named by its str().
    """
    if not act.strip():
        raise ValidationError({"act": _("Scrivi l’atto che approva le regole.")})
    if ambito and ambito.network_id != network.pk:
        raise ValidationError({"ambito": _("Questo Ambito non è nella rete.")})
    owners = [ambito] if ambito else [None, *network.ambiti.all()]
    versions = _publish(network, owners, valid_from, changes, act.strip(), str(by))
    for version in versions:
        record_fact("territory.rulebook.published", version, by=by, valid_from=str(valid_from), changes=dict(changes))
    return versions


def _publish(
    network: Network, owners: Iterable[Ambito | None], valid_from: date, changes: Mapping[str, Any], act: str, by_name: str
) -> list[RuleBookVersion]:
    Network.objects.select_for_update().get(pk=network.pk)  # two publishers at once would merge over the same version
    latest = {v.ambito_id: v for v in RuleBookVersion.objects.filter(network=network).order_by("valid_from")}
    versions = []
    for owner in owners:
        before = latest.get(owner.pk if owner else None) or latest.get(None)
        if before and before.valid_from >= valid_from:
            words = _("C’è già un regolamento valido dal %(day)s: scegli un giorno successivo.")
            raise ValidationError({"valid_from": words % {"day": f"{before.valid_from:%d/%m/%Y}"}})
        rules = (before.rules if before else Rules()).changed(changes)
        versions.append(
            RuleBookVersion(
                network=network, ambito=owner, valid_from=valid_from, values=rules.to_values(), act=act, published_by=by_name[:200]
            )
        )
    return RuleBookVersion.objects.bulk_create(versions)


@transaction.atomic
def load_reference_data() -> None:
    """Bring comuni, countries, the project's network, first rules, tariffs and feasts up to date; may run at any time.

    Facts of the files win over the rows of comuni; what an office fills in (bodies, tariffs, feasts, rules) is never overwritten.
    """
    network, ambiti = _load_network()
    _load_places(ambiti)
    _load_bodies(network, ambiti)
    _load_tariffs()
    _load_patron_saints()
    if not RuleBookVersion.objects.filter(network=network).exists():
        _publish(
            network, [None, *ambiti.values()], FIRST_RULES_ON, {}, "Valori iniziali da confermare", "Caricamento dei dati di riferimento"
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
    rates = "INAIL circ. 16/2014, voce 0611, tassi precedenti alla tariffa 2019 [V]; tassi attuali da confermare [U]"
    for kind, value, source in (
        (
            TariffKind.INAIL_DAILY_BASE,
            Decimal("53.98"),
            "Minimale di rendita, Piemonte PASS, DGR 26-7181/2018 [V]; decorrenza e valore attuale da confermare [U]",
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


def _rows(filename: str) -> list[dict[str, str]]:
    with (DATA / filename).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
