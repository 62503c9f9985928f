"""Italian codes: pure checks that return the normalised code or raise a ValidationError fit to show.

The libraries are imported inside the functions: their tables of places are large and start-up time matters.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MONTHS = "ABCDEHLMPRST"
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
_NUMERIC_POSITIONS = (6, 7, 9, 10, 12, 13, 14)
_WHOLE = "a|ad|ai|al|alla|alle|con|da|dal|dei|del|della|delle|degli|di|e|ed|in|nel|nella|per|su|sul|sulla"
_SMALL_WORDS = re.compile(rf"(?<= )(?:(?:{_WHOLE})(?= )|(?:all|d|dall|de|dell|nell|sull)')", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodiceFiscale:
    """A valid personal tax code and what it says.

    `code` is the code as issued, `plain` the same with omocodia resolved to digits and its own check character:
    two spellings of one person have one `plain`, so that is the form to hash for look-ups.
    """

    code: str
    plain: str
    birth_date: date
    sex: Literal["M", "F"]
    birthplace_code: str  # cadastral code; Z… for a foreign country
    birthplace_name: str
    birthplace_province: str  # "EE" for a foreign country


def codice_fiscale(value: str, *, today: date | None = None) -> CodiceFiscale:
    """Check a personal tax code: length, characters, check character, date and place of birth.

    `today` bounds the birth date (two digits of the year do not say the century). Provisional numeric codes of
    11 digits are refused: the person cannot be told apart from a body.
    """
    from stdnum.it.codicefiscale import calc_check_digit

    code = _compact(value)
    if len(code) == 11 and code.isdigit():
        raise ValidationError(
            _("Questo è un codice provvisorio di 11 cifre. Per ora serve il codice fiscale definitivo, di 16 caratteri."),
            code="provisional",
        )
    if len(code) != 16:
        raise ValidationError(_("Il codice fiscale ha 16 caratteri: qui ce ne sono %(found)d."), code="length", params={"found": len(code)})
    _check_characters(code)
    if calc_check_digit(code[:15]) != code[15]:
        raise ValidationError(
            _("L’ultima lettera non torna con le altre: nel codice fiscale c’è un errore di battitura. Ricontrollalo con la tessera."),
            code="check_character",
        )
    plain = "".join(c.translate(_OMOCODIA) if i in _NUMERIC_POSITIONS else c for i, c in enumerate(code[:15]))
    plain += calc_check_digit(plain)
    birth_date = _birth_date(plain, today or timezone.localdate())
    decoded = _decode(plain)
    place, decoded_date = decoded["birthplace"], decoded["birthdate"].date()
    return CodiceFiscale(
        code=code,
        plain=plain,
        # The library moves a person back a century when the place existed only then.
        birth_date=min(birth_date, decoded_date),
        sex="F" if int(plain[9:11]) > 40 else "M",
        birthplace_code=place["code"],
        birthplace_name=place_name(place["name"]),
        birthplace_province=place["province"],
    )


def check_birth_date(code: CodiceFiscale, birth_date: date) -> None:
    """Refuse a typed birth date that differs from the one in the code."""
    if birth_date != code.birth_date:
        raise ValidationError(
            _("La data di nascita non corrisponde al codice fiscale, che dice %(date)s. Controlla quale dei due è giusto."),
            code="birth_date",
            params={"date": formats.date_format(code.birth_date, "d/m/Y")},
        )


def partita_iva(value: str) -> str:
    """Check an Italian VAT number; returns its 11 digits without the prefix IT."""
    from stdnum import exceptions
    from stdnum.it import iva

    number = _compact(value).removeprefix("IT")
    _check_eleven_digits(number, _("La partita IVA è fatta di sole cifre."), _("La partita IVA ha 11 cifre: qui ce ne sono %(found)d."))
    try:
        return iva.validate(number)
    except exceptions.ValidationError as error:
        raise ValidationError(_("Questa partita IVA non è valida: forse c’è un errore di battitura."), code="check_digit") from error


def tax_code_of_body(value: str) -> str:
    """Check the 11-digit tax code of a company, body or association; returns the digits."""
    from stdnum import luhn

    number = _compact(value)
    _check_eleven_digits(
        number,
        _("Il codice fiscale di un ente è fatto di sole cifre."),
        _("Il codice fiscale di un ente ha 11 cifre: qui ce ne sono %(found)d."),
    )
    if not luhn.is_valid(number) or int(number) == 0:
        raise ValidationError(_("Questo codice fiscale non è valido: forse c’è un errore di battitura."), code="check_digit")
    return number


def tax_code(value: str) -> str:
    """Check the tax code of whoever is paid: of a body (11 digits, as a VAT number is) or of a person."""
    return tax_code_of_body(value) if _compact(value).isdigit() else codice_fiscale(value).code


def iban(value: str) -> str:
    """Check an IBAN of any country; returns it without spaces."""
    from stdnum import exceptions
    from stdnum import iban as library

    code = _compact(value)
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", code):
        raise ValidationError(_("Un IBAN comincia con due lettere e due cifre, come IT60, e continua con cifre e lettere."), code="format")
    if code.startswith("IT") and len(code) != 27:
        raise ValidationError(_("Un IBAN italiano ha 27 caratteri: qui ce ne sono %(found)d."), code="length", params={"found": len(code)})
    try:
        return library.validate(code)
    except exceptions.ValidationError as error:
        raise ValidationError(_("Questo IBAN non è valido: forse c’è un errore di battitura."), code="check_digit") from error


def ipa_code(value: str) -> str:
    """Check the shape of a body's code in the Index of public administrations; returns it in lower case."""
    code = value.strip().lower()
    if not re.fullmatch(r"[a-z0-9_]{2,20}", code):
        raise ValidationError(_("Il codice IPA è fatto di lettere, cifre e trattini bassi, come c_i829."), code="format")
    return code


def sdi_code(value: str, *, is_public: bool) -> str:
    """Check the shape of an address of electronic invoices: 7 letters and digits, 6 for a public body (its office's code in the Index)."""
    code, length = _compact(value), 6 if is_public else 7
    if not re.fullmatch(r"[A-Z0-9]+", code):
        raise ValidationError(_("Il codice destinatario è fatto di lettere e cifre."), code="characters")
    if len(code) != length:
        words = (
            _("Per un ente pubblico il codice ha 6 caratteri: qui ce ne sono %(found)d.")
            if is_public
            else _("Il codice destinatario ha 7 caratteri: qui ce ne sono %(found)d.")
        )
        raise ValidationError(words, code="length", params={"found": len(code)})
    return code


def mobile_number(value: str) -> str:
    """Check an Italian mobile number ("348 123 4567", "0039…", "+39…"); returns it as +39 and 9 or 10 digits, beginning with 3."""
    number = re.sub(r"[\s.\-/()]", "", value)
    number = re.sub(r"^(?:\+39|0039|39(?=3[0-9]{8}))", "", number)
    if not re.fullmatch(r"3[0-9]{8,9}", number):
        raise ValidationError(_("Serve un cellulare italiano: comincia con 3 e ha 9 o 10 cifre, come 348 123 4567."), code="mobile")
    return f"+39{number}"


def place_name(name: str) -> str:
    """A place name of the codice fiscale tables, where every word is capitalised, as Italians write it."""
    return _SMALL_WORDS.sub(lambda word: word[0].lower(), name)


def _compact(value: str) -> str:
    return re.sub(r"[\s.:\-]", "", value).upper()


def _check_characters(code: str) -> None:
    for position, char in enumerate(code):
        if position in _NUMERIC_POSITIONS:
            # Omocodia: the office replaces a digit with a letter when two people would share a code.
            allowed, wanted = "0123456789LMNPQRSTUV", _("una cifra")
        elif position == 8:
            allowed, wanted = _MONTHS, _("la lettera di un mese")
        else:
            allowed, wanted = _LETTERS, _("una lettera")
        if char not in allowed:
            raise ValidationError(
                _("Nel codice fiscale, al posto %(position)d ci vuole %(wanted)s e non «%(char)s»."),
                code="characters",
                params={"position": position + 1, "wanted": wanted, "char": char},
            )


def _birth_date(plain: str, today: date) -> date:
    year, month, day = int(plain[6:8]), _MONTHS.index(plain[8]) + 1, int(plain[9:11])
    for century in (today.year // 100 * 100, today.year // 100 * 100 - 100):
        try:
            found = date(century + year, month, day - 40 if day > 40 else day)
        except ValueError:
            continue
        if found <= today:
            return found
    raise ValidationError(_("La data di nascita scritta nel codice fiscale non esiste: ricontrolla il codice."), code="impossible_date")


def _decode(plain: str) -> dict:
    from codicefiscale import decode

    try:
        return decode(plain)
    except ValueError as error:
        raise ValidationError(
            _("Il luogo di nascita scritto nel codice fiscale (%(place)s) non esiste: ricontrolla il codice."),
            code="impossible_place",
            params={"place": plain[11:15]},
        ) from error


def _check_eleven_digits(number: str, not_digits: Any, wrong_length: Any) -> None:
    if not number.isascii() or not number.isdigit():
        raise ValidationError(not_digits, code="characters")
    if len(number) != 11:
        raise ValidationError(wrong_length, code="length", params={"found": len(number)})
