"""A recognition as an Open Badge 3.0, which is a W3C Verifiable Credential: pure functions over values.

It says of the company what the paper says, no more. Whether it still holds is in two status lists of its year: `revocation` (taken back, or
another took its place) and `suspension`. Lists and places in them come from the paper's own number: list 2026, place 123 for "2026/000123".
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.credentials import BITS, moment, status_entry

CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
REVOCATION, SUSPENSION = "revocation", "suspension"
PURPOSES = (REVOCATION, SUSPENSION)
LISTS = {"revoked": REVOCATION, "superseded": REVOCATION, "suspended": SUSPENSION}  # state → the list that says so


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the paper says, and where things are. `lists`: purpose → the status list's address."""

    address: str
    page: str  # of verification
    company_page: str
    company: str
    place: str
    word: str  # what the network calls it in public, as the paper was issued
    level: str
    level_words: str
    scheme: str
    scheme_version: int
    number: str
    issued_on: date
    valid_from: date
    valid_to: date
    did: str
    issuer: str
    site: str
    lists: Mapping[str, str]
    image: str = ""


def place_of(number: str) -> tuple[int, int]:
    """(year, place in its list) of a paper's number. Raises ValueError for what no list holds."""
    year, _slash, counter = number.partition("/")
    if not 0 < int(counter) < BITS:
        raise ValueError(number)
    return int(year), int(counter)


def statement(said: Said) -> dict[str, Any]:
    """The credential without its signature. It holds from the first day's beginning to the last day's end."""
    _year, index = place_of(said.number)
    achievement = uuid.uuid5(uuid.NAMESPACE_URL, f"{said.did}/{said.scheme_version}/{said.level}")
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "id": said.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{said.word[:1].upper()}{said.word[1:]} {said.level} – {said.company}",
        "description": said.level_words,
        "issuer": {"id": said.did, "type": ["Profile"], "name": said.issuer, "url": said.site},
        "validFrom": moment(said.valid_from),
        "validUntil": moment(said.valid_to + timedelta(days=1)),
        "awardedDate": moment(said.issued_on),
        "credentialSubject": {
            "id": said.company_page,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": f"{said.company}, {said.place}",
                    "identityType": "ext:denominazione",
                }
            ],
            "achievement": {
                "id": achievement.urn,
                "type": ["Achievement"],
                "achievementType": "Award",
                "name": said.level,
                "description": said.level_words,
                "criteria": {"narrative": _("I criteri di «%(scheme)s», versione %(version)d.") % _scheme(said)},
            },
        },
        "evidence": [{"id": said.page, "type": ["Evidence"], "name": _("Pagina di verifica"), "narrative": _narrative(said)}],
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": [status_entry(said.lists[purpose], purpose=purpose, index=index) for purpose in PURPOSES],
    }
    if said.image:
        found["credentialSubject"]["achievement"]["image"] = {"id": said.image, "type": "Image"}
    return found


def _scheme(said: Said) -> dict[str, Any]:
    return {"scheme": said.scheme, "version": said.scheme_version}


def _narrative(said: Said) -> str:
    return _("Attestato n. %(number)s: la pagina dice se vale oggi.") % {"number": said.number}
