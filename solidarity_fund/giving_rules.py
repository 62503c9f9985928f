"""Rules of what comes in, over plain values: references to pay with, promises in parts, what a gift may ask for (no ORM, no clock)."""

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError

CENT = Decimal("0.01")
AUX_SEGREGATED, AUX_APPLICATION = "3", "0"
IUV_BASE = 13  # digits of the number inside an IUV
TAX_WORDS = re.compile(r"\b(detra|dedu[cz]|agevolazion|sgravi)\w*", re.IGNORECASE)
PERSONAL_CODE = re.compile(r"\b[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]\b", re.IGNORECASE)


# --- References


def notice_number(*, aux: str, code: str, base: int) -> str:
    """The 18 digits of a pagoPA notice [K]: aux digit, two digits of the body's code, thirteen of `base`, two of check.

    The check is the number before it modulo 93. `aux` 3: `code` is the segregation code, and belongs to the IUV; `aux` 0: it is the
    application code, and does not.
    """
    if aux not in (AUX_SEGREGATED, AUX_APPLICATION) or not re.fullmatch(r"[0-9]{2}", code) or not 0 < base < 10**IUV_BASE:
        raise ValueError((aux, code, base))
    body = f"{aux}{code}{base:0{IUV_BASE}d}"
    return f"{body}{int(body) % 93:02d}"


def iuv_of(notice: str) -> str:
    """The IUV inside a notice number: 17 digits with a segregation code, 15 without."""
    return notice[1:] if notice[0] == AUX_SEGREGATED else notice[3:]


def is_notice(text: str) -> bool:
    """Whether these are the 18 digits of a notice of aux digit 0 or 3, with the right check digits."""
    return bool(re.fullmatch(r"[03][0-9]{17}", text)) and int(text[:16]) % 93 == int(text[16:])


def creditor_reference(body: str) -> str:
    """The ISO 11649 reference of at most 21 letters and digits: "RF", two check digits (modulo 97), the body."""
    from stdnum.iso7064 import mod_97_10

    if not re.fullmatch(r"[A-Z0-9]{1,21}", body):
        raise ValueError(body)
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def in_fours(reference: str) -> str:
    """As it is read aloud and copied: groups of four."""
    return " ".join(reference[n : n + 4] for n in range(0, len(reference), 4))


# --- Promises


def in_parts(total: Decimal, parts: int) -> list[Decimal]:
    """`total` euro in `parts` that differ by a cent at most and sum to it; the larger come first."""
    if parts < 1 or total < CENT * parts:
        raise ValueError((total, parts))
    cents = int(total / CENT)
    each, left = divmod(cents, parts)
    return [CENT * (each + (n < left)) for n in range(parts)]


def covered(amounts: Sequence[Decimal], given: Decimal) -> list[Decimal]:
    """How much of each part `given` euro fills, the first parts first."""
    filled = []
    for amount in amounts:
        part = min(amount, max(given, Decimal(0)))
        filled.append(part)
        given -= part
    return filled


def kept_state(promised: Decimal, given: Decimal) -> str:
    """ "open" while nothing came, "partly", "kept"."""
    return "open" if given <= 0 else "kept" if given >= promised else "partly"


# --- What a gift may ask for


def refuse_over_restricted(*, scope: str, words: str, receivers: int | None, minimum: int) -> None:
    """A gift is for everybody, for a kind of help or for a place, never for somebody (rules 73 and 88).

    `scope`: "" (free), "kind", "comune" or "person"; `receivers`: how many people had help of that kind, or live in that comune and
    had help. Raises DomainError.
    """
    if scope == "person":
        raise DomainError(
            _(
                "Chi dona non sceglie la persona: il fondo aiuta chi ne ha bisogno, e chi dona non sa chi è. "
                "Proponi un tipo di aiuto, oppure lascia libero il dono."
            ),
            field="scope",
        )
    if PERSONAL_CODE.search(words):
        raise DomainError(_("Qui c'è un codice fiscale: la richiesta di chi dona non può nominare una persona."), field="restriction")
    if receivers is not None and receivers < minimum:
        raise DomainError(
            _(
                "È una richiesta troppo stretta: finora ne hanno avuto bisogno meno di %(minimum)s persone, e si capirebbe chi riceve. "
                "Proponi uno scopo più largo, oppure lascia libero il dono."
            )
            % {"minimum": minimum},
            field="for_kind" if scope == "kind" else "for_comune",
        )


def refuse_tax_promise(text: str) -> None:
    """The words of a receipt promise no tax benefit: those that do stand apart, with their source. Raises DomainError."""
    if TAX_WORDS.search(text):
        raise DomainError(
            _(
                "Le parole sulle agevolazioni fiscali vanno nel loro riquadro, con la fonte: "
                "qui la ricevuta dice solo che il dono è arrivato."
            ),
            field="text",
        )
