"""The signed copy: what a paper says, and a page that tells who signed it, how, and what that is worth."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document, Message
from impresasolidale.core.words import day, moment

from .. import documents, signing_rules
from ..enums import IdentityPaper, SignatureLevel, SignatureMethod
from ..models import Signature

Row = list[str]


@transaction.atomic
def issue_signed_copy(*, document_id: int, by: Access, today: date) -> Document:
    """Issue the signed copy of a paper that all have signed, once; asked again it is the same.

    With a digital signature among them the copy is the page of the signatures alone: the file that somebody signed stays as it is,
    and no seal of ours touches it.
    """
    document = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document_id)
    found = Document.objects.filter(kind=documents.SIGNED_COPY, subject_type=type_of(document), subject_id=document.pk).first()
    if found:
        return found
    signatures = {
        s.role: s
        for s in Signature.objects.filter(document=document).select_related(
            "power__deputy_of", "kept_from__document", "kept_from__evidence", "evidence"
        )
    }
    is_separate = any(s.method == SignatureMethod.DIGITAL for s in signatures.values())
    with translation.override("it"):
        signed = {
            "template": document.template,
            "number": document.number,
            "kind_label": document.kind_label,
            "about": [
                ["Documento", f"{document.kind_label} n. {document.number} del {_day(document.issued_on)}"],
                ["Impronta dei dati", document.context_hash],
                *([["Impronta del file", document.file_hash]] if document.file_hash else []),
            ],
            "signatures": [
                {"role": entry["role"], "rows": _rows(signatures[entry["code"]], entry)} for entry in documents.signers_of(document)
            ],
            "is_separate": is_separate,
        }
    whole: dict[str, Any] = dict(document.context)
    kept: dict[str, Any] = {name: whole[name] for name in ("body_name", "person_last_name") if name in whole}
    return issue(
        kind=documents.SIGNED_COPY,
        kind_label=f"{document.kind_label}: {'pagina delle firme' if is_separate else 'copia firmata'}",
        template="agreements/pdf/signature_page_v1.html" if is_separate else "agreements/pdf/signed_copy_v1.html",
        subject=document,
        context={**(kept if is_separate else whole), "signed": signed},
        today=today,
        by=by,
        ambito_id=document.ambito_id,
    )


def _rows(signature: Signature, entry: dict[str, Any]) -> list[Row]:
    """One signature in plain rows. No whole address, no number of a document of identity."""
    source = signature.kept_from or signature
    evidence: dict[str, Any] = source.evidence.data if hasattr(source, "evidence") else {}
    power = signature.power
    method = SignatureMethod(signature.method)
    words = signing_rules.level_words(method, drawn_process=evidence.get("process", ""))
    level = SignatureLevel(signing_rules.LEVEL_OF[method])
    rows = [
        ["Ha firmato", signature.signer],
        ["Per", entry["name"] if entry["name"] != signature.signer else ""],
        ["In qualità di", _quality(power) if power else ""],
        ["Come", words[:1].upper() + words[1:]],
        ["Livello", str(level.label).capitalize() if method != SignatureMethod.TABLET or evidence.get("process") else "Semplice"],
        ["Quando", _at(signature)],
    ]
    if method == SignatureMethod.LINK:
        channel = "SMS" if evidence["channel"] == Message.Channel.SMS else "posta elettronica"
        rows.append(["Collegamento e codice mandati", f"con {channel} a {evidence['address']}"])
    if method == SignatureMethod.TABLET:
        rows.append(["Davanti a", evidence.get("witness", "")])
        rows.append(["Riconosciuto con", str(IdentityPaper(evidence["identity"]).label)])
    if method == SignatureMethod.DIGITAL:
        rows.append(["Certificato", f"{evidence['certificate']}, rilasciato da {evidence['issuer']}"])
        rows.append(["Formato", f"{evidence['form']}; la revoca del certificato non è stata chiesta al prestatore"])
        rows.append(["Impronta del file firmato", evidence["upload_hash"]])
    if signature.kept_from:
        earlier = signature.kept_from.document
        rows.append(["Versione firmata", f"n. {earlier.number} del {_day(earlier.issued_on)}: la sua parte da allora non è cambiata"])
    rows.append(["Impronta dei dati firmati", signature.context_hash])
    return [row for row in rows if row[1]]


def _quality(power: Any) -> str:
    act = f", {power.act}" if power.act else ""
    on = f" del {_day(power.act_on)}" if power.act_on else ""
    deputy = f", al posto di {power.deputy_of}" if power.deputy_of else ""
    return f"{power.title}{act}{on}{deputy}"


def _at(signature: Signature) -> str:
    return _plain(moment(timezone.localtime(signature.signed_at))) if signature.signed_at else _day(signature.signed_on)


def _day(on: date) -> str:
    return _plain(day(on))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")
