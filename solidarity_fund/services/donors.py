"""Donors: who they are, how they may be reached, and the day they are no longer. What they gave stays."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import end_donor_access, invite
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.validators import codice_fiscale
from impresasolidale.core.views import check_version
from impresasolidale.core.words import day_short, in_italian
from impresasolidale.territory.rules import add_months

from ..models import Contribution, Donor, DonorLink, GiftInKind, Pledge

DONOR_FIELDS = ("kind", "name", "tax_code", "email", "address", "contact_agreed_on", "shows_name")
LINK_DAYS = 90
KEEP_YEARS = 10  # a receipt is kept as long as the accounts it stands in (Codice civile, art. 2220) [L]


@transaction.atomic
def add_donor(*, values: dict[str, Any], by: Access) -> Donor:
    """Raises DomainError for a tax code that is another donor's already."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    donor = Donor(network_id=by.network_id, created_by_id=by.actor_id)
    _fill(donor, values)
    donor.save()
    record_fact("solidarity_fund.donor.added", donor, by=by)
    return donor


@transaction.atomic
def edit_donor(*, donor: Donor, values: dict[str, Any], seen: int, by: Access) -> Donor:
    """Raises Conflict when somebody changed the donor after version `seen`."""
    row = _locked(donor, by)
    check_version(row, seen)
    if row.erased_on:
        raise DomainError(_("I dati di questo donatore sono stati cancellati: non si scrivono di nuovo."))
    _fill(row, values)
    _save(row)
    record_fact("solidarity_fund.donor.edited", row, by=by)
    return row


def _fill(donor: Donor, values: dict[str, Any]) -> None:
    for name in DONOR_FIELDS:
        if name in values:
            setattr(donor, name, values[name])
    if donor.kind == Donor.Kind.ANONYMOUS:
        if donor.shows_name:
            raise DomainError(_("Chi resta anonimo non può comparire nella pagina pubblica."), field="shows_name")
        for name in ("tax_code", "email", "address"):
            if getattr(donor, name):
                raise DomainError(_("Di chi resta anonimo non si scrive niente: né codice né indirizzi."), field=name)
    if donor.contact_agreed_on and not (donor.email or donor.address):
        raise DomainError(_("Per scrivergli serve un indirizzo: di posta elettronica, oppure per le lettere."), field="email")
    donor.tax_code_hash = _hash_of(donor.tax_code)
    if donor.tax_code_hash:
        same = Donor.objects.filter(network_id=donor.network_id, tax_code_hash=donor.tax_code_hash).exclude(pk=donor.pk).first()
        if same:
            raise DomainError(_("Questo codice è già di «%(name)s»: registra lì i suoi doni.") % {"name": same.name}, field="tax_code")
    donor.company = _host_of(donor)


def _hash_of(code: str) -> str:
    """The look-up hash of a code; two spellings of one person (omocodia) are one."""
    if not code:
        return ""
    return lookup_hash(codice_fiscale(code).plain if len(code) == 16 else code)


def _host_of(donor: Donor) -> Company | None:
    """The host that the donor is, by its code: asked once, here."""
    if donor.kind == Donor.Kind.PERSON or not donor.tax_code or len(donor.tax_code) != 11:
        return donor.company if not donor.tax_code and donor.kind == Donor.Kind.COMPANY else None
    found = Company.objects.filter(network_id=donor.network_id, merged_into=None)
    return found.filter(partita_iva=donor.tax_code).first() or found.filter(tax_code=donor.tax_code).order_by("id").first()


def _locked(donor: Donor, by: Access) -> Donor:
    by.require(Permission.RECORD_CONTRIBUTIONS)
    row: Donor = Donor.objects.select_for_update(of=("self",), no_key=True).get(pk=donor.pk)
    return row


def _save(row: Donor) -> None:
    row.row_version += 1
    row.save()


@transaction.atomic
def end_donor(*, donor: Donor, reason: str, by: Access, now: datetime) -> Donor:
    """Nobody writes to them any more: links and own accesses close, their name leaves the public page. Asked twice, it is done once."""
    row = _locked(donor, by)
    if not reason.strip():
        raise ReasonRequired
    if row.ended_on:
        return row
    row.ended_on, row.contact_agreed_on, row.shows_name = timezone.localdate(now), None, False
    _save(row)
    DonorLink.objects.filter(donor=row, closed_at=None).update(closed_at=now)
    end_donor_access(donor_id=row.pk, last_day=row.ended_on, by=by)
    record_fact("solidarity_fund.donor.ended", row, by=by, reason=reason.strip())
    return row


@transaction.atomic
def erase_donor(*, donor: Donor, reason: str, by: Access, today: date) -> Donor:
    """Name, code and addresses are forgotten; amounts, days and the numbers of receipts stay, they are the fund's accounts.

    Raises DomainError while a receipt must be kept (ten years from the last gift), a promise is open, or the donor has not ended.
    """
    row = _locked(donor, by)
    if not reason.strip():
        raise ReasonRequired
    if row.erased_on:
        return row
    if not row.ended_on:
        raise DomainError(_("Prima segna che non va più contattato; poi i dati si possono cancellare."))
    if Pledge.objects.filter(donor=row, state__in=[Pledge.State.OPEN, Pledge.State.PARTLY]).exists():
        raise DomainError(_("C'è una promessa ancora aperta: prima chiudila."))
    days = [
        day
        for model in (Contribution, GiftInKind)
        if (day := model.objects.filter(donor=row).order_by("-received_on").values_list("received_on", flat=True).first())
    ]
    if days and (until := add_months(max(days), 12 * KEEP_YEARS)) > today:
        words = _("Le ricevute si tengono %(years)s anni: i dati si possono cancellare dal %(day)s.")
        raise DomainError(words % {"years": KEEP_YEARS, "day": day_short(until)})
    row.name, row.tax_code, row.tax_code_hash, row.email, row.address = in_italian(str(Donor.ERASED)), "", "", "", ""
    row.company, row.erased_on = None, today
    _save(row)
    record_fact("solidarity_fund.donor.erased", row, by=by, reason=reason.strip())
    return row


def invite_for(*, donor: Donor, email: str, first_name: str, last_name: str, by: Access, today: date) -> User:
    """Somebody signs in for the donor. Raises DomainError for one that is unknown or is written to no more."""
    if donor.kind == Donor.Kind.ANONYMOUS or donor.ended_on:
        raise DomainError(_("A chi resta anonimo, o non va più contattato, non si apre un accesso."))
    return invite(
        email=email, first_name=first_name, last_name=last_name, role=Role.DONOR, donor_id=donor.pk, by=by, today=today,
        base_url=settings.BASE_URL,
    )  # fmt: skip


# --- The personal link


def new_link(donor: Donor, *, by: Access, now: datetime) -> tuple[str, DonorLink]:
    """The address of the donor's own page, told once and kept as a hash. Each message has its own; all close together."""
    token = secrets.token_urlsafe(24)
    row = DonorLink.objects.create(
        network_id=donor.network_id,
        donor=donor,
        token_hash=hash_token(token),
        expires_at=now + timedelta(days=LINK_DAYS),
        created_by_id=by.actor_id,
    )
    return settings.BASE_URL + reverse("my_gifts:door", args=[token]), row


@transaction.atomic
def close_links(*, donor: Donor, by: Access, now: datetime) -> int:
    """Every link of the donor ends now: one went to the wrong address. Returns how many."""
    row = _locked(donor, by)
    closed = DonorLink.objects.filter(donor=row, closed_at=None).update(closed_at=now)
    record_fact("solidarity_fund.donor.links_closed", row, by=by, links=closed)
    return closed
