"""The audit room: a draw that anybody can do again, shown to one auditor without names, until a day."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from impresasolidale.treasury import sample_rules
from impresasolidale.treasury.enums import ItemState
from impresasolidale.treasury.models import ItemShare, Pot

from .. import rules, selectors
from ..enums import NAMED_PAYEES, PartnerKind, PayeeKind
from ..models import AuditItem, AuditSample, Expense, Project
from ..selectors.audit import auditors
from ._common import allow


@transaction.atomic
def open_room(
    *, project: Project, auditor: User, share: int, minimum: int, until: date, by: Access, today: date, grant: Pot | None = None
) -> AuditSample:
    """Draw among the checked expenses, `share` of a hundred and at least `minimum`, and open them to an auditor until a day. With a
    `grant` of the network, draw in the same way among the allowances it paid in the days of the project, in every Ambito.

    Each expense has one ticket, one more when it is among the highest tenth, one more when a person is paid. What each was that day is
    frozen in codes. Raises DomainError beside the field.
    """
    allow(by, P.OPEN_AUDIT_ROOMS)
    if until < today:
        raise DomainError(_("La stanza si chiude dopo che si è aperta."), field="until")
    if not auditors(by, until).filter(pk=auditor.pk).exists():
        raise DomainError(_("Questa persona non è revisore fino a quel giorno."), field="auditor")
    # The series stays locked to the end of the transaction: one draw at a time.
    number = next_number(owner=f"network:{project.network_id}", kind="projects.audit", year=today.year)
    rows = list(selectors.expenses.to_draw(project))
    if not rows:
        raise DomainError(_("Non ci sono ancora spese controllate fra cui estrarre."))
    large = sample_rules.large_from([row.charged for row in rows])
    pool = {row.number: 1 + (large is not None and row.charged >= large) + (row.payee_kind in NAMED_PAYEES) for row in rows}
    paid = _paid_by(grant, project, by=by, today=today) if grant else []
    highest = sample_rules.large_from([row.amount for row in paid])
    paid_pool = {row.key: 1 + (highest is not None and row.amount >= highest) for row in paid}
    sample = AuditSample.objects.create(
        network_id=project.network_id,
        project=project,
        number=number,
        share=share,
        minimum=minimum,
        seed=secrets.token_hex(16),
        pool=pool,
        amount=sum((row.charged for row in rows), rules.ZERO),
        grant=grant,
        paid_pool=paid_pool,
        paid_amount=sum((row.amount for row in paid), rules.ZERO),
        auditor=auditor,
        open_from=today,
        open_until=until,
        created_by_id=by.actor_id,
    )
    by_number = {row.number: row for row in rows}
    codes = _payee_codes(rows)
    drawn = sample_rules.draw(sample.seed, pool, share=share, minimum=minimum)
    AuditItem.objects.bulk_create(
        AuditItem(
            network_id=project.network_id,
            sample=sample,
            expense=by_number[key],
            position=position,
            facts=_facts(by_number[key], codes),
            created_by_id=by.actor_id,
        )
        for position, key in enumerate(drawn, 1)
    )
    by_key = {row.key: row for row in paid}
    people = _person_codes(paid)
    AuditItem.objects.bulk_create(
        AuditItem(
            network_id=project.network_id,
            sample=sample,
            position=position,
            facts=_paid_facts(by_key[key], people),
            created_by_id=by.actor_id,
        )
        for position, key in enumerate(sample_rules.draw(sample.seed, paid_pool, share=share, minimum=minimum), 1 + len(drawn))
    )
    record_fact("projects.audit.opened", sample, by=by, number=number, seed=sample.seed, until=until.isoformat())
    return sample


def _payee_codes(rows: list[Expense]) -> dict[str, str]:
    """Who is paid as a code that is the same throughout the room: F-01, F-02, … by first expense; the staff's own codes."""
    codes: dict[str, str] = {}
    for row in sorted(rows, key=lambda each: each.number):
        if row.payee_key not in codes:
            staff = row.payee_kind == PayeeKind.STAFF and row.payee_key.startswith("staff:")
            counted = 1 + sum(code.startswith("F-") for code in codes.values())
            codes[row.payee_key] = row.payee_key.removeprefix("staff:") if staff else f"F-{counted:02}"
    return codes


def _facts(row: Expense, codes: Mapping[str, str]) -> dict[str, Any]:
    """One expense in codes, kinds, days and sums. Words that people wrote freely stay outside: they may name somebody."""
    partner = row.participation.partner
    return {
        "number": row.number,
        "item": str(row.item),
        "partner": partner.name if partner.kind != PartnerKind.PERSON else "",
        "document_kind": row.document_kind,
        "document_on": row.document_on.isoformat(),
        "payee": codes[row.payee_key],
        "payee_kind": row.payee_kind,
        "amount": str(row.amount),
        "charged": str(row.charged),
        "shares": [[share.source.name, str(share.amount)] for share in row.shares.all()],
        "paid_on": row.paid_on.isoformat() if row.paid_on else "",
        "proof_kind": row.proof_kind,
        "state": row.state,
        "admitted": str(row.admitted) if row.admitted is not None else "",
    }


@dataclass(frozen=True)
class Paid:
    """A row of a liquidation that a grant paid, wholly or in part. `person` stays here: outside they are a code. Amounts in euro."""

    key: str
    person: str
    ambito: str
    month: date
    run: str
    order: str
    order_on: date
    total: Decimal
    amount: Decimal  # what the grant paid of it


def _paid_by(grant: Pot, project: Project, *, by: Access, today: date) -> list[Paid]:
    """The rows of all the network's Ambiti: the right was asked before, and what is kept of them names nobody (docs/adr/0019)."""
    until = min(project.ends_on, today)
    with scope(by.over_network().scope):
        shares = ItemShare.objects.filter(pot=grant, item__state=ItemState.PAID, item__order_on__range=(project.starts_on, until))
        rows = shares.select_related("item__run__ambito").order_by("item__order_on", "item__pk", "pk")
        found: dict[str, Paid] = {}
        for share in rows:
            item, key = share.item, str(share.item.public_id)
            before = found[key].amount if key in found else rules.ZERO
            found[key] = Paid(
                key=key,
                person=f"{item.ambito_id}:{item.code}",
                ambito=item.run.ambito.name,
                month=item.run.month,
                run=item.run.number,
                order=item.order_number,
                order_on=item.order_on or item.run.month,
                total=item.amount,
                amount=before + share.amount,
            )
        return list(found.values())


def _person_codes(rows: Iterable[Paid]) -> dict[str, str]:
    """T-001, T-002, …: the same person the same code in one room, and another in the next."""
    return {person: f"T-{n:03}" for n, person in enumerate(dict.fromkeys(row.person for row in rows), 1)}


def _paid_facts(row: Paid, people: Mapping[str, str]) -> dict[str, Any]:
    """Code, days, numbers and sums: neither the words of the row nor who was paid."""
    return {
        "person": people[row.person],
        "ambito": row.ambito,
        "month": row.month.isoformat(),
        "run": row.run,
        "order": row.order,
        "order_on": row.order_on.isoformat(),
        "total": str(row.total),
        "amount": str(row.amount),
    }


@transaction.atomic
def close_room(*, sample: AuditSample, by: Access, now: datetime) -> AuditSample:
    """Before its day: from now on the auditor is refused. Does nothing when it is closed."""
    allow(by, P.OPEN_AUDIT_ROOMS)
    row: AuditSample = AuditSample.objects.select_for_update(of=("self",), no_key=True).get(pk=sample.pk)
    if row.closed_at is None:
        row.closed_at = now
        row.save(update_fields=["closed_at"])
        record_fact("projects.audit.closed", row, by=by)
    return row
