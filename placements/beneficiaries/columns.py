"""The columns of the list of people. What is told only to who follows somebody is empty for the others, as on the page."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.columns import Column
from impresasolidale.core.spreadsheets import Cell

from .selectors import may_see_address, may_see_area


def _area(row: Any, access: Any) -> str:
    if not row.is_open:
        return ""
    return str(row.get_target_area_display()) if may_see_area(access, row.target_area) else _("area riservata")


def _own(name: str) -> Any:
    """A field that is read of the people one follows."""

    def cell(row: Any, access: Any) -> Cell:
        return getattr(row, name) if row.is_open else ""

    return cell


def _address(row: Any, access: Any) -> str:
    return str(row.address) if row.is_open and may_see_address(access, row) else ""


COLUMNS = (
    Column("birth", gettext_lazy("Nascita"), lambda row, access: row.birth_date, is_usual=True),
    Column("residence", gettext_lazy("Comune di residenza"), lambda row, access: str(row.residence), is_usual=True),
    Column("area", gettext_lazy("Area"), _area, is_usual=True),
    Column("referent", gettext_lazy("La segue"), lambda row, access: str(row.referents[0].user) if row.referents else "", is_usual=True),
    Column("sex", gettext_lazy("Sesso"), lambda row, access: str(row.get_sex_display())),
    Column("codice_fiscale", gettext_lazy("Codice fiscale"), _own("codice_fiscale")),
    Column("address", gettext_lazy("Indirizzo"), _address),
    Column("phone", gettext_lazy("Telefono"), _own("phone")),
    Column("email", gettext_lazy("Posta elettronica"), _own("email")),
    Column("notice", gettext_lazy("Informativa consegnata il"), _own("privacy_notice_on")),
)
