"""The columns of the list of companies: all of them in the file of who chose none."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.columns import Column
from impresasolidale.core.spreadsheets import Cell


def _field(name: str) -> Any:
    def cell(row: Any, access: Any) -> Cell:
        value = getattr(row, name)
        return value if value is None or isinstance(value, int) else str(value)

    return cell


def _words(name: str) -> Any:
    """The words of a coded field."""

    def cell(row: Any, access: Any) -> Cell:
        return str(getattr(row, f"get_{name}_display")())

    return cell


COLUMNS = (
    Column("kind", gettext_lazy("Tipo"), _words("kind"), lambda row, access: capfirst(row.get_kind_display()), is_usual=True),
    Column("legal_form", gettext_lazy("Forma giuridica"), _words("legal_form")),
    Column("partita_iva", gettext_lazy("Partita IVA"), _field("partita_iva")),
    Column("tax_code", gettext_lazy("Codice fiscale"), _field("tax_code")),
    Column("address", gettext_lazy("Indirizzo"), _field("address")),
    Column("comune", gettext_lazy("Comune"), _field("comune"), is_usual=True),
    Column("sector", gettext_lazy("Di cosa si occupa"), _field("sector"), is_usual=True),
    Column("ateco", gettext_lazy("ATECO"), _field("ateco_words")),
    Column("staff", gettext_lazy("Addetti"), _field("staff_count"), is_number=True),
    Column("risk", gettext_lazy("Classe di rischio"), _words("risk_class")),
    Column("law68", gettext_lazy("Legge 68/1999"), _words("law68_position")),
    Column("associations", gettext_lazy("Associazioni di categoria"), _field("association_words")),
    Column(
        "welcomes",
        gettext_lazy("Accoglie persone con disabilità"),
        lambda row, access: _("sì") if row.welcomes_disability else "",
    ),
    Column("representative", gettext_lazy("Legale rappresentante"), _field("representative")),
    Column("phone", gettext_lazy("Telefono"), _field("phone")),
    Column("email", gettext_lazy("Posta elettronica"), _field("email")),
    Column("pec", gettext_lazy("PEC"), _field("pec")),
    Column("sdi", gettext_lazy("Codice destinatario (SDI)"), _field("sdi_code")),
    Column("tutors", gettext_lazy("Tutor"), _field("tutor_count"), is_usual=True, is_number=True),
)
