"""Requests to sign: who is asked, at which address, with which power; asking again, reminding, letting go."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.models import Document, Message
from impresasolidale.core.todos import ask as ask_todo
from impresasolidale.core.todos import done as todo_done
from impresasolidale.core.transitions import perform
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import lead_body, rules_for
from placements.beneficiaries.selectors import signing_representative

from .. import documents, selectors, signing_rules
from ..enums import WAITING, AgreementState, ProjectState, RequestState, SignatureMethod, SignerRole
from ..models import FrameworkAgreement, Placement, Signature, SignatureRequest, SigningPower
from ..transitions import REQUEST

ASKED = "agreements.signature_asked"  # kind of the message that carries the link
REFUSED = "agreements.signature_refused"  # kinds of the to-dos
EXPIRED = "agreements.signature_expired"
Subject = Placement | FrameworkAgreement


def waiting_subject(document: Document) -> Subject:
    """What the paper belongs to, locked, if it is the paper to sign today; Conflict when it waits for nobody any more."""
    if document.kind == documents.FRAMEWORK_AGREEMENT:
        rows = FrameworkAgreement.objects.select_for_update(of=("self",), no_key=True).select_related("company")
        agreement = rows.get(document=document)
        if agreement.state != AgreementState.ISSUED:
            raise Conflict(_("Questa convenzione non aspetta più firme."))
        return agreement
    placements = Placement.objects.select_for_update(of=("self",), no_key=True)
    placement = placements.select_related("beneficiary", "company", "company_tutor", "promoter_tutor", "rulebook").get(
        pk=document.subject_id
    )
    if not placement.projects.filter(document=document, state=ProjectState.TO_SIGN).exists():
        raise Conflict(_("Questo documento non aspetta più firme."))
    return placement


def is_shut(document: Document, role: str) -> bool:
    """Whether a party may not read the paper it signs, because of an address that was protected since: the person alone may."""
    return role != SignerRole.PERSON and bool(selectors.saying_protected([document]))


def refuse_unread(document: Document, role: str) -> None:
    """Nobody signs what they may not read (`is_shut`). Raises Conflict, with what to do."""
    if is_shut(document, role):
        raise Conflict(
            _("Questo documento dice un indirizzo che ora è protetto: chi non può leggerlo non lo firma. Vanno preparate carte nuove.")
        )


def book_of(subject: Subject, on: date) -> Rules:
    """The rule book that a paper is signed under: the placement's own, or the Ambito's of the day."""
    if isinstance(subject, Placement):
        return subject.rulebook.rules
    return rules_for(Ambito.objects.get(pk=subject.ambito_id), on)[1]


def level_of(document: Document, subject: Subject) -> str:
    """The least level of signature this paper wants: by the kind of the project's version when it is a later one."""
    paper = document.kind.rpartition(".")[2]
    if isinstance(subject, Placement):
        project = subject.projects.filter(document=document).only("kind").first()
        paper = project.kind if project and project.kind != "initial" else paper
    return signing_rules.least_level(paper, book_of(subject, document.issued_on))


def party_of(subject: Subject, role: str) -> Body | Company | None:
    """The body or company that signs in a role; None for people."""
    if role == SignerRole.PROMOTER:
        return lead_body(Ambito.objects.get(pk=subject.ambito_id))
    return subject.company if role == SignerRole.HOST else None


def signer_in(document: Document, role: str) -> dict[str, Any]:
    """The paper's own entry of who signs in `role`. Refuses a party that does not sign it or has signed already."""
    entry = next((signer for signer in documents.signers_of(document) if signer["code"] == role), None)
    if entry is None:
        raise DomainError(_("Questa parte non firma questo documento."), field="role")
    if Signature.objects.filter(document=document, role=role).exists():
        raise DomainError(_("Questa firma è già registrata."), field="role")
    return entry


def signatory(subject: Subject, entry: dict[str, Any], power: SigningPower | None, *, on: date, typed: str = "") -> str:
    """The name of who signs. A body signs by a power in force; a company without one, by the legal representative of its record.

    Refuses a power of somebody else, not begun or expired.
    """
    role = entry["code"]
    party = party_of(subject, role)
    if power is None:
        if role == SignerRole.PROMOTER:
            raise DomainError(_("Scegli chi firma per l'ente: il suo potere di firma deve essere scritto qui."), field="power")
        if role == SignerRole.HOST:
            return subject.company.representative or typed or subject.company.name
        name = entry["name"] or typed.strip()
        if not name:
            raise DomainError(_("Scrivi chi firma."), field="name")
        return str(name)
    if party is None or (power.company_id, power.body_id) != ((party.pk, None) if isinstance(party, Company) else (None, party.pk)):
        raise DomainError(_("Questo potere di firma non è di chi firma questo documento."), field="power")
    check_power(power, on=on)
    return power.name


def check_power(power: SigningPower, *, on: date) -> None:
    """Refuse a power that is not in force on the day."""
    if power.valid_to and power.valid_to < on:
        raise DomainError(
            _("Il potere di firma di %(name)s è scaduto il %(day)s: serve un atto nuovo, o un'altra persona.")
            % {"name": power.name, "day": f"{power.valid_to:%d/%m/%Y}"},
            field="power",
        )
    if power.valid_from > on:
        raise DomainError(
            _("Il potere di firma di %(name)s comincia il %(day)s.") % {"name": power.name, "day": f"{power.valid_from:%d/%m/%Y}"},
            field="power",
        )


def powers_of(subject: Subject, role: str) -> list[SigningPower]:
    """Everybody who may or might sign for the party, those in force and past ones."""
    party = party_of(subject, role)
    if party is None:
        return []
    which = {"company": party} if isinstance(party, Company) else {"body": party}
    return list(SigningPower.objects.filter(ambito_id=subject.ambito_id, **which).select_related("deputy_of").order_by("-valid_from", "id"))


def contacts(subject: Subject, role: str, on: date) -> list[str]:
    """Mail addresses and numbers already known of a party, the best first."""
    if role in (SignerRole.PROMOTER, SignerRole.HOST):
        found = [x for power in powers_of(subject, role) if power.is_in_force(on) for x in (power.email, power.phone)]
        company = subject.company
        return [*found, *((company.email, company.phone, company.pec) if role == SignerRole.HOST else ())]
    if not isinstance(subject, Placement):
        return []
    if role == SignerRole.PERSON:
        return [subject.beneficiary.email, subject.beneficiary.phone]
    if role == SignerRole.REPRESENTATIVE:
        acting = signing_representative(subject.beneficiary, max(on, subject.starts_on))
        return [acting.email, acting.phone] if acting else []
    return []


def _taken(subject: Subject, document: Document, role: str, *, by: Access, on: date) -> dict[str, list[str]]:
    """Addresses that belong to others, by who they are in words (invariant 6: links must not be answered by somebody else)."""
    found: dict[str, list[str]] = {}
    for entry in documents.signers_of(document):
        if entry["code"] != role:
            found[entry["role"].lower()] = contacts(subject, entry["code"], on)
    for row in SignatureRequest.objects.filter(document=document).exclude(role=role).order_by("id"):
        found.setdefault(str(row.get_role_display()), []).append(row.address)
    if role in signing_rules.OWN_NAME and isinstance(subject, Placement):
        tutor, promoter_tutor = subject.company_tutor, subject.promoter_tutor
        found[_("tutor aziendale")] = [tutor.email, tutor.phone] if tutor else []
        found[_("tutor dell'ente promotore")] = [promoter_tutor.email] if promoter_tutor else []
    if role not in (SignerRole.PROMOTER, SignerRole.SERVICE) and by.actor:
        found[_("chi lavora nell'ufficio")] = [by.actor.email]
    return found


@transaction.atomic
def ask_signature(
    *,
    document: Document,
    role: str,
    channel: Message.Channel,
    address: str,
    by: Access,
    today: date,
    power: SigningPower | None = None,
    name: str = "",
) -> SignatureRequest:
    """Send one party its personal link; asked again, the link before it stops working. One request a party, however many roles.

    Refuses a paper that waits for nobody, one that the party may not read any more, a way below the level the paper wants, an expired
    power, an address that is another party's, and the same link to the same address before `resend_after_hours` have passed, unless it
    came back.
    """
    by.require(Permission.RECORD_SIGNATURES)
    subject = waiting_subject(document)
    entry = signer_in(document, role)
    refuse_unread(document, role)
    level, book = level_of(document, subject), book_of(subject, today)
    if not signing_rules.is_enough(SignatureMethod.LINK, level):
        raise DomainError(_("Per questa carta il regolamento chiede una firma più forte: scegli la carta o la firma digitale."))
    who = signatory(subject, entry, power, on=today, typed=name)
    if not address.strip():
        raise DomainError(_("Scrivi dove mandare il collegamento."), field="address")
    if others := signing_rules.clash(role, address, _taken(subject, document, role, by=by, on=today)):
        raise DomainError(
            _("Questo recapito è già di un'altra parte (%(who)s): chi firma deve riceverlo di persona.") % {"who": others}, field="address"
        )
    now = timezone.now()
    before = SignatureRequest.objects.select_for_update(of=("self",), no_key=True).filter(document=document, role=role).first()
    if before:
        _wait(before, address, hours=book.resend_after_hours, now=now)
    token = secrets.token_urlsafe(32)
    fields: dict[str, Any] = {
        "signer": who,
        "power": power,
        "level": level,
        "channel": channel,
        "address": address.strip(),
        **_fresh(token, now=now, today=today, days=book.link_valid_days),
    }
    if before:
        row = perform(REQUEST, "asked_again", before, by=by, **fields)
    else:
        row = SignatureRequest.objects.create(
            ambito_id=subject.ambito_id,
            document=document,
            role=role,
            position=[signer["code"] for signer in documents.signers_of(document)].index(role) + 1,
            created_by_id=by.actor_id,
            **fields,
        )
    for kind in (REFUSED, EXPIRED):
        todo_done(kind=kind, subject=row, by=by)
    _send(row, document, token, by=by)
    record_fact("agreements.signature.asked", subject, by=by, role=role, channel=channel, number=document.number)
    return row


def ask_everybody(*, document: Document, by: Access, today: date) -> tuple[int, list[str]]:
    """Ask at once all who are known by one address and were not asked; returns how many, and in words who must be asked one by one."""
    by.require(Permission.RECORD_SIGNATURES)
    with transaction.atomic():
        subject = waiting_subject(document)
        asked = set(SignatureRequest.objects.filter(document=document).values_list("role", flat=True))
        asked |= set(Signature.objects.filter(document=document).values_list("role", flat=True))
        sent, left = 0, []
        for entry in documents.signers_of(document):
            if entry["code"] in asked:
                continue
            powers = [p for p in powers_of(subject, entry["code"]) if p.is_in_force(today) and p.email and p.deputy_of_id is None]
            known = powers[0].email if powers else next((a for a in contacts(subject, entry["code"], today) if "@" in a), "")
            try:
                with transaction.atomic():
                    ask_signature(
                        document=document,
                        role=entry["code"],
                        channel=Message.Channel.EMAIL,
                        address=known,
                        power=powers[0] if powers else None,
                        by=by,
                        today=today,
                    )
                sent += 1
            except DomainError as error:
                left.append(f"{entry['role']}: {error.words}")
        return sent, left


def _fresh(token: str, *, now: datetime, today: date, days: int) -> dict[str, Any]:
    """What a new link resets."""
    return {
        "token_hash": hash_token(token),
        "asked_at": now,
        "expires_at": timezone.make_aware(datetime.combine(today + timedelta(days=days + 1), time.min)),
        "reminded_at": None,
        "opened_at": None,
        "code_hash": "",
        "code_expires_at": None,
        "codes_sent": 0,
        "wrong_codes": 0,
        "refusal": "",
    }


def last_message(rows: Iterable[SignatureRequest]) -> dict[int, Message]:
    """The last message with a link of each request, by the request's id."""
    about = {row.pk for row in rows}
    found = Message.objects.filter(kind=ASKED, about_type=type_of(SignatureRequest), about_id__in=about).order_by("id")  # type: ignore[arg-type]
    return {message.about_id: message for message in found}  # type: ignore[misc]


def next_ask(row: SignatureRequest, message: Message | None, *, hours: int) -> datetime | None:
    """From when the link may be sent again to the same address; None: at once, it came back or the way is open again."""
    if not row.is_waiting or row.is_locked or (message and message.state in (Message.State.BOUNCED, Message.State.FAILED)):
        return None
    return row.asked_at + timedelta(hours=hours)


def _wait(row: SignatureRequest, address: str, *, hours: int, now: datetime) -> None:
    if signing_rules.plain_address(row.address) != signing_rules.plain_address(address):
        return
    again = next_ask(row, last_message([row]).get(row.pk), hours=hours)
    if again and again > now:
        raise TooSoon(
            _("Il collegamento è partito il %(day)s alle %(at)s: si può rimandare dopo %(hours)s, dal %(again)s.")
            % {
                "day": timezone.localtime(row.asked_at).strftime("%d/%m/%Y"),
                "at": timezone.localtime(row.asked_at).strftime("%H:%M"),
                "hours": ngettext("%(n)d ora", "%(n)d ore", hours) % {"n": hours},
                "again": timezone.localtime(again).strftime("%d/%m/%Y alle %H:%M"),
            }
        )


SUBJECT_LINE = gettext_lazy("Un documento da firmare")


def _send(row: SignatureRequest, document: Document, token: str, *, by: Access) -> Message:
    is_sms = row.channel == Message.Channel.SMS
    return send(
        kind=ASKED,
        address=row.address,
        language="it",
        subject=SUBJECT_LINE,
        template="agreements/email/sign_sms.txt" if is_sms else "agreements/email/sign.txt",
        context={
            "kind_label": document.kind_label,
            "body_name": document.context["body_name"],
            "url": settings.BASE_URL + reverse("signing:door", args=[token]),
            "expires_at": row.expires_at - timedelta(seconds=1),
        },
        by=by,
        about=row,
        is_personal=True,
        channel=Message.Channel(row.channel),
        cooldown=timedelta(0),
    )


def cancel_requests(document: Document | None, *, by: Access) -> None:
    """The paper waits for nobody any more: its links say so."""
    open_states = (*WAITING, RequestState.REFUSED, RequestState.EXPIRED)
    for row in SignatureRequest.objects.filter(document=document, state__in=open_states).order_by("pk") if document else ():
        perform(REQUEST, "cancelled", row, by=by, as_system=True)
        for kind in (REFUSED, EXPIRED):
            todo_done(kind=kind, subject=row, by=by)


def tell_office(kind: str, row: SignatureRequest, title: str, *, by: Access) -> None:
    """A to-do for who follows the paper."""
    ask_todo(
        kind=kind,
        subject=row,
        title=title % {"who": row.get_role_display(), "document": row.document},
        url=reverse("agreements:signing", args=[row.document.public_id]),
        role=Role.SOCIAL_WORKER,
        by=by,
    )


def chase_signatures(*, by: Access, now: datetime) -> dict[str, int]:
    """Every night, in the Ambito: links that ran out are closed and the office told; half way, each is sent anew once, unless who holds it
    may not read the paper any more."""
    counts = {"expired": 0, "reminded": 0}
    waiting = SignatureRequest.objects.filter(ambito_id=by.ambito_id, state__in=WAITING)
    for row in waiting.select_related("document").order_by("pk"):
        if row.expires_at <= now:
            perform(REQUEST, "expired", row, by=by, as_system=True)
            tell_office(EXPIRED, row, _("Il collegamento per firmare è scaduto: %(who)s, %(document)s"), by=by)
            counts["expired"] += 1
        elif row.reminded_at is None and not row.is_locked and now - row.asked_at > (row.expires_at - row.asked_at) / 2:
            if is_shut(row.document, row.role):
                continue
            send_anew(row, now=now, by=by)
            counts["reminded"] += 1
    return counts


def send_anew(row: SignatureRequest, *, now: datetime, by: Access, mails: bool = True) -> str:
    """The token of a new link in the place of the one before, with the same last day; sent, unless who asks opens it at once."""
    token = secrets.token_urlsafe(32)
    fresh = perform(REQUEST, "reminded", row, by=by, as_system=True, token_hash=hash_token(token), reminded_at=now, code_hash="")
    if mails:
        _send(fresh, row.document, token, by=by)
    return token
