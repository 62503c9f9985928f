"""Corrections of its data that a company asks for, before a round of signatures; the office accepts them or says why not."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.todos import ask, done
from impresasolidale.core.transitions import perform
from impresasolidale.territory.models import Comune

from ..enums import ProposalState
from ..models import Company, DataProposal
from ..transitions import PROPOSAL

TODO = "hosts.data_proposal"
CORRECTABLE = ("representative", "address", "comune", "email", "pec", "phone")  # names and codes: with the office, on paper


def changes_of(company: Company, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What of `values` differs from the record: column → what stands there, what should, both in words, and the value to keep."""
    found = {}
    for name in CORRECTABLE:
        before, after = getattr(company, name), values[name]
        if before != after:
            value = after.pk if isinstance(after, Comune) else after
            found[name] = {"before": str(before or ""), "after": str(after or ""), "value": value}
    return found


@transaction.atomic
def propose_data(*, company: Company, values: dict[str, Any], note: str, by: Access) -> DataProposal:
    """The contact asks for a correction; it takes the place of one that waits. Refuses one that changes nothing."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    row = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    changes = changes_of(row, values)
    if not changes:
        raise DomainError(_("Non hai cambiato niente: i dati sono già questi."))
    for before in DataProposal.objects.filter(company=company, state=ProposalState.WAITING):
        _withdraw(before, by=by)
    proposal = DataProposal.objects.create(
        network_id=company.network_id, company=company, changes=changes, note=note.strip(), created_by_id=by.actor_id
    )
    record_fact("hosts.data_proposal.made", company, by=by, columns=sorted(changes))
    ask(
        kind=TODO,
        subject=proposal,
        title=_("%(company)s chiede di correggere i suoi dati") % {"company": company},
        url=reverse("desk:proposal", args=[company.public_id, proposal.public_id]),
        role=Role.SOCIAL_WORKER,
        by=by,
        everywhere=True,
    )
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal: DataProposal, by: Access) -> DataProposal:
    """The company thinks again, before the office has answered."""
    by.require_of(Permission.EDIT_COMPANIES, proposal.company_id)
    return _withdraw(proposal, by=by)


def _withdraw(proposal: DataProposal, *, by: Access) -> DataProposal:
    row: DataProposal = perform(PROPOSAL, "withdrawn", proposal, by=by, as_system=True)
    done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def accept_proposal(*, proposal: DataProposal, by: Access, today: date) -> DataProposal:
    """The record takes what was asked for. A column that the office changed meanwhile is refused: what was asked is looked at anew."""
    by.require(Permission.EDIT_COMPANIES)
    company = Company.objects.select_for_update(of=("self",)).select_related("comune").get(pk=proposal.company_id)
    row: DataProposal = perform(PROPOSAL, "accepted", proposal, by=by, decided_by_id=by.actor_id, decided_at=timezone.now())
    for name, change in row.changes.items():
        if str(getattr(company, name) or "") != change["before"]:
            raise DomainError(_("Nel frattempo i dati sono cambiati: guarda la scheda, e poi rispondi."))
        if name == "comune":
            company.comune = Comune.objects.get(pk=change["value"])
        else:
            setattr(company, name, change["value"])
    company.row_version += 1
    company.save(update_fields=[*row.changes, "row_version"])
    record_fact("hosts.company.edited", company, by=by, columns=sorted(row.changes), asked_by=row.created_by_id)
    done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def refuse_proposal(*, proposal: DataProposal, reason: str, by: Access) -> DataProposal:
    """The office says why not; the company reads it on its page."""
    if not reason.strip():
        raise DomainError(_("Scrivi perché: l'impresa lo legge sulla sua pagina."), field="reason")
    answer: dict[str, Any] = {"decided_by_id": by.actor_id, "decided_at": timezone.now(), "refusal": reason.strip()}
    row: DataProposal = perform(PROPOSAL, "refused", proposal, by=by, reason=reason, **answer)
    done(kind=TODO, subject=row, by=by)
    return row
