"""The list of supporting documents as rows: one layout for the office's file and for the funder's report (domain.md §6, block 2)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.spreadsheets import Cell

from .enums import NAMED_PAYEES, PayeeKind
from .models import Expense, ProjectSource


def payee_outside(row: Expense) -> str:
    """Who is paid, as it may be said outside the office: a person is the staff's code, or what they are."""
    if row.payee_kind not in NAMED_PAYEES:
        return row.payee
    if row.payee_kind == PayeeKind.STAFF:
        return row.payee_key.removeprefix("staff:") if row.payee_key.startswith("staff:") else str(PayeeKind.STAFF.label)
    return str(PayeeKind.PERSON.label)


def proof_words(row: Any) -> str:
    return row.get_proof_kind_display() if row.is_proved else _("da provare")


def table(rows: Iterable[Any], sources: Sequence[ProjectSource]) -> tuple[list[str], list[list[Cell]]]:
    """Head and rows of the office's own file: names are in it, as on the documents."""
    head = [
        _("Spesa"), _("Stato"), _("Voce"), _("Partner"), _("Documento"), _("Numero"), _("Data"), _("Chi viene pagato"), _("Codice fiscale"),
        _("Per che cosa"), _("Totale"), _("Imputato"), *(source.name for source in sources), _("Pagata il"), _("Prova di pagamento"),
        _("Riconosciuto"), _("CUP"), _("CIG"),
    ]  # fmt: skip
    cells: list[list[Cell]] = []
    for row in rows:
        borne = {share.source_id: share.amount for share in row.parts}
        cells.append(
            [
                row.number, row.get_state_display(), row.item.code, row.participation.partner.name, row.get_document_kind_display(),
                row.document_number, row.document_on, row.payee, row.payee_tax_code, row.words, row.amount, row.charged,
                *(borne.get(source.pk) for source in sources), row.paid_on, proof_words(row), row.admitted, row.cup, row.cig,
            ]
        )  # fmt: skip
    return head, cells
