"""What a receipt says: frozen, plain JSON values. A receipt names who gave and never who receives."""

from typing import Any

from django.conf import settings
from django.utils import translation

from impresasolidale.core.models import Document
from impresasolidale.core.words import euro

from ..models import Contribution, FundHolder, GiftInKind, ReceiptWording

RECEIPT = "solidarity_fund/pdf/receipt_v1.html"
ANNULMENT = "solidarity_fund/pdf/receipt_annulled_v1.html"
PLAIN_WORDS = (
    "Si attesta di avere ricevuto il dono qui descritto, destinato al fondo di solidarietà per le persone in tirocinio. "
    "Il fondo lo usa per chi ne ha bisogno; chi dona non sa chi riceve, e chi riceve non sa chi ha donato. Grazie."
)


def receipt_kind(holder: FundHolder) -> str:
    """A series for each holder: the fund that changes hands begins its receipts anew, and no number is given twice."""
    return f"solidarity_fund.holder{holder.body_id}.receipt"


def receipt_context(subject: Contribution | GiftInKind, *, holder: FundHolder, wording: ReceiptWording | None) -> dict[str, Any]:
    """The receipt of money or of goods. Without a wording of its own the holder says only that the gift arrived."""
    donor, body = subject.donor, holder.body
    with translation.override(settings.LANGUAGE_CODE):
        gift = _money(subject) if isinstance(subject, Contribution) else _goods(subject)
    return {
        "body_name": body.name,
        "holder": {
            "name": body.name,
            "tax_code": body.tax_code,
            "address": ", ".join(filter(None, [body.address, body.comune.name if body.comune else ""])),
        },
        "donor": {"name": donor.name, "tax_code": donor.tax_code, "address": donor.address},
        "gift": [[label, value] for label, value in gift if value],
        "is_goods": isinstance(subject, GiftInKind),
        "text": wording.text if wording else PLAIN_WORDS,
        "tax_text": wording.tax_text if wording else "",
        "tax_source": wording.tax_source if wording else "",
    }


def _money(gift: Contribution) -> list[tuple[str, str]]:
    act = f"n. {gift.act_number} del {gift.act_on:%d/%m/%Y}" if gift.act_on else ""
    return [
        ("Importo", euro(gift.amount)),
        ("Ricevuto il", f"{gift.received_on:%d/%m/%Y}"),
        ("Come è arrivato", str(gift.get_way_display()).capitalize() if gift.way != Contribution.Way.PAGOPA else "pagoPA"),
        ("Riferimento", gift.reference),
        ("Destinato a", gift.pot.name + (f": {gift.pot.purpose}" if gift.pot.purpose else "")),
        ("Solo per", gift.meant_for),
        ("Che cosa ha chiesto chi dona", gift.restriction),
        ("Atto", act),
    ]


def _goods(gift: GiftInKind) -> list[tuple[str, str]]:
    return [
        ("Che cosa", gift.description),
        ("Quanti pezzi", str(gift.quantity)),
        ("Valore", euro(gift.value)),
        ("Come è stato valutato", str(gift.get_valued_by_display()) + (f": {gift.valued_note}" if gift.valued_note else "")),
        ("Ricevuto il", f"{gift.received_on:%d/%m/%Y}"),
        ("Destinato a", str(gift.get_kind_display()).capitalize()),
    ]


def annulment_context(receipt: Document) -> dict[str, Any]:
    """It names nobody: it says which receipt holds no longer."""
    kept = receipt.context
    return {
        "body_name": kept["body_name"],
        "holder": kept["holder"],
        "receipt": {"number": receipt.number, "issued_on": receipt.issued_on.isoformat()},
    }
