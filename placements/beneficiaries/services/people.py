"""The person's own record: registered, changed, given the privacy notice, opened with a reason."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit, validators
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import Look
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Comune
from impresasolidale.territory.selectors import ambito_of, comune_by_cadastral, name_key

from .. import selectors
from ..enums import CareRole
from ..models import Beneficiary, CareMember
from ._steps import locked, refuse_before_birth, refuse_future, require_area
from .care import record_assessment, record_referral, take_in_charge
from .representation import add_representative

# What a form may change on a person; the rest follows from the codice fiscale and the comune, or has a service of its own.
EDITABLE = frozenset(
    "first_name last_name residence in_charge_note address is_address_protected phone email target_area schooling_completed"
    " emergency_name emergency_phone".split()
)


class AlreadyRegistered(DomainError):
    """The code is already in this Ambito: `existing` is the record to open instead."""

    words = gettext_lazy("Questa persona è già registrata qui: apri la sua scheda invece di farne un’altra.")

    def __init__(self, existing: Beneficiary) -> None:
        self.existing = existing
        super().__init__(field="codice_fiscale")


class KnownElsewhere(DomainError):
    """Another Ambito knows the code; registering needs the tick that somebody asked there."""

    def __init__(self, ambiti: list[str]) -> None:
        offices = _(" e di ").join(ambiti)
        words = _("Questa persona è già seguita da un altro ufficio: senti l’Ufficio di Piano di %(offices)s.") % {"offices": offices}
        super().__init__(words, field="is_checked_elsewhere")


class LooksLike(DomainError):
    """People with a similar name and the same birth date; registering needs the tick that it is somebody else."""

    words = gettext_lazy("C’è già qualcuno con un nome simile, nato lo stesso giorno. Controlla che non sia la stessa persona.")

    def __init__(self, people: list[Beneficiary]) -> None:
        self.people = people
        super().__init__(field="is_other_person")


@transaction.atomic
def register_beneficiary(
    *,
    codice_fiscale: str,
    first_name: str,
    last_name: str,
    residence: Comune,
    target_area: str,
    referral: Mapping[str, Any],
    by: Access,
    today: date,
    birth_date: date | None = None,
    charge: Mapping[str, Any] | None = None,
    representative: Mapping[str, Any] | None = None,
    assessment: Mapping[str, Any] | None = None,
    privacy_notice_on: date | None = None,
    is_checked_elsewhere: bool = False,
    is_other_person: bool = False,
    **details: Any,
) -> Beneficiary:
    """Register a person from a referral; who registers becomes the referent of the case.

    Birth date, sex and birthplace come from the codice fiscale. `referral`, `charge`, `representative` and `assessment` hold the
    fields of their models; a refusal about one of them names the field with that prefix ("charge_valid_to").
    `details` are further editable fields of the person. Raises AlreadyRegistered, KnownElsewhere, LooksLike and DomainError.
    """
    by.require(Permission.EDIT_PEOPLE)
    row = Beneficiary(ambito_id=by.ambito_id, created_by=by.actor)
    changes = {"first_name": first_name, "last_name": last_name, "residence": residence, "target_area": target_area, **details}
    _identify(row, codice_fiscale, birth_date=birth_date, by=by, today=today)
    _fill(row, changes, by=by)
    if not is_checked_elsewhere:
        _refuse_known_elsewhere(row, by=by)
    if not is_other_person and (people := selectors.look_alikes(by, search_key=row.search_key, birth_date=row.birth_date)):
        raise LooksLike(people)
    refuse_before_birth(row, privacy_notice_on, field="privacy_notice_on")
    refuse_future(privacy_notice_on, today, field="privacy_notice_on")
    row.privacy_notice_on = privacy_notice_on
    row.save()
    if by.actor:
        CareMember.objects.create(ambito_id=by.ambito_id, beneficiary=row, user=by.actor, role=CareRole.REFERENT, valid_from=today)
    record_fact("beneficiaries.beneficiary.registered", row, by=by)
    with _named("referral"):
        record_referral(beneficiary=row, by=by, today=today, **referral)
    if charge:
        with _named("charge"):
            take_in_charge(beneficiary=row, by=by, today=today, **charge)
    if representative:
        with _named("representative"):
            add_representative(beneficiary=row, by=by, today=today, **representative)
    if assessment:
        with _named("assessment"):
            record_assessment(beneficiary=row, by=by, today=today, **assessment)
    return row


@transaction.atomic
def update_beneficiary(
    *, beneficiary: Beneficiary, row_version: int | str, by: Access, today: date, is_checked_elsewhere: bool = False, **changes: Any
) -> Beneficiary:
    """Change the person's own fields (`EDITABLE`, and `codice_fiscale` to correct it). Raises Conflict when somebody was quicker."""
    by.require(Permission.EDIT_PEOPLE)
    row = locked(beneficiary, by=by)
    check_version(row, row_version)
    if code := changes.pop("codice_fiscale", None):
        before = row.codice_fiscale_hash
        _identify(row, code, birth_date=None, by=by, today=today)
        if row.codice_fiscale_hash != before and not is_checked_elsewhere:
            _refuse_known_elsewhere(row, by=by)
    _fill(row, changes, by=by)
    row.row_version += 1
    row.save()
    record_fact("beneficiaries.beneficiary.changed", row, by=by, fields=sorted(changes))
    enqueue("agreements.refresh_all", by=by, beneficiary=row.pk)
    return row


@transaction.atomic
def give_privacy_notice(*, beneficiary: Beneficiary, given_on: date, by: Access, today: date) -> Beneficiary:
    """The day the privacy notice was given (rule 56): a notice, not a consent. A later one replaces it; the fact keeps both."""
    by.require(Permission.EDIT_PEOPLE)
    refuse_future(given_on, today, field="given_on")
    row = locked(beneficiary, by=by)
    refuse_before_birth(row, given_on, field="given_on")
    row.privacy_notice_on = given_on
    row.row_version += 1
    row.save(update_fields=["privacy_notice_on", "row_version"])
    record_fact("beneficiaries.privacy_notice.given", row, by=by, on=given_on.isoformat())
    enqueue("agreements.refresh_all", by=by, beneficiary=row.pk)
    return row


def require_sight(by: Access) -> None:
    """Who may give a reason: who sees people, their placements, or their money."""
    by.require(next((p for p in (Permission.SEE_PLACEMENTS, Permission.SEE_MONEY) if by.may(p)), Permission.SEE_PEOPLE))


def open_with_reason(*, public_id: UUID, reason: str, by: Access) -> Beneficiary:
    """Log why somebody outside the care team opens the record; the caller keeps it open for the session."""
    require_sight(by)
    row = selectors.closed_beneficiary_for(by, public_id)
    if not reason.strip():
        raise DomainError(_("Scrivi il motivo: resta nel registro degli accessi."), field="reason")
    audit.look(Look.Kind.DETAIL, row, by=by, place="beneficiaries:reason", reason=reason.strip())
    return row


# --- Shared steps


def _identify(row: Beneficiary, typed: str, *, birth_date: date | None, by: Access, today: date) -> None:
    """Fill what the codice fiscale says; refuse a wrong code, another birth date, and a code this Ambito has already."""
    try:
        code = validators.codice_fiscale(typed, today=today)
    except ValidationError as error:
        raise DomainError(error.messages[0], field="codice_fiscale") from error
    if birth_date:
        try:
            validators.check_birth_date(code, birth_date)
        except ValidationError as error:
            raise DomainError(error.messages[0], field="birth_date") from error
    birthplace = comune_by_cadastral(code.birthplace_code)
    if birthplace is None:
        raise DomainError(_("Il luogo di nascita del codice fiscale non è nel nostro elenco."), field="codice_fiscale")
    found = lookup_hash(code.plain)
    if found != row.codice_fiscale_hash and (existing := selectors.same_code(by, found)):
        raise AlreadyRegistered(existing)
    row.codice_fiscale, row.codice_fiscale_hash = code.code, found
    row.birth_date, row.sex, row.birthplace = code.birth_date, code.sex, birthplace


def _fill(row: Beneficiary, changes: Mapping[str, Any], *, by: Access) -> None:
    """Set the editable fields and what follows from them."""
    assert changes.keys() <= EDITABLE, changes.keys() - EDITABLE
    if "target_area" in changes:
        require_area(changes["target_area"], by=by)
    if (row.is_address_protected or changes.get("is_address_protected")) and {"address", "is_address_protected"} & changes.keys():
        by.require(Permission.SEE_PROTECTED_ADDRESS)
    for name, value in changes.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.search_key = name_key(f"{row.last_name} {row.first_name}")
    row.residence_ambito = ambito_of(row.residence)
    if row.residence_ambito_id != row.ambito_id and not row.in_charge_note:
        raise DomainError(_("Abita fuori dal tuo Ambito: scrivi perché lo seguite voi."), field="in_charge_note")


def _refuse_known_elsewhere(row: Beneficiary, *, by: Access) -> None:
    if ambiti := selectors.known_elsewhere(by, row.codice_fiscale_hash):
        raise KnownElsewhere(ambiti)


@contextmanager
def _named(part: str) -> Iterator[None]:
    """A refusal about one part of the registration names its field there."""
    try:
        yield
    except DomainError as error:
        raise DomainError(error.words, field=f"{part}_{error.field}") from error
