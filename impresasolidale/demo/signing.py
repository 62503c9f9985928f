"""Who may sign, and requests to sign in every state: one link works, one came back, one ran out, one was answered with a no."""

from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from impresasolidale.accounts.access import hash_token
from impresasolidale.core.models import Message
from placements.agreements import documents
from placements.agreements.enums import PlacementState, RequestState
from placements.agreements.models import Signature, SignatureRequest, SigningPower
from placements.agreements.services.requests import ASKED, SUBJECT_LINE

from .papers import DAY
from .placements import Placed
from .world import ROME, World

STATES = (RequestState.ASKED, RequestState.ASKED, RequestState.EXPIRED, RequestState.REFUSED)
BOUNCED = 1  # the second message came back


def create_powers(world: World) -> None:
    """For each lead body: who directs the office, a deputy, and one whose term has passed."""
    for n, district in enumerate(world.districts):
        place = district.ambito.name.lower()
        owner = {"ambito": district.ambito, "body": district.body}
        director = world.new(
            SigningPower,
            **owner,
            name=("Dina Bonfanti", "Elio Pedranzini", "Lia Acquistapace")[n],
            title="direttrice dell'Ufficio di Piano" if n != 1 else "direttore dell'Ufficio di Piano",
            act=f"decreto n. {11 + n}/2026",
            act_on=world.ago(300),
            valid_from=world.ago(299),
            email=f"direzione.{place}@example.org",
        )
        world.new(
            SigningPower,
            **owner,
            name=("Ugo Martinalli", "Ines Rastelli", "Remo Ciapponi")[n],
            title="vicario",
            act=f"delega n. {3 + n}/2026",
            act_on=world.ago(200),
            valid_from=world.ago(200),
            deputy_of=director,
            email=f"vicario.{place}@example.org",
        )
        world.new(
            SigningPower,
            **owner,
            name=("Carlo Della Nave", "Olga Bresesti", "Pia Gusmeroli")[n],
            title="segreteria generale",
            act=f"decreto n. {40 + n}/2023",
            act_on=world.ago(1000),
            valid_from=world.ago(999),
            valid_to=world.ago(300),
        )


def create_requests(world: World, placed: list[Placed]) -> None:
    """One request on each of the first projects that wait, to a party that has not signed; one to each contact whose company has not."""
    waiting = sorted((one for one in placed if one.row.state == PlacementState.TO_SIGN), key=lambda one: (one.row.ambito_id, one.row.pk))
    given = {(s.document_id, s.role) for s in world.pending[Signature]}
    with translation.override("it"):
        for n, (one, state) in enumerate(zip(waiting, STATES * 3, strict=False)):
            document: Any = one.project.document
            entries = documents.signers_of(document)
            entry = next((e for e in entries if (document.pk, e["code"]) not in given and e["code"] in ("person", "representative")), None)
            if entry:
                _request(world, n, document, entry, entries.index(entry) + 1, RequestState(state))
        for n, one in enumerate([one for one in waiting if one.place.contact], start=90):
            document = one.project.document
            entries = documents.signers_of(document)
            entry = next(e for e in entries if e["code"] == "host")
            assert one.place.contact
            _request(world, n, document, entry, entries.index(entry) + 1, RequestState.ASKED, one.place.contact.email)


def _request(world: World, n: int, document: Any, entry: dict[str, Any], position: int, state: RequestState, address: str = "") -> None:
    token = world.uuid("signing link", n).hex
    asked_on = world.ago(20 if state == RequestState.EXPIRED else 2)
    expires_at = datetime.combine(asked_on + 15 * DAY, time.min, ROME)
    row = world.new(
        SignatureRequest,
        ambito_id=document.ambito_id,
        document=document,
        role=entry["code"],
        signer=entry["name"],
        position=position,
        level="simple",
        channel=Message.Channel.EMAIL,
        address=address or f"firma.{n}@example.org",
        state=state,
        token_hash=hash_token(token),
        asked_at=world.at(asked_on, 9, n % 60),
        expires_at=expires_at,
        refusal="Gli orari del mercoledì non vanno bene: ho la fisioterapia." if state == RequestState.REFUSED else "",
        created_by=document.created_by,
    )
    url = settings.BASE_URL + reverse("signing:door", args=[token])
    words = {
        "kind_label": document.kind_label,
        "body_name": documents.body_of(document),
        "url": url,
        "expires_at": expires_at - timedelta(1),
    }
    came_back = n == BOUNCED
    world.new(
        Message,
        ambito_id=document.ambito_id,
        network=world.network,
        kind=ASKED,
        address=row.address,
        subject=str(SUBJECT_LINE),
        body=render_to_string("agreements/email/sign.txt", words),
        is_personal=True,
        state=Message.State.BOUNCED if came_back else Message.State.SENT,
        error="Il server della posta non accetta questo indirizzo (codice 550). Controlla come è scritto." if came_back else "",
        sent_at=world.at(asked_on, 9, (n + 1) % 60),
        about_type=row._meta.label_lower,
        about_id=row.pk,
        created_by=document.created_by,
    )
