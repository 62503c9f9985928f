"""Companies looked up outside by their VAT number: one interface, an adapter a register, named in settings.COMPANY_REGISTERS (empty: none).

The worker asks, never a page: a company is saved whether anybody answers or not, and its page says what was not checked. Check digits are
looked at always, without anybody outside (core.validators).
"""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from impresasolidale.core import outside

from .enums import RegisterAnswer


@dataclass(frozen=True, slots=True)
class Found:
    """What a register answered. `name` and `address` as it writes them; empty when it does not say."""

    answer: str
    name: str = ""
    address: str = ""


class Strange(Exception):
    """The register answered something that its adapter does not know."""


class Register(Protocol):
    """One place where companies are looked up."""

    code: str
    label: Any

    def look_up(self, partita_iva: str) -> Found:
        """By the 11 digits. Raises outside.Refused (never), OSError (not now) or Strange."""
        ...


class Vies:
    """The European Commission's VIES: who trades across borders. An Italian company that is not there may well exist."""

    code, label = "vies", "VIES"

    def look_up(self, partita_iva: str) -> Found:
        body = json.dumps({"countryCode": "IT", "vatNumber": partita_iva}).encode()
        answer = _object(outside.post(settings.VIES_URL, body, headers={"Content-Type": "application/json"}))
        if answer.get("actionSucceed") is False:  # its own way to say that Italy does not answer now
            raise OSError("VIES does not answer for Italy")
        if not isinstance(answer.get("valid"), bool):
            raise Strange
        if not answer["valid"]:
            return Found(RegisterAnswer.ABSENT)
        return Found(RegisterAnswer.ACTIVE, _words(answer.get("name")), _words(answer.get("address")))


class Chamber:
    """A chamber of commerce's service, or whoever gives its data: POST of `{"partita_iva"}` to CHAMBER_URL with `Authorization: Bearer
    CHAMBER_TOKEN`; the answer is `{"stato": "attiva" | "cessata" | "non trovata", "denominazione", "indirizzo"}`."""

    code, label = "chamber", _("registro delle imprese")
    ANSWERS = {"attiva": RegisterAnswer.ACTIVE, "cessata": RegisterAnswer.CEASED, "non trovata": RegisterAnswer.ABSENT}

    def look_up(self, partita_iva: str) -> Found:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {settings.CHAMBER_TOKEN}"}
        answer = _object(outside.post(settings.CHAMBER_URL, json.dumps({"partita_iva": partita_iva}).encode(), headers=headers))
        state = self.ANSWERS.get(str(answer.get("stato", "")).lower())
        if state is None:
            raise Strange
        return Found(state, _words(answer.get("denominazione")), _words(answer.get("indirizzo")))


def registers() -> list[Register]:
    """Those that this installation asks. Raises ImportError when the setting names nothing."""
    return [import_string(path)() for path in settings.COMPANY_REGISTERS]


def label_of(code: str) -> Any:
    return {register.code: register.label for register in (Vies, Chamber)}.get(code, code)


def _object(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise Strange from error
    if not isinstance(found, dict):
        raise Strange
    return found


def _words(value: object) -> str:
    """A name as one line; VIES writes three dashes for what a country does not say."""
    text = " ".join(str(value or "").split())[:200]
    return "" if set(text) <= {"-"} else text
