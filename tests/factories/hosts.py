"""Legal hosts for everybody's tests, made through the services. All names are invented."""

from datetime import date
from itertools import count
from typing import Any

from companies.hosts import services
from companies.hosts.models import Company, CompanyTutor, Site
from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import Comune

SINCE = date(2025, 1, 7)
_number = count(1)


def make_partita_iva(number: int) -> str:
    """A synthetic partita IVA with its right check digit; 888 is nobody's office."""
    from stdnum import luhn

    digits = f"{number:07d}888"
    return digits + luhn.calc_check_digit(digits)


def comune(name: str) -> Comune:
    return Comune.objects.get(name=name, abolished_on=None, is_foreign=False)


def make_company(access: Access, **values: Any) -> Company:
    n = next(_number)
    defaults = {
        "name": f"Falegnameria numero {n}",
        "kind": "firm",
        "partita_iva": make_partita_iva(n),
        "comune": comune("Sondrio"),
        "address": f"Via Prova {n}",
        "staff_count": 100,
    }
    return services.register_company(by=access, is_another=True, **{**defaults, **values})


def make_site(access: Access, company: Company, **values: Any) -> Site:
    return services.add_site(
        company=company, by=access, **{"name": "Laboratorio", "address": "Via Prova 9", "comune": company.comune, **values}
    )


def make_tutor(access: Access, company: Company, with_user: bool = True, **values: Any) -> CompanyTutor:
    """A tutor engaged from January 2025; with a sign-in (invited, link not yet used) unless told otherwise.

    `access` needs the permission to invite when `with_user`.
    """
    n = next(_number)
    defaults = {"first_name": "Marta", "last_name": f"Prova {n}", "email": f"tutor.{n}@example.org", "valid_from": SINCE, "today": SINCE}
    tutor = services.engage_tutor(company=company, by=access, **{**defaults, **values}).tutor
    if with_user:
        tutor.user = services.invite_tutor(company=company, tutor=tutor, by=access, today=SINCE, base_url="https://impresa.example.org")
    return tutor
