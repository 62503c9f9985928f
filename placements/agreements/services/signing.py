"""The act of signing: by personal link and code, on the office's tablet, with a digitally signed file; and saying no."""

import io
import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.messages import next_states, record_delivery, send
from impresasolidale.core.models import Document, Message
from impresasolidale.core.scope import scope
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload

from .. import signing_rules
from ..enums import IdentityPaper, RequestState, SignatureMethod, SignerRole
from ..models import Signature, SignatureRequest, SigningPower
from ..signed_files import read_signed
from ..transitions import REQUEST
from . import papers, requests
from .requests import ASKED, REFUSED, tell_office

CODE_KIND = "agreements.signing_code"
CODE_MINUTES = 10
PAUSE = timedelta(minutes=1)  # between two codes
MOST_CODES = 10  # of one link
INK = 40  # dark points that make a drawing, of the size the page sends


class CodeAnswer(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"  # too late, or used already
    LOCKED = "locked"


def _system(row: SignatureRequest, by: Access) -> Access:
    """The application's own hand: who holds a link reaches one paper, and signing it moves more than that."""
    assert by.network_id
    return Access.system(network_id=by.network_id, ambito_id=row.ambito_id, reason="personal link")


def open_link(*, request: SignatureRequest, by: Access, now: datetime) -> SignatureRequest:
    """Note that the link was opened for the first time."""
    if request.state != RequestState.ASKED:
        return request
    return cast("SignatureRequest", perform(REQUEST, "opened", request, by=by, as_system=True, opened_at=now))


def _locked(request: SignatureRequest, now: datetime) -> SignatureRequest:
    """The request under lock, if its link still leads somewhere. Raises Conflict with words for who holds it."""
    row = SignatureRequest.objects.select_for_update(of=("self",), no_key=True).select_related("document").get(pk=request.pk)
    if row.token_hash != request.token_hash or row.state == RequestState.CANCELLED:
        raise Conflict(_("Questo collegamento è stato sostituito: usa l'ultimo che ti abbiamo mandato."))
    if row.state == RequestState.SIGNED:
        raise Conflict(_("Questo documento l'hai già firmato."))
    if not row.is_waiting or row.expires_at <= now:
        raise Conflict(_("Questo collegamento non vale più: chiedi all'ufficio di mandarne uno nuovo."))
    return row


@transaction.atomic
def send_code(*, request: SignatureRequest, by: Access, now: datetime) -> SignatureRequest:
    """Send a one-time code of six digits to the address of the link; the code before it stops working.

    Refuses a link that leads nowhere any more, one locked by wrong codes, and a code a minute after another or beyond ten.
    """
    row = _locked(request, now)
    if row.is_locked:
        raise DomainError(_("Ci sono stati troppi codici sbagliati: chiedi all'ufficio un nuovo collegamento."))
    if row.codes_sent >= MOST_CODES:
        raise DomainError(_("Per questo collegamento sono partiti già molti codici: chiedi all'ufficio di mandarne uno nuovo."))
    if row.code_expires_at and row.code_expires_at - timedelta(minutes=CODE_MINUTES) + PAUSE > now:
        raise DomainError(_("Un codice è appena partito: aspetta un minuto prima di chiederne un altro."))
    code = f"{secrets.randbelow(10**signing_rules.CODE_LENGTH):0{signing_rules.CODE_LENGTH}d}"
    changes: dict[str, Any] = {
        "code_hash": _code_hash(row, code),
        "code_expires_at": now + timedelta(minutes=CODE_MINUTES),
        "codes_sent": row.codes_sent + 1,
    }
    row = perform(REQUEST, "code_sent", row, by=by, as_system=True, **changes)
    system = _system(row, by)
    with scope(system.scope):
        send(
            kind=CODE_KIND,
            address=row.address,
            language="it",
            subject=CODE_SUBJECT,
            template="agreements/email/code_sms.txt" if row.channel == Message.Channel.SMS else "agreements/email/code.txt",
            context={"code": code, "minutes": CODE_MINUTES},
            by=system,
            about=row,
            is_personal=True,
            channel=Message.Channel(row.channel),
            cooldown=timedelta(0),
        )
    return row


CODE_SUBJECT = gettext_lazy("Il codice per firmare")


def _code_hash(row: SignatureRequest, code: str) -> str:
    return lookup_hash(f"signing code {row.pk} {row.token_hash} {code}")


@transaction.atomic
def enter_code(*, request: SignatureRequest, typed: str, by: Access, now: datetime) -> CodeAnswer:
    """Look at a typed code. It never raises for a wrong one, because the miss must stay written; after five the link is locked."""
    row = _locked(request, now)
    if row.is_locked:
        return CodeAnswer.LOCKED
    if not row.code_hash or row.code_expires_at is None or row.code_expires_at <= now:
        return CodeAnswer.EXPIRED
    if not constant_time_compare(row.code_hash, _code_hash(row, "".join(typed.split()))):
        row.wrong_codes += 1
        if row.is_locked:
            row.code_hash = ""
            record_fact("agreements.signature.locked", row, by=by)
        row.save(update_fields=["wrong_codes", "code_hash"])
        return CodeAnswer.LOCKED if row.is_locked else CodeAnswer.WRONG
    row.code_hash = ""
    row.save(update_fields=["code_hash"])
    system = _system(row, by)
    with scope(system.scope):  # who types the code has read the box: the link was delivered
        link = Message.objects.filter(kind=ASKED, about_type=type_of(row), about_id=row.pk).order_by("-id").first()
        if link and Message.State.DELIVERED in next_states(link):
            record_delivery(message=link, state=Message.State.DELIVERED, by=system)
    return CodeAnswer.RIGHT


@transaction.atomic
def sign_by_link(
    *,
    request: SignatureRequest,
    context_hash: str,
    has_read: bool,
    address: str,
    agent: str,
    by: Access,
    now: datetime,
    today: date,
) -> Signature:
    """The holder of a link, whose code was right, signs. Signing twice (two tabs, a double click) gives the one signature there is.

    `address` and `agent`: the visitor's, kept encrypted as evidence. Refuses a paper that was replaced meanwhile (`context_hash` is
    what the page showed) or that the holder may not read any more, an expired power, a link that leads nowhere.
    """
    system = _system(request, by)
    with scope(system.scope):
        document = Document.objects.get(pk=request.document_id)
        done = Signature.objects.filter(document=document, role=request.role).first()
        if done is None:
            subject = requests.waiting_subject(document)  # waits for whoever is signing the same paper
            done = Signature.objects.filter(document=document, role=request.role).first()
        if done is not None:
            return done
        row = _locked(request, now)
        requests.refuse_unread(document, row.role)
        if context_hash != document.context_hash:
            raise Conflict(_("Questa versione del documento è stata sostituita: non si firma più."))
        if document.state != Document.State.READY:
            raise DomainError(_("Il documento non è ancora pronto da leggere: riprova tra un minuto."))
        if not has_read:
            raise DomainError(_("Prima di firmare metti la spunta: dice che hai letto il documento."), field="has_read")
        if row.power:
            requests.check_power(row.power, on=today)
        return papers.enter_signature(
            document=document,
            subject=subject,
            role=row.role,
            signer=row.signer,
            power=row.power,
            method=SignatureMethod.LINK,
            signed_on=today,
            signed_at=now,
            evidence={
                "channel": row.channel,
                "address": signing_rules.masked(row.address),
                "ip": address,
                "agent": agent[:300],
                "file_hash": document.file_hash,
            },
            by=system,
            today=today,
        )


@transaction.atomic
def refuse_by_link(*, request: SignatureRequest, reason: str, by: Access, now: datetime) -> SignatureRequest:
    """The holder says no, with the reason; the office finds it among the things to do."""
    row = _locked(request, now)
    words = reason.strip()[:300]
    row = perform(REQUEST, "refused", row, by=by, as_system=True, reason=words, refusal=words)
    system = _system(row, by)
    with scope(system.scope):
        tell_office(REFUSED, row, _("Non firma, e scrive perché: %(who)s, %(document)s"), by=system)
    return row


# --- In the office


@transaction.atomic
def record_drawn(
    *,
    document: Document,
    role: str,
    drawing: bytes,
    identity: str,
    has_read: bool,
    by: Access,
    now: datetime,
    today: date,
    power: SigningPower | None = None,
    name: str = "",
) -> Signature:
    """Somebody draws their signature on the office's tablet, in front of the worker who says how they knew who it was.

    Refuses an empty drawing, an identity nobody looked at, a paper that who signs may not read any more, an expired power, a way below
    the level the paper wants.
    """
    by.require(Permission.RECORD_SIGNATURES)
    subject = requests.waiting_subject(document)
    entry = requests.signer_in(document, role)
    requests.refuse_unread(document, role)
    who = requests.signatory(subject, entry, power, on=today, typed=name)
    if identity not in IdentityPaper.values:
        raise DomainError(_("Scrivi come sai chi è: quale documento ti ha mostrato."), field="identity")
    if not has_read:
        raise DomainError(_("Metti la spunta: chi firma ha letto il documento, o glielo hai letto tu."), field="has_read")
    if not _has_ink(drawing):
        raise DomainError(_("Manca il segno: fai firmare nel riquadro."), field="drawing")
    file = UploadedFile(ContentFile(drawing), name="firma.png", content_type="image/png", size=len(drawing))
    return papers.enter_signature(
        document=document,
        subject=subject,
        role=role,
        signer=who,
        power=power,
        method=SignatureMethod.TABLET,
        signed_on=today,
        signed_at=now,
        upload=store_upload(file=file, kind="agreements.signature", subject=document, by=by),
        evidence={
            "identity": identity,
            "process": requests.book_of(subject, today).drawn_process,
            "witness": str(by.actor or ""),
            "file_hash": document.file_hash,
        },
        by=by,
        today=today,
    )


def _has_ink(drawing: bytes) -> bool:
    """Whether the picture is a PNG of a reasonable size with a mark on it."""
    from PIL import Image, UnidentifiedImageError

    if not drawing.startswith(b"\x89PNG\r\n\x1a\n"):
        return False
    try:
        with Image.open(io.BytesIO(drawing), formats=["PNG"]) as picture:
            if picture.width * picture.height > 4_000_000:
                return False
            grey = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")).convert("L")
            return sum(grey.histogram()[:128]) >= INK
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return False


@transaction.atomic
def record_digital(
    *,
    document: Document,
    role: str,
    file: UploadedFile,
    by: Access,
    now: datetime,
    today: date,
    power: SigningPower | None = None,
    name: str = "",
) -> Signature:
    """A file signed digitally (PAdES or .p7m) is handed in: checked, kept as it is, and counted.

    Refuses what `signed_files.read_signed` refuses, and a certificate of somebody other than who was to sign.
    """
    by.require(Permission.RECORD_SIGNATURES)
    subject = requests.waiting_subject(document)
    entry = requests.signer_in(document, role)
    who = requests.signatory(subject, entry, power, on=today, typed=name)
    if document.state != Document.State.READY:
        raise DomainError(_("Il documento è ancora in preparazione: riprova tra un minuto."))
    upload = store_upload(file=file, kind="agreements.signature", subject=document, by=by, signed=True)
    with default_storage.open(document.file_name) as stored:
        original = stored.read()
    file.seek(0)
    found = read_signed(file.read(), original=original, trust=settings.SIGNATURE_TRUST_DIR, now=now)
    if role != SignerRole.SERVICE and not signing_rules.same_person(found.signer, who):
        raise DomainError(
            _("Il certificato è di %(signer)s, ma deve firmare %(who)s. Se firma un'altra persona, scegli il suo potere di firma.")
            % {"signer": found.signer, "who": who},
            field="file",
        )
    return papers.enter_signature(
        document=document,
        subject=subject,
        role=role,
        signer=found.signer,
        power=power,
        method=SignatureMethod.DIGITAL,
        signed_on=min(max(found.signed_at.date(), document.issued_on), today),
        signed_at=found.signed_at,
        upload=upload,
        evidence={**found.evidence(), "upload_hash": upload.file_hash, "file_hash": document.file_hash},
        by=by,
        today=today,
    )
