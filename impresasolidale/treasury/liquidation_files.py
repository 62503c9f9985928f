"""The list of a liquidation as XLSX in the body's own columns, and the SEPA order of a payer with an account of its own."""

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from impresasolidale.core.spreadsheets import new_workbook

from .liquidation_rules import COLUMNS, ListRow, cells

SCHEMA = "pain.001.001.09"
NAMESPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"


def list_xlsx(rows: Iterable[ListRow], columns: Sequence[str], *, title: str) -> bytes:
    """One sheet: headings, a line a row, the total under the amounts. Text stays text."""
    out = io.BytesIO()
    book = new_workbook(out)
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sum_format = book.add_format({"num_format": "#,##0.00", "bold": True})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    for n, name in enumerate(columns):
        sheet.set_column(n, n, 14 if COLUMNS[name].is_number else 24)
        sheet.write_string(0, n, str(COLUMNS[name].label), bold)
    line, total = 0, Decimal(0)
    for line, row in enumerate(rows, start=1):
        total += row.amount
        for n, value in enumerate(cells(row, columns)):
            if isinstance(value, Decimal):
                sheet.write_number(line, n, float(value), money)
            else:
                sheet.write_string(line, n, str(value))
    if "amount" in columns:
        sheet.write_number(line + 1, list(columns).index("amount"), float(total), sum_format)
    book.close()
    return out.getvalue()


def sepa_xml(*, message: str, debtor: str, iban: str, on: date, payments: Iterable[tuple[str, str, str, Decimal, str]]) -> bytes:
    """A pain.001 of transfers, checked against the ISO schema. `payments`: reference, payee, account, euro, words.

    `message` names the order: the same liquidation has the same, so that the bank takes it once.
    """
    from sepaxml import SepaTransfer
    from sepaxml.validation import try_valid_xml

    order = SepaTransfer({"name": debtor, "IBAN": iban, "batch": True, "currency": "EUR"}, schema=SCHEMA, clean=True)
    for reference, payee, account, amount, words in payments:
        order.add_payment(
            {
                "name": payee,
                "IBAN": account,
                "amount": int(amount * 100),
                "execution_date": on,
                "description": words,
                "endtoend_id": reference,
            }
        )
    root = ET.fromstring(order.export(validate=False))  # noqa: S314 - made by us a line above
    for name, value in (("MsgId", message), ("PmtInfId", f"{message[:33]}-1")):
        for node in root.iter(f"{NAMESPACE}{name}"):
            node.text = value
    ET.register_namespace("", NAMESPACE.strip("{}"))
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    try_valid_xml(xml, SCHEMA)
    return xml
