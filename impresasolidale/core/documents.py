"""Issuing papers: frozen context, number from its series, code and job in the caller's transaction. Rendering comes later."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from .actor import Actor
from .audit import record_fact, type_of
from .errors import DomainError
from .fields import canonical
from .jobs import enqueue
from .models import Document, Verification

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def next_number(*, owner: str, kind: str, year: int) -> str:
    """The next number of a series, e.g. "2026/000123". The row stays locked to the end of the transaction: no gaps, no repeats."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numberseries (owner, kind, year, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (owner, kind, year) DO UPDATE SET last = core_numberseries.last + 1 RETURNING last",
            [owner, kind, year],
        )
        return f"{year}/{cursor.fetchone()[0]:06d}"


def issue(
    *,
    kind: str,
    kind_label: str,
    template: str,
    subject: models.Model,
    context: Mapping[str, Any],
    today: date,
    by: Actor,
    ambito_id: int | None = None,
    network_id: int | None = None,
    supersedes: Document | None = None,
    funding_source: str = "",
) -> Document:
    """Issue one paper about `subject`, owned by an Ambito or by the network. `context` must be a JSON value: it is what the paper says.

    The office's own settings of the day (letterhead, stamp duty, logos of the `funding_source`, rule 78) are frozen with it.
    """
    assert (ambito_id is None) != (network_id is None), "one owner"
    owner = f"ambito:{ambito_id}" if ambito_id else f"network:{network_id}"
    settings_of = import_string(settings.PAPER_SETTINGS)
    frozen: Any = {
        **settings_of(kind=kind, ambito_id=ambito_id, network_id=network_id or by.network_id, on=today, funding_source=funding_source),
        **context,
    }
    text = canonical(frozen)
    document = Document.objects.create(
        ambito_id=ambito_id,
        network_id=network_id,
        kind=kind,
        kind_label=kind_label,
        number=next_number(owner=owner, kind=kind, year=today.year),
        subject_type=type_of(subject),
        subject_id=subject.pk,
        template=template,
        context=frozen,
        context_hash=hashlib.sha256(text.encode()).hexdigest(),
        issued_on=today,
        supersedes=supersedes,
        created_by_id=by.actor_id,
    )
    Verification.objects.create(
        code="".join(secrets.choice(BASE32) for _ in range(26)), ambito_id=ambito_id, network_id=network_id, document_id=document.pk
    )
    record_fact("core.document.issued", document, by=by, kind=kind, number=document.number)
    enqueue("core.render_document", by=by, document_id=document.pk)
    return document


def verification_url(code: str) -> str:
    """The address printed on papers, for ever."""
    return f"{settings.BASE_URL}/verifica/{code}"


def record_protocol(
    *, document: Document, direction: str, number: str, on: date, by: Actor, classification: str = "", dossier: str = ""
) -> Document:
    """Write the number the body's register gave to a paper (domain.md §12.2). Refuses to overwrite one that is there."""
    row = Document.objects.select_for_update().get(pk=document.pk)
    if row.protocol_number:
        raise DomainError(_("Questo documento ha già il numero di protocollo %(number)s.") % {"number": row.protocol_number})
    row.protocol_direction, row.protocol_number, row.protocol_on = direction, number.strip(), on
    row.protocol_class, row.protocol_file = classification, dossier
    row.register_state, row.register_error = Document.RegisterState.REGISTERED, ""
    protocol = ["protocol_direction", "protocol_number", "protocol_on", "protocol_class", "protocol_file"]
    row.save(update_fields=[*protocol, "register_state", "register_error"])
    record_fact("core.document.protocolled", row, by=by, number=row.protocol_number)
    return row
