"""What other programs may be told, and how: a closed list of facts, a body without a name in it, a signature (adr/0040).

The headers and the signature are those of Standard Webhooks (https://www.standardwebhooks.com, "v1"): HMAC-SHA256 of id, time and body.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

PREFIX = "whsec_"
TRIAL = "hook.test"


class Event(NamedTuple):
    """A fact as another program reads it: its public name, what it means, the address of the API that says more."""

    name: str
    label: Any
    route: str


EVENTS: Mapping[str, Event] = {
    "beneficiaries.beneficiary.registered": Event("person.registered", _("Persona registrata"), "api:person-detail"),
    "agreements.framework_agreement.signed": Event("agreement.signed", _("Convenzione firmata"), "api:agreement-detail"),
    "agreements.placement.created": Event("placement.created", _("Tirocinio: bozza preparata"), "api:placement-detail"),
    "agreements.placement.inherited": Event("placement.inherited", _("Tirocinio: entrato già in corso"), "api:placement-detail"),
    "agreements.placement.validated": Event("placement.validated", _("Tirocinio: convalidato"), "api:placement-detail"),
    "agreements.placement.activated": Event("placement.activated", _("Tirocinio: cominciato"), "api:placement-detail"),
    "agreements.placement.suspended": Event("placement.suspended", _("Tirocinio: sospeso"), "api:placement-detail"),
    "agreements.placement.resumed": Event("placement.resumed", _("Tirocinio: ripreso"), "api:placement-detail"),
    "agreements.placement.ended": Event("placement.ended", _("Tirocinio: finito"), "api:placement-detail"),
    "agreements.placement.ended_early": Event("placement.ended_early", _("Tirocinio: finito in anticipo"), "api:placement-detail"),
    "agreements.placement.closed": Event("placement.closed", _("Tirocinio: archiviato"), "api:placement-detail"),
    "attendance.timesheet.closed": Event("timesheet.closed", _("Foglio del mese: chiuso"), "api:timesheet-detail"),
    "attendance.timesheet.confirmed": Event("timesheet.confirmed", _("Foglio del mese: confermato"), "api:timesheet-detail"),
    "attendance.timesheet.reopened": Event("timesheet.reopened", _("Foglio del mese: riaperto"), "api:timesheet-detail"),
    "attendance.timesheet.frozen": Event("timesheet.frozen", _("Foglio del mese: definitivo"), "api:timesheet-detail"),
    "treasury.liquidation_run.approved": Event("liquidation.approved", _("Liquidazione: approvata"), "api:liquidation-detail"),
    "treasury.liquidation_run.settled": Event("liquidation.settled", _("Liquidazione: versata"), "api:liquidation-detail"),
}


def new_secret() -> str:
    """24 random bytes, as programs that know the standard take them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def body_of(kind: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """What is sent: what happened, when, and of what. The same bytes for the same notice, however often."""
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, separators=(",", ":")).encode()


def signature(secret: str, message_id: str, moment: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def headers(message_id: str, moment: int, body: bytes, known: Sequence[str]) -> dict[str, str]:
    """With a signature for each secret that is good."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signature(secret, message_id, moment, body) for secret in known),
    }


NOTICE = {
    "type": "object",
    "required": ["type", "timestamp", "data"],
    "properties": {
        "type": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time", "description": "when it happened"},
        "data": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "url": {"type": "string", "format": "uri", "description": "says more, to a key that may read it"},
            },
        },
    },
}
SIGNED = {
    "webhook-id": "the same at every attempt",
    "webhook-timestamp": "seconds",
    "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over id.timestamp.body",
}


def describe(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """What programs are told, in the description of the API: one webhook an event."""
    result["components"]["schemas"]["Notice"] = NOTICE
    parameters = [
        {"in": "header", "name": name, "required": True, "schema": {"type": "string"}, "description": words}
        for name, words in SIGNED.items()
    ]
    example = {"id": "0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11", "url": "https://impresasolidale.example.org/api/v1/"}
    at = "2026-11-30T08:30:00+00:00"
    result["webhooks"] = {
        name: {
            "post": {
                "operationId": f"told_{name.replace('.', '_')}",
                "summary": name,
                "parameters": parameters,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Notice"},
                            "example": {"type": name, "timestamp": at, "data": example},
                        }
                    },
                },
                "responses": {"2XX": {"description": "Taken"}, "410": {"description": "No more of them: it is switched off"}},
            }
        }
        for name in sorted(event.name for event in EVENTS.values())
    }
    return result
