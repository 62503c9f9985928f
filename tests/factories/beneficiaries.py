"""People for tests, registered through the service: invented names, valid synthetic codes."""

from datetime import date, timedelta
from typing import Any

from codicefiscale import encode

from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import Comune
from placements.beneficiaries.enums import ReferringService, TargetArea
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services import register_beneficiary

from .fixtures import TODAY

NAMES = [
    ("Ada", "Bonetti"), ("Bruno", "Cattaneo"), ("Carla", "Della Vedova"), ("Dario", "Esposti"), ("Elena", "Ferrari"),
    ("Fabio", "Gusmeroli"), ("Gaia", "Lanzi"), ("Hugo", "Mainetti"), ("Irma", "Negri"), ("Livio", "Orsatti"),
]  # fmt: skip


def identity(number: int, *, born: date | None = None) -> dict[str, Any]:
    """Names, birth date and a valid codice fiscale, a function of the number."""
    first_name, last_name = NAMES[number % len(NAMES)]
    born = born or date(1970, 1, 1) + timedelta(days=37 * number)
    sex = "F" if first_name[-1] == "a" else "M"
    code = encode(last_name, first_name, sex, born.isoformat(), "Sondrio")
    return {"first_name": first_name, "last_name": last_name, "codice_fiscale": code, "birth_date": born}


def make_beneficiary(access: Access, *, number: int = 1, born: date | None = None, today: date = TODAY, **changes: Any) -> Beneficiary:
    """A registered person of the access's Ambito, followed by its user; give other arguments of the service in `changes`."""
    residence = Comune.objects.filter(ambito=access.ambito_id).order_by("name").first()
    values = {
        **identity(number, born=born),
        "residence": residence,
        "target_area": TargetArea.DISADVANTAGE,
        "referral": {"service": ReferringService.SIL, "operator": "Prova Operatrice", "received_on": today, "protocol": f"{number}/2026"},
        "charge": {"service": ReferringService.SOCIAL_SERVICE, "case_manager": "Prova Responsabile", "valid_from": date(2026, 1, 1)},
        "assessment": {"made_on": today, "author": "Prova Assistente"},
        "privacy_notice_on": today,
        "emergency_name": "Prova Parente",
        "emergency_phone": "0342 000000",
    }
    return register_beneficiary(**{**values, **changes}, by=access, today=today)
